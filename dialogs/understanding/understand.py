"""The pipeline: from a message to what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding.meaning import Context, ProductName, Understanding

if TYPE_CHECKING:
    from collections.abc import Iterable


class Understander:
    """Reads messages about these products; build it once, it is immutable and may be shared."""

    def __init__(self, products: Iterable[ProductName]) -> None:
        self._products = tuple(products)

    def understand(self, text: str, context: Context) -> Understanding:
        """What `text` means in this context: a pure function, about a millisecond, never raises."""
        return Understanding(why={"text": text, "expecting": sorted(context.expecting)})
