"""The Teams app package: manifest, translation and icons in one flat zip, the same bytes for the same input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MANIFEST = Path(__file__).parents[1] / "manifest"
FILES = ("color.png", "outline.png", "zh-CN.json")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: packages do not differ by when they were built


def manifest(app_id: str, public_url: str) -> dict[str, Any]:
    """`manifest/manifest.json` for this bot; an empty `app_id` leaves the demo's, an empty address no domain."""
    content: dict[str, Any] = json.loads((MANIFEST / "manifest.json").read_text(encoding="utf-8"))
    if app_id:
        content["id"] = content["bots"][0]["botId"] = app_id
    if public_url:
        content["validDomains"] = [urlsplit(public_url).hostname]
    return content


def build(target: Path, *, app_id: str, public_url: str) -> str:
    """Writes the package to `target`; returns the bot's id that is in it."""
    content = manifest(app_id, public_url)
    with ZipFile(target, "w") as package:
        _add(package, "manifest.json", json.dumps(content, ensure_ascii=False, indent=2).encode())
        for name in FILES:
            _add(package, name, (MANIFEST / name).read_bytes())
    return str(content["id"])


def _add(package: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, LONG_AGO)
    entry.external_attr = 0o644 << 16
    package.writestr(entry, content, ZIP_DEFLATED)
