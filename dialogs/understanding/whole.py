"""Messages that are read as a whole or not at all, so that no everyday word in them needs a sense of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.understanding.normalise import Text

PRODUCT = "<product>"


class Whole:
    """The ways to say one kind of thing, from each language's file: `patterns`, `pieces` that they share, and `about`,
    a word of which stands in all of them."""

    def __init__(self, files: Sequence[Mapping[str, Any]], *, product: str = PRODUCT) -> None:
        """`product` is what stands for a product's name in the messages that are tried."""
        self._about = re.compile("|".join(file.get("about", "") for file in files))
        self.patterns = [
            (does, re.compile(_filled(pattern, file["pieces"]).replace(PRODUCT, product)))
            for file in files
            for does, patterns in file["patterns"].items()
            for pattern in patterns
        ]

    def may_be(self, text: Text) -> bool:
        """Whether there is a word of it at all: most messages are done with here."""
        return bool(self._about.search(text.lower))


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    """The pattern with the pieces of its language in place of their names, also of those inside others."""
    for _ in pieces:
        pattern = re.sub(r"\{([a-z_]+)\}", lambda name: f"(?:{pieces[name[1]]})", pattern)
    return pattern
