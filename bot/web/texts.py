"""What the try-it page and the terminal say around the conversation, in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

TEXTS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("page_texts.toml").read_text(encoding="utf-8"))
