"""An invoice meant by its place: the first, the one before the one in view, the second of a list; in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.understanding.invoices import AFTER, BEFORE, LAST_BUT_ONE, OLDEST, place

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("show the first invoice", "1"),
        ("the second one", "2"),
        ("第一张", "1"),
        ("看一下第 3 张发票", "3"),
        ("my oldest invoice", OLDEST),
        ("show me my very first bill", OLDEST),
        ("最早的发票", OLDEST),
        ("the last but one invoice", LAST_BUT_ONE),
        ("倒数第二张发票", LAST_BUT_ONE),
        ("the previous invoice", BEFORE),
        ("open the one before that", BEFORE),
        ("上一张发票", BEFORE),
        ("the next invoice", AFTER),
        ("下一张", AFTER),
        ("the last invoice", None),
        ("最近一张发票", None),
        ("invoices of the first quarter", None),
        ("invoices before May", None),
        ("上个月的发票", None),
        ("why is October higher?", None),
    ],
)
def test_a_place_is_read_and_a_time_is_none(words: str, meant: str | None) -> None:
    assert place(words) == meant


async def test_the_first_is_the_oldest_and_the_previous_the_one_before_the_latest(alice: Person) -> None:
    await alice.says("the previous invoice")
    alice.sees("Invoice G000000048, November 13, 2026")
    await alice.says("the previous invoice")
    alice.sees("Invoice G000000047, November 8, 2026")
    await alice.says("the next invoice")
    alice.sees("Invoice G000000048, November 13, 2026")
    await alice.says("show the first invoice")
    alice.sees("Invoice G000000001, December 13, 2025")
    await alice.says("the one before that")
    alice.sees("You have no invoice there", "[G000000050, November 19, 2026]")


async def test_of_a_list_in_view_the_first_is_the_first_that_is_seen(alice: Person) -> None:
    await alice.says("my invoices")
    await alice.says("show the second invoice")
    alice.sees("Invoice G000000048, November 13, 2026")
    await alice.says("show my oldest invoice")
    alice.sees("Invoice G000000001, December 13, 2025")


async def test_in_chinese(lihua: Person) -> None:
    await lihua.says("上一张发票")
    lihua.sees("发票 G000000046，2026年11月3日")
    await lihua.says("第一张发票")
    lihua.sees("发票 G000000020，2026年8月14日")
    await lihua.says("过去六个月的发票")
    await lihua.says("第一张")
    lihua.sees("发票 G000000049，2026年11月14日")


async def test_why_the_first_one_comes_to_what_it_does(alice: Person) -> None:
    await alice.says("why is the first invoice so high?")
    alice.sees("G000000001: what $1,800.00 is for")
