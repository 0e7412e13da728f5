"""A card that an earlier release refused says why for as long as it exists, in the words of that refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storage.models import Operation
from storage.record import Record
from storage.views import OperationStatus
from tests.office import open_office

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock

TOGETHER = {"names": "Bo Zhang, Evan Guest", "product": "Visio Plan 2"}
APART = {"already": "Bo Zhang", "guests": "Evan Guest", "disabled": "", "product": "Visio Plan 2"}
ENGLISH = (1, "give Visio to Bo", "Hand out")
CHINESE = (12, "把Visio Plan 2分配给李雷", "分配")

# who asked for what, how it was refused, and what is said when the card is tapped again
REFUSED = [
    (ENGLISH, "nobody_new", TOGETHER, "Nobody new for a license of Visio Plan 2 among Bo Zhang, Evan Guest"),
    (ENGLISH, "nobody_new", APART, "Holding one already: Bo Zhang. Guests: Evan Guest. Disabled accounts: nobody."),
    (ENGLISH, "none_of_them", APART, "Holding one already: Bo Zhang. Guests: Evan Guest. Disabled accounts: nobody."),
    (CHINESE, "nobody_new", TOGETHER, "他们已有许可证、是来宾，或帐户已禁用"),
    (CHINESE, "nobody_new", APART, "来宾：Evan Guest。帐户已停用：无。"),
    (CHINESE, "none_of_them", APART, "来宾：Evan Guest。帐户已停用：无。"),
]


async def refuse(session: AsyncSession, code: str, values: dict[str, str]) -> None:
    """The one offer there is was refused like this."""
    operation = (await session.scalars(select(Operation).where(Operation.status == "open"))).one()
    refusal = {"code": code, "values": values, "quote": None}
    answer: dict[str, Any] = {"operation": operation.id, "action": operation.action, "status": "refused"}
    operation.status, operation.ended_at = OperationStatus.REFUSED, operation.drawn_at
    operation.answer = {**answer, "quote": None, "receipt": None, "refusal": refusal}


@pytest.mark.parametrize(("asked", "code", "values", "said"), REFUSED)
async def test_its_sentence_is_still_said(
    asked: tuple[int, str, str],
    code: str,
    values: dict[str, str],
    said: str,
    database_url: str,
    valkey_url: str,
    clock: FrozenClock,
) -> None:
    number, words, button = asked
    async with open_office(database_url, valkey_url, clock) as anybody:
        who = anybody(number)
        await who.says(words)
        card = who.button(button)
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    await record.database.write(lambda session: refuse(session, code, values))
    await record.close()
    async with open_office(database_url, valkey_url, clock) as anybody:
        who = anybody(number)
        await who.sends_tap(card)
        who.sees(said)
