"""Who a channel account is. In the demo this is known by rule; from Teams it will come from the roster."""

from __future__ import annotations

import re

_DEMO_ACCOUNT = re.compile(r"29:contoso-([1-9]\d?)")


def demo_directory(account: str) -> str | None:
    """The Entra object id of a demo person's channel account (29:contoso-12), None for any other account."""
    person = _DEMO_ACCOUNT.fullmatch(account)
    return f"11111111-0000-4000-8000-{int(person[1]):012d}" if person else None
