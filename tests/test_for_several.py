"""Licenses for several people: each who cannot have one is named with the reason, and the others get theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.people import Person


async def test_an_addition_leaves_out_by_name_whoever_cannot_have_one(alice: Person) -> None:
    await alice.says("add 3 licenses to Power BI Pro for Bo, Evan, Dana and Zorblax")
    alice.sees("I don't know anybody called Zorblax", "20 → 23 (+3)", "Bo Zhang gets one of them at once")
    alice.sees("Evan Guest: is a guest and can't get one", "Dana Ruiz: has one already")
    await alice.taps("Buy")
    alice.sees("Bo Zhang has one of them now", "Evan Guest: is a guest and got none", "Dana Ruiz: had one already")


async def test_an_addition_leaves_out_by_name_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio计划1加3个，给李雷、韩梅梅和Evan")
    lihua.sees("5 → 8（+3）", "立即分配给：李雷", "韩梅梅: 已有许可证", "Evan Guest: 是来宾，不能获得")


async def test_a_purchase_leaves_out_by_name_whoever_cannot_have_one(alice: Person) -> None:
    await alice.says("buy 2 Clipchamp for Bo and Evan")
    alice.sees("2 licenses, paid monthly", "Bo Zhang gets a license", "Evan Guest: is a guest and can't get one")
    await alice.taps("Pay yearly")
    alice.sees("2 licenses, paid yearly", "Bo Zhang gets a license at once", "Evan Guest: is a guest and can't get one")
    await alice.taps("Buy")
    alice.sees("Evan Guest: is a guest and got none")


async def test_where_nobody_can_have_one_each_is_named_with_the_reason(alice: Person, lihua: Person) -> None:
    for said in ("add 2 licenses to Power BI Pro for Evan and Dana", "give Power BI Pro to Evan and Dana"):
        await alice.says(said)
        alice.sees("Holding one already: Dana Ruiz. Guests: Evan Guest. Disabled accounts: nobody.")
        alice.sees_nothing_of("[Buy]", "[Hand out]")
    await lihua.says("给韩梅梅和Evan分配Visio计划1")
    lihua.sees("已有许可证：韩梅梅。来宾：Evan Guest。帐户已停用：无。")


async def test_what_is_lacking_is_bought_only_for_who_can_have_one(alice: Person) -> None:
    await alice.says("give Planner and Project Plan 3 to Bo, Evan and Dana")
    alice.sees("2 licenses are lacking", "3 → 5 (+2)", "at once: Bo Zhang, Dana Ruiz", "Evan Guest: is a guest")


async def test_who_hands_out_for_a_team_is_told_who_can_add_licenses(dana: Person) -> None:
    await dana.says("用中文")
    await dana.says("把Visio Plan 2分配给Bo和Ann Kovacs")
    dana.sees("空闲 1 个，还差 1 个", "付费的是 Alice Chen", "请联系 Alice Chen")
    dana.sees_nothing_of("$", "购买")


async def test_a_deputy_adds_what_is_lacking(alice: Person, dana: Person) -> None:
    await alice.says("Dana may manage Visio Plan 2 for me")
    await alice.taps("Make deputy")
    await dana.says("give Visio Plan 2 to Bo and Ann Kovacs")
    dana.sees("One license is lacking", "10 → 11 (+1)", "at once: Bo Zhang, Ann Kovacs")
    await dana.taps("Buy")
    dana.sees("These have one each now: Bo Zhang, Ann Kovacs")


async def test_a_guest_among_too_many_is_named_too(dana: Person) -> None:
    await dana.says("give Visio Plan 2 to Bo, Ann Kovacs and Evan")
    dana.sees("1 free, and this takes 1 more", "Alice Chen pays for it", "so not Evan Guest.")
    await dana.says("用中文")
    await dana.says("把Visio Plan 2分配给Bo、Ann Kovacs和Evan")
    dana.sees("空闲 1 个，还差 1 个", "所以 Evan Guest 不能获得。")
