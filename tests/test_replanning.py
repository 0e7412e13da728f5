"""What is said to an open plan: a step not wanted, two put right at once, one more; and how many steps there may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dialogs.desk import PRIVATE_CHAT
from dialogs.understanding.adding_on import adds_on
from dialogs.understanding.leaving_out import called, left_out
from storage.demo import TENANT, person_id
from tests.test_transcripts import LARGEST_IN_TEAMS

if TYPE_CHECKING:
    from storage.conversations import Conversations
    from tests.people import Person

TWO = "set Power BI Pro to 22 and Visio Plan 2 to 12"
SEATS = "give Power BI Pro to Bo and give Teams Premium to Dana"
SIX = (
    "add 1 to Power BI Pro, add 2 to Visio Plan 2, add 3 to Teams Premium, buy 2 Clipchamp, buy 4 Project Plan 1"
    " and turn off renewal for Project Plan 3"
)


@pytest.mark.parametrize(
    ("open_plan", "said", "sees", "unseen"),
    [
        (TWO, "without Visio", "20 → 22 (+2)", "Visio"),
        (TWO, "leave out the Power BI one, please", "10 → 12 (+2)", "Power BI Pro"),
        (SEATS, "not Dana", "Bo Zhang: gets a license", "Dana"),
        (SEATS, "without Bo Zhang", "Dana Ruiz: gets a license", "Bo Zhang"),
    ],
)
async def test_a_step_is_left_out_by_its_product_or_its_person(
    alice: Person, open_plan: str, said: str, sees: str, unseen: str
) -> None:
    await alice.says(open_plan)
    old = alice.button("Confirm")
    await alice.says(said)
    alice.sees(sees)
    alice.sees_nothing_of(unseen, "Do these")
    await alice.sends_tap(old)
    alice.sees("This offer is closed.")


async def test_in_chinese_too(chenwei: Person) -> None:
    await chenwei.says("Visio Plan 1加到7个，再给李雷一个")
    await chenwei.says("也给王芳一个")
    chenwei.sees("李雷: 将获得许可证", "王芳: 将获得许可证")
    await chenwei.says("不要李雷")
    chenwei.sees("执行这 2 步？", "王芳: 将获得许可证")
    chenwei.sees_nothing_of("李雷")
    await chenwei.says("另外给Visio Plan 2加2个")
    chenwei.sees("执行这 3 步？", "3. 给 Visio Plan 2 增加许可证", "2 → 4（+2）")
    await chenwei.says("不要Visio Plan 1那个")
    chenwei.sees("给 Visio Plan 2 增加许可证？", "2 → 4（+2）")
    chenwei.sees_nothing_of("Visio Plan 1", "王芳")


async def test_of_several_people_only_the_one_that_is_not_wanted_is_left_out(alice: Person) -> None:
    await alice.says("set Visio to 20, then give one to Bo and Dana")
    await alice.says("without Dana")
    alice.sees("Do these 2 steps?", "Bo Zhang: gets a license")
    alice.sees_nothing_of("Dana")


async def test_whoever_comes_in_addition_takes_nobodys_place(alice: Person) -> None:
    await alice.says("set Visio to 20, then give one to Bo")
    await alice.says("and give Dana one too")
    alice.sees("2. Hand out 2 licenses of Visio Plan 2", "Bo Zhang: gets a license", "Dana Ruiz: gets a license")
    await alice.says("give one to Dana")
    alice.sees("2. Hand out a license of Visio Plan 2", "Dana Ruiz: gets a license")
    alice.sees_nothing_of("Bo Zhang")


async def test_nor_where_it_is_the_only_thing_that_is_open(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo")
    await alice.says("and give 李雷 one too")
    alice.sees("Hand out 2 licenses of Power BI Pro?", "Bo Zhang: gets a license", "李雷: gets a license")


async def test_what_is_said_in_addition_is_one_more_step(alice: Person) -> None:
    await alice.says(TWO)
    await alice.says("and buy 3 Clipchamp")
    alice.sees("Do these 3 steps?", "3. Buy Clipchamp", "Due now: $76.31")
    await alice.says("and give Bo one too")
    alice.sees("Do these 4 steps?", "4. Hand out a license of Clipchamp", "Free afterwards: 2")
    await alice.says("also add 1 license to Power BI Pro")
    alice.sees("20 → 22 (+2)", "5. Add licenses to Power BI Pro", "22 → 23 (+1)")
    await alice.says("yes")
    alice.sees("5 of 5 steps are done")


async def test_several_steps_are_put_right_at_once_and_no_second_plan_stays_behind(alice: Person) -> None:
    await alice.says(TWO)
    await alice.says("set Power BI Pro to 25 and Visio Plan 2 to 15")
    alice.sees("Do these 2 steps?", "20 → 25 (+5)", "10 → 15 (+5)")
    await alice.says("yes")
    alice.sees("2 of 2 steps are done")
    alice.sees_nothing_of("Back to", "22", "12 ")


async def test_as_many_steps_as_there_may_be_fit_on_one_card_and_into_the_state(
    alice: Person, conversations: Conversations
) -> None:
    await alice.says("buy 3 Power Apps Premium for Ann Lee")
    await alice.says(SIX)
    alice.sees("Do these 6 steps?", "6. Turn recurring billing off", "[Without 4] [Leave it] [Without 5] [Without 6]")
    state = await conversations.kept(TENANT, PRIVATE_CHAT, person_id(1))
    assert state is not None and len(state["frames"]) == 2
    assert len(json.dumps(state, separators=(",", ":")).encode()) < 2_000
    assert len(json.dumps(alice.cards[-1])) < LARGEST_IN_TEAMS
    await alice.taps("Confirm")
    alice.sees("6 of 6 steps are done")


async def test_beyond_that_it_is_said_and_nothing_is_done_by_halves(alice: Person) -> None:
    await alice.says(SIX)
    await alice.says("and give Power BI Pro to Bo")
    alice.sees("That would be 7 steps, and one plan holds 6: nothing was changed.", "Do these 6 steps?")
    alice.sees_nothing_of("Bo Zhang")
    await alice.taps("Confirm")
    alice.sees("6 of 6 steps are done")


async def test_nor_is_a_message_that_asks_for_more_at_once(alice: Person) -> None:
    many = "Power BI Pro, Visio Plan 2, Teams Premium, Clipchamp, Copilot, Project Plan 1 and Project Plan 3"
    await alice.says(f"turn off renewal for {many}")
    alice.sees("That would be 7 steps, and one plan holds 6: nothing was changed.")
    alice.sees_nothing_of("[")


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("without the second", {2}),
        ("Leave out the last one, please", {3}),
        ("drop step 1", {1}),
        ("only the first", {2, 3}),
        ("第二个不要了", {2}),
        ("不要第三步", {3}),
        ("把最后一个去掉吧", {3}),
        ("只要第一个", {2, 3}),
        ("without the fourth", set()),
        ("add 2", set()),
        ("the second one", set()),
        ("第二个", set()),
        ("without Visio", set()),
        ("第四个不要了", set()),
    ],
)
def test_what_is_to_be_left_out_is_heard(words: str, places: set[int]) -> None:
    assert left_out(words, 3) == places


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("without Visio", "Visio"),
        ("leave the Power BI Pro one out, please", "Power BI Pro"),
        ("not Dana", "Dana"),
        ("不要Visio那个", "Visio"),
        ("不给李雷了", "李雷"),
        ("Visio Plan 1那个算了", "Visio Plan 1"),
        ("cancel Visio", None),
        ("取消Visio", None),
        ("add 2", None),
        ("不要", None),
        ("算了", None),
    ],
)
def test_what_is_not_wanted_is_heard_by_its_name(words: str, name: str | None) -> None:
    assert called(words) == name


@pytest.mark.parametrize(
    ("words", "adds"),
    [
        ("and give Bo one too", True),
        ("Also add 2 to Visio", True),
        ("give Bo one as well, please", True),
        ("再给李雷一个", True),
        ("给李雷也来一个", True),
        ("give Bo one", False),
        ("add Andy", False),
        ("给李雷一个", False),
    ],
)
def test_what_comes_in_addition_is_heard(words: str, adds: bool) -> None:
    assert adds_on(words) is adds
