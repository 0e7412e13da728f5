"""What is open is said again once after something else, and then only when it is asked for or spoken to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from tests.people import Person


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("add 5 licenses", "Which subscription?"),
        ("add licenses to Power BI Pro", "How many licenses of Power BI Pro"),
        ("add 5 licenses to Power BI Pro", "Still open: Power BI Pro: 20 → 25 (+5)"),
        ("set Visio to 20, then give one to Bo", "Add licenses to Visio Plan 2"),
    ],
)
async def test_it_is_said_again_once_and_then_no_more(alice: Person, said: str, again: str) -> None:
    await alice.says(said)
    await alice.says("who has Visio")
    alice.sees("Grace Okafor", again)
    for words in ("what can I buy", "who has Power BI Pro"):
        await alice.says(words)
        alice.sees_nothing_of(again, "Still open")


async def test_it_is_said_again_once_in_chinese(lihua: Person) -> None:
    await lihua.says("给Visio加2个许可证")
    await lihua.says("可以买哪些产品")
    lihua.sees("还没有完成的：Visio Plan 1")
    await lihua.says("谁有Visio")
    lihua.sees_nothing_of("还没有完成的")
    await lihua.says("是")
    lihua.sees("你指的是这一份吗", "5 → 7")


async def test_whatever_is_said_to_it_lets_it_be_said_again(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("who has Visio")
    await alice.says("make it 7")
    await alice.says("who has Visio")
    alice.sees("Still open: Power BI Pro: 20 → 27 (+7)")


async def test_a_yes_that_is_none_shows_what_it_would_be_to_each_time(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    for _ in range(3):
        await alice.says("yes, maybe tomorrow")
        alice.sees("I'm not sure that was a yes", "Still open: Power BI Pro")


async def test_after_a_request_that_is_refused_the_offer_is_said_once(alice: Person, lihua: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("share Visio with Sales")
    alice.sees("is shared with Sales already", "Back to what you had open", "20 → 25 (+5)")
    alice.sees_nothing_of("Still open")
    await alice.says("reactivate Visio")
    alice.sees_nothing_of("Back to", "Still open")
    await lihua.says("给Visio加2个许可证")
    await lihua.says("重新激活Visio")
    lihua.sees("还没有结束", "回到刚才的事", "5 → 7（+2）")
    lihua.sees_nothing_of("还没有完成的")


async def test_an_offer_that_is_too_old_is_open_no_more(alice: Person, clock: FrozenClock) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    clock.advance(timedelta(minutes=16))
    await alice.says("who has Visio")
    alice.sees_nothing_of("Still open")


async def test_nothing_is_asked_about_a_subscription_that_has_ended_meanwhile(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    await alice.says("yes")
    await alice.says("add licenses to Clipchamp")
    alice.sees("How many licenses of Clipchamp")
    await alice.says("cancel Clipchamp, too expensive")
    alice.sees("Ends now")
    await alice.says("yes")
    alice.sees("Clipchamp is cancelled")
    alice.sees_nothing_of("Back to", "How many")


async def test_what_was_asked_about_a_subscription_that_goes_on_comes_back(alice: Person) -> None:
    await alice.says("add licenses to Visio Plan 2")
    await alice.says("cancel Visio Plan 2, too expensive")
    await alice.says("yes")
    alice.sees("Visio Plan 2 ends on", "Back to what you had open", "How many licenses of Visio Plan 2")
