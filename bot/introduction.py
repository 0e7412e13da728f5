"""What a newcomer reads in the terminal: where the demo's page is, and things to say there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.web.texts import TEXTS

if TYPE_CHECKING:
    from bot.web.visitors import Visitor

# Two people to be, one in each language; the page has things to say for them.
INTRODUCED: Final = (1, 3)


def introduction(address: str, visitors: tuple[Visitor, ...]) -> str:
    """What a newcomer reads: where the page is, and things to say there."""
    lines = [f"License Desk, demo company Contoso: {address}/", ""]
    for visitor in (visitor for visitor in visitors if visitor.number in INTRODUCED):
        lines.append(f"  as {visitor.name} at {address}/?as={visitor.number} say, for example")
        lines += [f"      {words}" for words in TEXTS["suggestions"][str(visitor.number)]]
    ahead = "license-desk demo advance 30d, in another terminal, moves it a month ahead."
    return "\n".join([*lines, "", ahead, "Ctrl-C ends it."])
