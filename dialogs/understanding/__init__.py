"""Words → requests: `Understander(products).understand(text, context)`, offline, in a millisecond."""

from __future__ import annotations

from dialogs.understanding.meaning import (
    Answer,
    Context,
    Guard,
    MentionSpan,
    ProductName,
    Request,
    Slots,
    Tier,
    Understanding,
    Unusable,
)
from dialogs.understanding.understand import Understander

__all__ = [
    "Answer",
    "Context",
    "Guard",
    "MentionSpan",
    "ProductName",
    "Request",
    "Slots",
    "Tier",
    "Understander",
    "Understanding",
    "Unusable",
]
