"""Recurring billing off and on, a subscription brought back, a scheduled reduction dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person


async def test_recurring_billing_is_turned_off_and_on_again(alice: Person) -> None:
    await alice.says("don't renew Power BI Pro")
    alice.sees("Turn recurring billing off for Power BI Pro?", "It ends on December 13, 2026", "Due now: $0.00")
    await alice.taps("Turn it off")
    alice.sees("Power BI Pro ends on December 13, 2026")
    await alice.says("turn recurring billing back on for Power BI Pro")
    alice.sees("Let Power BI Pro renew again?", "Each month from then on: $280.00")
    await alice.taps("Renew it")
    alice.sees("Power BI Pro renews on December 13, 2026")


async def test_turning_it_off_says_that_the_scheduled_reduction_is_dropped(alice: Person) -> None:
    await alice.says("don't renew Teams Premium")
    alice.sees("The change to 3 that is scheduled for December 8, 2026 is dropped with it.")


async def test_a_scheduled_reduction_is_dropped(alice: Person) -> None:
    await alice.says("drop the scheduled reduction")
    alice.sees("Drop the scheduled change of Teams Premium?", "It keeps 5 licenses: the change to 3")
    await alice.taps("Drop the change")
    alice.sees("Teams Premium keeps its licenses", "Each month from then on: $50.00")
    await alice.says("show Teams Premium")
    alice.sees_nothing_of("scheduled")


async def test_a_deputy_undoes_and_replaces_a_reduction_they_scheduled(alice: Person, dana: Person) -> None:
    await alice.says("Dana may manage Power BI Pro for me")
    await alice.says("yes")
    await dana.says("reduce Power BI Pro to 18 at renewal")
    await dana.says("yes")
    await dana.says("undo that")
    dana.sees("Drop the scheduled change of Power BI Pro?", "It keeps 20 licenses")
    await dana.says("yes")
    dana.sees("Power BI Pro keeps its licenses")
    for total in (19, 18):
        await dana.says(f"reduce Power BI Pro to {total} at renewal")
        await dana.says("yes")
    await dana.says("show Power BI Pro")
    await dana.taps("drop the scheduled reduction of Power BI Pro")
    dana.sees("Drop the scheduled change of Power BI Pro?", "the change to 18")
    await dana.says("don't renew Power BI Pro")
    dana.sees("Alice Chen")
    dana.sees_nothing_of("[Turn it off]")


async def test_a_deputy_drops_a_scheduled_reduction_in_chinese(alice: Person, lihua: Person) -> None:
    await alice.says("Li Hua may manage Teams Premium for me")
    await alice.says("yes")
    await lihua.says("取消Teams Premium已安排的减少")
    lihua.sees("取消 Teams Premium 已安排的更改？")
    await lihua.says("是")
    lihua.sees("Teams Premium 的许可证数量不变")


@pytest.mark.parametrize(
    ("words", "hers", "theirs"),
    [
        (
            "reduce Power BI Pro to 18",
            "To keep it with fewer licenses, say “turn recurring billing on for Power BI Pro” first.",
            "To keep it with fewer licenses, ask Alice Chen, who pays for it and can turn recurring billing on.",
        ),
        (
            "把 Power BI Pro 减到18个",
            "如要以更少的许可证继续，请先说“打开 Power BI Pro 的定期计费”。",
            "如要以更少的许可证继续，请联系付款的 Alice Chen：对方可以打开定期计费。",
        ),
    ],
)
async def test_where_nothing_renews_who_pays_is_told_what_to_say_and_a_deputy_whom_to_ask(
    alice: Person, dana: Person, words: str, hers: str, theirs: str
) -> None:
    for said in ("Dana may manage Power BI Pro for me", "yes", "don't renew Power BI Pro", "yes"):
        await alice.says(said)
    await alice.says(words)
    alice.sees(hers)
    await dana.says(words)
    dana.sees(theirs)
    dana.sees_nothing_of("turn recurring billing on for", "打开 Power BI Pro")


async def test_an_expired_subscription_is_brought_back_for_a_new_period(dana: Person) -> None:
    await dana.says("reactivate Copilot")
    dana.sees("Bring Microsoft 365 Copilot back?", "A new period begins today with 2 licenses", "Due now: $60.00")
    dana.sees("Next invoice, December 22, 2026: $60.00")
    await dana.says("yes")
    dana.sees("Microsoft 365 Copilot is active again", "Invoice: G0", "Charged now: $60.00")
    await dana.says("show Copilot")
    dana.sees("Renews on December 22, 2026")


async def test_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio计划1不要续订")
    lihua.sees("关闭 Visio Plan 1 的定期计费？", "2026年12月14日结束")
    await lihua.taps("关闭定期计费")
    lihua.sees("Visio Plan 1 将于2026年12月14日结束", "继续续订吧")


async def test_only_what_can_be_decided_is_offered(chenwei: Person) -> None:
    await chenwei.says("Visio计划1不要续订")
    await chenwei.taps("关闭定期计费")
    await chenwei.says("恢复Visio的自动续订")  # both Visio plans fit the name; one of them renews anyway
    chenwei.sees("让 Visio Plan 1 继续续订？")


@pytest.mark.parametrize(
    "said",
    ["keep Visio Plan 2 after all", "reactivate Visio Plan 2", "drop the scheduled reduction of Visio Plan 2"],
)
async def test_what_is_so_already_is_said_with_its_name(alice: Person, said: str) -> None:
    await alice.says(said)
    alice.sees("Visio Plan 2")
    alice.sees_nothing_of("[Not now]")
