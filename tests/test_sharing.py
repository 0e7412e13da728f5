"""Sharing with a team, naming a deputy, and taking both back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.people import Person


async def test_a_teams_owners_may_hand_out_what_is_shared_with_it(alice: Person, dana: Person) -> None:
    await alice.says("share Power BI Pro with Sales")
    alice.sees("Share Power BI Pro with Sales?", "Dana Ruiz", "no prices")
    await alice.taps("Share")
    alice.sees("Power BI Pro is shared with Sales", "[Stop sharing]")
    await dana.says("show Power BI Pro")
    dana.sees("17 of 20, 3 free", "[hand out Power BI Pro]")
    dana.sees_nothing_of("$")


async def test_sharing_ends_when_the_purchaser_says_so(alice: Person, dana: Person) -> None:
    await alice.says("stop sharing Visio with Sales")
    alice.sees("Stop sharing Visio Plan 2 with Sales?", "Whoever has a license keeps it.")
    await alice.taps("Stop sharing")
    alice.sees("Visio Plan 2 is no longer shared with Sales")
    await dana.says("show Visio")
    dana.sees_nothing_of("9 of 10")


async def test_a_deputy_sees_the_price_and_changes_the_number_and_no_more(alice: Person, dana: Person) -> None:
    await alice.says("Dana may manage Power BI Pro for me")
    alice.sees("Make Dana Ruiz your deputy for Power BI Pro?", "Cancelling, renewing, paying and sharing stay with you")
    await alice.says("yes")
    alice.sees("Dana Ruiz is your deputy for Power BI Pro")
    await dana.says("show Power BI Pro")
    dana.sees("$280.00 a month", "[add 5 licenses to Power BI Pro]")
    dana.sees_nothing_of("[cancel")
    await dana.says("cancel Power BI Pro, too expensive")
    dana.sees("Alice Chen")
    dana.sees_nothing_of("[Cancel it]")


async def test_an_unknown_team_is_asked_about_with_the_teams_one_is_in(alice: Person) -> None:
    await alice.says("share Power BI Pro with Marketing")
    alice.sees("I know no team and no person called Marketing", "[Sales]")
    await alice.taps("Sales")
    alice.sees("Share Power BI Pro with Sales?")


async def test_with_whom_is_asked_and_may_be_said(alice: Person) -> None:
    await alice.says("share Power BI Pro")
    alice.sees("With which team?", "[Sales]")
    await alice.says("the sales team")
    alice.sees("Share Power BI Pro with Sales?")


async def test_what_is_shared_once_needs_no_name_to_stop(alice: Person) -> None:
    await alice.says("stop sharing Visio")
    alice.sees("Stop sharing Visio Plan 2 with Sales?")


async def test_of_several_the_one_to_end_is_asked_for(alice: Person) -> None:
    await alice.says("Dana may manage Visio for me")
    await alice.says("yes")
    await alice.says("stop sharing Visio")
    alice.sees("Whom should it no longer be shared with?", "[Sales]", "[Dana Ruiz]")
    await alice.taps("Dana Ruiz")
    await alice.taps("Stop sharing")
    alice.sees("Dana Ruiz is no longer your deputy for Visio Plan 2")


async def test_what_is_shared_already_is_said(alice: Person) -> None:
    await alice.says("share Visio with Sales")
    alice.sees("Visio Plan 2 is shared with Sales already")
    await alice.says("stop sharing Power BI Pro")
    alice.sees("It is shared with nobody")


async def test_a_guest_is_no_deputy(alice: Person) -> None:
    await alice.says("Evan Guest may manage Power BI Pro for me")
    alice.sees_nothing_of("is your deputy", "[Share]")


async def test_in_chinese(lihua: Person) -> None:
    await lihua.says("让李雷替我管理Visio计划1")
    lihua.sees("让李雷替你管理 Visio Plan 1？")
    await lihua.taps("指定代管人")
    lihua.sees("李雷现在替你管理 Visio Plan 1")
