"""An admin who asks, in words, to change what somebody else bought is told whose it is, and nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from storage.actions import ActionName
from storage.database import Database
from storage.models import Assignment, Grant, Operation, ScheduledTotal, Subscription

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.people import Person

THEIRS = "Power Apps Premium"  # bought by Bo Zhang, who has given one to Felix Braun
ASKED: dict[ActionName, tuple[str, ...]] = {
    ActionName.CHANGE_TOTAL: (
        "add 2 licenses to {}",
        "set {} to 3",
        "reduce {} to 3",
        "给{}加2个许可证",
        "把{}设为3个",
        "{}减少到3个",
    ),
    ActionName.ASSIGN: ("give {} to Dana Ruiz", "把{}给Dana Ruiz"),
    ActionName.UNASSIGN: ("take {} from Felix Braun", "把Felix Braun的{}收回"),
    ActionName.MOVE: ("move {} from Felix Braun to Dana Ruiz", "把{}从Felix Braun转给Dana Ruiz"),
    ActionName.CANCEL: ("cancel {}, too expensive", "取消{}，太贵了"),
    ActionName.RENEW: (
        "don't renew {}",
        "turn recurring billing for {} on",
        "reactivate {}",
        "drop the scheduled change of {}",
        "{}不要续订",
        "重新打开{}的续订",
        "重新激活{}",
        "放弃{}已安排的减少",
    ),
    ActionName.PAY: ("pay what is open for {}", "付清{}的欠款"),
    ActionName.SWITCH: ("pay {} with another card", "{}换张卡付款"),
    ActionName.SHARE: (
        "share {} with Sales",
        "stop sharing {} with Sales",
        "Dana Ruiz may manage {} for me",
        "把{}共享给销售部",
        "不再把{}共享给销售部",
        "让Dana Ruiz帮我管理{}",
    ),
}
OF_NO_SUBSCRIPTION = {
    ActionName.BUY,
    ActionName.SELL,
    ActionName.CAP,
    ActionName.APPROVERS,
    ActionName.REQUESTS,
    ActionName.REQUEST,
    ActionName.ASK_FOR_SPARE,
    ActionName.WITHDRAW,
    ActionName.DENY,
}
ROWS = (Subscription, Assignment, Grant, ScheduledTotal, Operation)


@pytest.fixture
async def beside(person: Callable[[int], Person], database_url: str) -> AsyncIterator[Database]:
    """A look at the database that everybody's desk works on."""
    database = Database.connect(database_url, looking=True)
    yield database
    await database.close()


async def everything(database: Database) -> list[set[str]]:
    """All that a change would leave a trace in."""

    async def rows(kind: type[Subscription]) -> set[str]:
        columns = kind.__table__.columns
        found = await database.read(lambda session: session.scalars(select(kind)))
        return {repr([getattr(row, column.name) for column in columns]) for row in found}

    return [await rows(kind) for kind in ROWS]  # type: ignore[arg-type]


def test_every_kind_of_change_of_a_subscription_is_asked_for() -> None:
    assert ASKED.keys() == set(ActionName) - OF_NO_SUBSCRIPTION


@pytest.mark.parametrize("action", ASKED)
async def test_an_admin_is_refused_by_name_and_nothing_changes(
    beside: Database, bob: Person, action: ActionName
) -> None:
    before = await everything(beside)
    for words in ASKED[action]:
        await bob.says(words.format(THEIRS))
        bob.sees(f"{THEIRS} was bought by Bo Zhang" if words.isascii() else f"{THEIRS} 是由 Bo Zhang 购买的")
        assert [each for seen in bob.latest for each in seen.buttons] == []
    assert await everything(beside) == before


async def test_whose_it_is_changes_what_the_admin_could_not(beside: Database, bo: Person) -> None:
    before = await everything(beside)
    await bo.says(f"add 2 licenses to {THEIRS}")
    await bo.taps("Buy")
    assert await everything(beside) != before
