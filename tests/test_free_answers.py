"""In free answers only a whole command interrupts: a reason may hold words of a command, and a name may be a word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from storage.demo import TENANT, person_id
from storage.record import Record
from tests.office import open_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.clock import FrozenClock
    from tests.people import Person

WORDS_THAT_ARE_NAMES = ("Will Young", "May Brown", "Mark Stone", "Bill Reed", "Grant Poole", "高峰", "安宁", "何明")


@pytest.fixture
async def person(database_url: str, valkey_url: str, clock: FrozenClock) -> AsyncIterator[Callable[[int], Person]]:
    """Anybody of the demo company, where some people now have names that are words."""
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    for number, name in enumerate(WORDS_THAT_ARE_NAMES):
        mail = f"newcomer{number}@contoso.example"
        await record.people.seen(TENANT, person_id(900 + number), name=name, mail=mail, member=True)
    await record.close()
    async with open_office(database_url, valkey_url, clock) as anybody:
        yield anybody


@pytest.mark.parametrize("name", [name for name in WORDS_THAT_ARE_NAMES if name.isascii()])
async def test_a_name_that_is_a_word_is_a_name_where_a_name_is_asked(alice: Person, name: str) -> None:
    await alice.says("assign Power BI Pro")
    await alice.says(name.split()[0])
    alice.sees("Hand out a license of Power BI Pro?", f"{name}: gets a license")


@pytest.mark.parametrize("name", ["高峰", "安宁", "何明"])
async def test_a_chinese_name_that_is_words_is_a_name_where_a_name_is_asked(lihua: Person, name: str) -> None:
    await lihua.says("分配Visio Plan 1的许可证")
    await lihua.says(name)
    lihua.sees("分配 1 个 Visio Plan 1 许可证？", f"{name}: 将获得许可证")


async def test_a_family_name_alone_is_no_product(lihua: Person) -> None:
    await lihua.says("分配Visio Plan 1的许可证")
    await lihua.says("高")
    lihua.sees("分配 1 个 Visio Plan 1 许可证？", "高峰: 将获得许可证")


@pytest.mark.parametrize("command", ["cancel", "never mind", "help", "where were we?"])
async def test_a_whole_command_is_one_where_a_name_is_asked(alice: Person, command: str) -> None:
    await alice.says("assign Power BI Pro")
    await alice.says(command)
    alice.sees_nothing_of("don't know anybody called")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("set Teams Premium to 2 was too hard to find", "Too complex"),
        ("add 5 licenses to it is too expensive", "Too expensive"),
        ("nobody uses it and help never came", "Not used"),
    ],
)
async def test_a_reason_may_hold_the_words_of_a_command(alice: Person, said: str, reason: str) -> None:
    await alice.says("cancel Visio")
    await alice.says(said)
    alice.sees("Cancel Visio Plan 2?", f"Reason: {reason}")


async def test_a_reason_may_hold_the_words_of_a_command_in_chinese(lihua: Person) -> None:
    await lihua.says("取消Visio Plan 1")
    await lihua.says("把Power Automate Premium设为5个这个功能太难找了")
    lihua.sees("取消 Visio Plan 1？", "原因: 太复杂")


async def test_a_whole_command_while_a_reason_is_asked_starts_the_second_task_and_keeps_the_first(
    alice: Person, lihua: Person
) -> None:
    await alice.says("cancel Visio")
    await alice.says("set Teams Premium to 2")
    alice.sees("5 → 2 (−3)")
    await alice.says("yes")
    alice.sees("Back to what you had open:", "Why are you cancelling")
    await lihua.says("取消Visio Plan 1")
    await lihua.says("把Power Automate Premium设为5个")
    lihua.sees("8 → 5（−3）")
    await lihua.says("是")
    lihua.sees("回到刚才的事：", "为什么取消")


async def test_a_bare_cancel_lets_the_cancellation_go(alice: Person) -> None:
    await alice.says("cancel Visio")
    await alice.says("cancel")
    alice.sees("Dropped. Nothing was changed.")
