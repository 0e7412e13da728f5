"""The list in view: another page of it, or another order, by words as by its buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dialogs.asked import About, Asked
from dialogs.purchase_summary import PurchaseSummary
from dialogs.tapping import look
from dialogs.understanding.leafing import To, leaf
from storage.wanted import Order

if TYPE_CHECKING:
    from dialogs.hearing import Hearing
    from dialogs.pages import Listed
    from dialogs.understanding.leafing import Leaf


async def leafed(hearing: Hearing) -> bool:
    """Show what the words want to see of the list in view; False where they may say something else."""
    listed, wanted = hearing.memory.listed, leaf(hearing.words)
    if wanted is None or (wanted.bare and hearing.memory.open is not None):
        return False
    if listed is None:
        return _has_none(hearing, wanted)
    if wanted.order is not None:
        return await _sorted(hearing, listed, Order(wanted.order))
    return await _turned(hearing, listed, wanted)


def _has_none(hearing: Hearing, wanted: Leaf) -> bool:
    """“Next page” asks for nothing else, whatever else it is like; “by price” and “more” may."""
    if wanted.bare or wanted.order is not None:
        return False
    hearing.turn.say("page.no_list")
    return True


async def _turned(hearing: Hearing, listed: Listed, wanted: Leaf) -> bool:
    here, pages = listed["page"], listed["pages"]
    places = {To.NEXT: here + 1, To.BACK: here - 1, To.FIRST: 1, To.LAST: pages}
    page = wanted.page if isinstance(wanted.page, int) else places[wanted.page or To.NEXT]
    if 1 <= page <= pages:
        await look(hearing, {**listed["look"], "page": str(page)})
    elif wanted.bare and wanted.page is To.BACK:
        return False  # it may mean to take something back
    else:
        hearing.turn.say("page.none" if pages > 1 else "page.only", page=here, count=pages)
    return True


async def _sorted(hearing: Hearing, listed: Listed, order: Order) -> bool:
    """A summary of what was bought has orders; groups have the dearest first by themselves."""
    asked = Asked.decoded(listed["look"].get("asked", ""))
    if listed["look"]["look"] != PurchaseSummary.name or asked.about is not About.BOUGHT:
        return False
    group_by = asked.group_by if order is Order.PRICE else None
    sorted_by = replace(asked, order=order, group_by=group_by)
    await look(hearing, {**listed["look"], "asked": sorted_by.coded()})
    return True
