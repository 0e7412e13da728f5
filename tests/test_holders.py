"""Who holds a license, who does not use one, what somebody holds: as each person may know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from tests.people import Person


async def test_who_has_a_license_is_a_table_by_person(alice: Person) -> None:
    await alice.says("who has Visio Plan 2")
    alice.sees("9 people have a license of Visio Plan 2.", "9 of 10 licenses are in use, 1 free.")
    alice.sees("Person | Department | Last used", "Ann Lee | Finance | ")
    alice.sees_nothing_of("$")


async def test_a_long_list_is_turned_page_by_page(alice: Person) -> None:
    await alice.says("who has Power BI Pro")
    alice.sees("17 people have a license", "1–15 of 17", "[More]")
    first = alice.latest[-1].lines
    await alice.taps("More")
    alice.sees("16–17 of 17")
    second = alice.latest[-1].lines
    people = {line for line in (*first, *second) if " | " in line and not line.startswith("Person |")}
    assert len(people) == 17
    alice.sees_nothing_of("[More]")


async def test_who_does_not_use_one_is_known_for_thirty_days(alice: Person) -> None:
    await alice.says("who hasn't used Visio Plan 2")
    alice.sees("3 people haven't used Visio Plan 2 in the last 30 days.")


async def test_whoever_got_one_less_than_a_week_ago_is_not_said_to_leave_it_unused(
    alice: Person, clock: FrozenClock
) -> None:
    await alice.says("give Visio Plan 2 to Bo")
    await alice.says("yes")
    for days, people in ((6, 3), (1, 4)):
        clock.advance(timedelta(days=days))
        await alice.says("who hasn't used Visio Plan 2")
        alice.sees(f"{people} people haven't used Visio Plan 2 in the last 30 days.")
    alice.sees("Bo Zhang | ")


async def test_who_has_one_in_chinese(lihua: Person) -> None:
    await lihua.says("谁有Visio计划1")
    lihua.sees("2 人有 Visio Plan 1 的许可证。", "共 5 个许可证，已用 2 个，空闲 3 个。", "韩梅梅 | ")
    await lihua.says("谁没用过Visio计划1")
    lihua.sees("最近 30 天，所有有 Visio Plan 1 许可证的人都使用过。")


async def test_what_somebody_has_is_what_the_asker_may_know(alice: Person, bob: Person, bo: Person) -> None:
    await bob.says("what does Dana have")
    bob.sees("Dana Ruiz has 2 licenses", "Microsoft 365 Copilot | Dana Ruiz", "Power BI Pro | Alice Chen")
    await alice.says("what does Dana have")
    alice.sees("Dana Ruiz has one license", "Power BI Pro | Alice Chen")
    alice.sees_nothing_of("Copilot")
    await bo.says("what does Dana have")
    bo.sees("Dana Ruiz has no license that you may see.")
    bo.sees_nothing_of("Power BI", "Copilot")


async def test_everybody_may_know_what_they_have_themselves(ann: Person, lihua: Person) -> None:
    await ann.says("what does Ann Lee have")
    ann.sees("You have 3 licenses.", "Power BI Pro | Alice Chen", "Visio Plan 2 | Alice Chen")
    await lihua.says("李华有什么许可证")
    lihua.sees("你有 2 个许可证。")


async def test_who_may_not_know_is_told_nothing_of_the_holders(bo: Person, dana: Person) -> None:
    await bo.says("who has Power BI Pro")
    bo.sees_nothing_of("Alice", "people have a license")
    await dana.says("who has Visio Plan 2")
    dana.sees("9 people have a license of Visio Plan 2.")
    dana.sees_nothing_of("$")


async def test_a_forged_page_shows_nothing_that_may_not_be_seen(alice: Person, bo: Person) -> None:
    await alice.says("who has Power BI Pro")
    button = alice.button("More")
    await bo.sends_tap({**button, "page": "-1"})
    bo.sees_nothing_of("Ann Lee", "Power BI Pro")
    await alice.sends_tap({**button, "page": "9" * 30})
    alice.sees("17 people have a license")


async def test_while_a_name_is_typed_members_are_offered_and_nobody_else(alice: Person, evan: Person) -> None:
    found = await alice.types_ahead("ann")
    assert {"Ann Lee · Finance · ann.lee@contoso.example", "Ann Kovacs · Sales · ann.kovacs@contoso.example"} <= {
        *found
    }
    assert await alice.types_ahead("evan") == []
    assert await alice.types_ahead("  ") == []
    assert len(await alice.types_ahead("a")) <= 15
    assert await evan.types_ahead("ann") == []


async def test_a_search_in_another_data_set_finds_nobody(alice: Person) -> None:
    query = {"queryText": "ann", "dataset": "secrets"}
    activity = alice.activity({"type": "invoke", "name": "application/search", "value": query})
    async with alice.http.post(alice.url, json=activity) as response:
        assert (await response.json())["value"] == {"results": []}


async def test_a_search_of_a_wrong_shape_is_refused(alice: Person) -> None:
    query = {"queryText": ["ann"], "dataset": "people"}
    activity = alice.activity({"type": "invoke", "name": "application/search", "value": query})
    async with alice.http.post(alice.url, json=activity) as response:
        assert response.status == 400
