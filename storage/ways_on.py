"""What may be done instead, where the policy or a rule says no: no refusal ends where there is a way on."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from storage import deciding
from storage.errors import Refused
from storage.rights import MOST_ADMINS, admins
from storage.standing import requests_open
from storage.trials import tried

if TYPE_CHECKING:
    from storage.catalog import Product
    from storage.transaction import Transaction


class WayOn(StrEnum):
    """What to do next, as the values of a refusal name it under "way"."""

    TRY = "try"
    REQUEST = "request"
    DECIDE = "decide"  # whoever was refused is an admin
    ASK = "ask"  # the admins that are named
    RENEW = "renew"  # turn recurring billing on first
    OWNER = "owner"  # whoever pays, who is named, can do that


async def with_way_on(tx: Transaction, refused: Refused, product: Product, licenses: int = 0) -> Refused:
    """The refusal of the actor's purchase with its "way": no way that is closed to them.

    For ASK with "names", for REQUEST with the number of `licenses` that were wanted, where one was said.
    """
    if refused.code == "only_trials" and product.id not in await tried(tx):
        return _with(refused, WayOn.TRY)
    open_to_requests = not product.trial and await requests_open(tx)
    if open_to_requests and await deciding.deciders(tx, tx.actor.person, ()):
        return _with(refused, WayOn.REQUEST, **({"licenses": licenses} if licenses else {}))
    known = await admins(tx)
    if tx.actor.person in {each.id for each in known}:
        return _with(refused, WayOn.DECIDE)
    return _with(refused, WayOn.ASK, names=", ".join(each.name for each in known[:MOST_ADMINS]))


def _with(refused: Refused, way: WayOn, **values: str | int) -> Refused:
    return Refused(refused.code, **refused.values, way=way.value, **values)
