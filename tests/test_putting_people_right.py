"""One of several people is put right: the others stay, and whoever cannot be meant is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize("said", ["不是李雷，是周杰", "不要李雷，要周杰", "周杰，不是李雷"])
async def test_one_name_is_put_right_in_its_place(lihua: Person, said: str) -> None:
    await lihua.says("把Visio Plan 1给王芳、李雷和陈伟")
    await lihua.says(said)
    lihua.sees("分配 3 个 Visio Plan 1 许可证？", "王芳: 将获得许可证\n周杰: 将获得许可证\n陈伟: 将获得许可证")
    lihua.sees_nothing_of("李雷")


async def test_whose_license_is_taken_is_put_right(alice: Person) -> None:
    await alice.says("take Visio Plan 2 from Ingrid and Luca")
    old = alice.button("Take back")
    await alice.says("not Luca, Maya")
    alice.sees("Take back 2 licenses", "Ingrid", "Maya Cohen: gives it up")
    alice.sees_nothing_of("Luca")
    await alice.sends_tap(old)
    alice.sees("Nothing was changed")


async def test_whoever_gets_one_of_what_is_bought_is_put_right(alice: Person) -> None:
    await alice.says("add 3 licenses to Power BI Pro for Bo, 周杰 and 李雷")
    await alice.says("not 周杰, Ann Kovacs")
    alice.sees("20 → 23 (+3)", "These get one each at once: Bo Zhang, Ann Kovacs, 李雷")


async def test_either_side_of_a_move_is_put_right(alice: Person) -> None:
    await alice.says("move Power BI Pro from Dana to Bo")
    await alice.says("not Bo, Ann Kovacs")
    alice.sees("Dana Ruiz: gives it up", "Ann Kovacs: gets a license")
    await alice.says("not Dana, Ann Lee")
    alice.sees("Ann Lee: gives it up", "Ann Kovacs: gets a license")


async def test_one_more_is_added(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo")
    await alice.says("and Ann Kovacs too")
    alice.sees("Bo Zhang: gets a license\nAnn Kovacs: gets a license")


async def test_one_more_is_added_in_chinese(lihua: Person) -> None:
    await lihua.says("给王芳分配Visio Plan 1")
    await lihua.says("还有李雷")
    lihua.sees("王芳: 将获得许可证\n李雷: 将获得许可证")


async def test_one_license_each_stays_one_each(alice: Person) -> None:
    await alice.says("add 2 licenses to Power BI Pro for Bo and 李雷")
    await alice.says("and Ann Kovacs too")
    alice.sees("20 → 23 (+3)", "Bo Zhang, 李雷, Ann Kovacs")


async def test_a_new_name_that_is_nobodys_leaves_those_who_were_not_denied(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo and Ann Kovacs")
    await alice.says("not Bo, Zorblax")
    alice.sees("I don't know anybody called Zorblax", "Ann Kovacs: gets a license")
    alice.sees_nothing_of("Bo Zhang")


async def test_one_more_name_that_is_nobodys_leaves_the_list(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo")
    await alice.says("and Zorblax too")
    alice.sees("I don't know anybody called Zorblax", "Bo Zhang: gets a license")


async def test_a_new_name_that_is_refused_leaves_those_who_were_not_denied(alice: Person) -> None:
    await alice.says("take Power BI Pro back from Dana and Ann Lee")
    await alice.says("not Dana, Bo")
    alice.sees("No license of Power BI Pro is held by Bo Zhang", "Ann Lee: gives it up")
    alice.sees_nothing_of("Dana")
    await alice.taps("Take back")
    alice.sees("One license of Power BI Pro taken back")


# of what is said first, nobody will do: why, for whom is asked then, and what an answer brings
OTHERS_ASKED_FOR = [
    ("give Visio to Ann Lee", "already held by Ann Lee", "Who gets a license of Visio Plan 2?", "Bo Zhang: gets"),
    ("give Visio to Evan", "Guests can't", "Who gets a license of Visio Plan 2?", "Bo Zhang: gets"),
    ("add 1 license to Visio for Ann Lee", "already held by", "Who gets a license of Visio Plan 2?", "Bo Zhang gets"),
    ("take Visio back from Bo", "held by Bo Zhang", "Whose license of Visio Plan 2", "Luca Ferrari: gives"),
    ("move Visio from Bo to Ann Kovacs", "held by Bo Zhang", "Whose license of Visio Plan 2", "Luca Ferrari: gives"),
    ("move Visio from Luca to Maya", "held by Maya Cohen", "Who gets the license", "Bo Zhang: gets"),
]


@pytest.mark.parametrize(("said", "why", "question", "offered"), OTHERS_ASKED_FOR)
async def test_where_nobody_named_will_do_somebody_else_is_asked_for(
    alice: Person, said: str, why: str, question: str, offered: str
) -> None:
    await alice.says(said)
    alice.sees(why, question)
    await alice.says(offered.split()[0])
    alice.sees(offered)


async def test_where_nobody_named_will_do_somebody_else_is_asked_for_in_chinese(lihua: Person) -> None:
    await lihua.says("把Visio分配给韩梅梅")
    lihua.sees("韩梅梅已经有 Visio Plan 1", "把 Visio Plan 1 的许可证分配给谁？")
    await lihua.says("李雷")
    lihua.sees("李雷: 将获得许可证")


async def test_who_can_have_one_gets_it_and_the_others_are_told_apart(alice: Person) -> None:
    await alice.says("give Visio to Ann Lee, Evan and Bo")
    alice.sees("Bo Zhang: gets a license", "Ann Lee: has one already", "Evan Guest: ")


# what is offered, how its one name is put right, why that will not do, and for whom is asked then
WITH_NOBODY_LEFT = [
    ("give Visio to Bo", "not Bo, Ann Lee", "already held by Ann Lee", "Who gets a license of Visio Plan 2?"),
    ("give Visio to Bo", "no, Ann Lee", "already held by Ann Lee", "Who gets a license of Visio Plan 2?"),
    ("give Visio to Bo", "not Bo, Zorblax", "I don't know anybody", "Who gets a license of Visio Plan 2?"),
    ("add 1 license to Visio for Bo", "not Bo, Ann Lee", "already held by", "Who gets a license of Visio Plan 2?"),
    ("buy 1 Clipchamp for Bo", "not Bo, Evan", "Guests can't get a license", "Who gets a license of Clipchamp?"),
    ("take Visio from Luca", "not Luca, Bo", "held by Bo Zhang", "Whose license of Visio Plan 2 do you want back?"),
    ("move Visio from Luca to Bo", "not Bo, Maya", "held by Maya Cohen", "Who gets the license of Visio Plan 2?"),
    ("set Visio to 12, then give one to Bo", "not Bo, Evan", "Evan Guest", "Who gets a license of Visio Plan 2?"),
]


@pytest.mark.parametrize(("offered", "said", "why", "question"), WITH_NOBODY_LEFT)
async def test_whoever_was_denied_does_not_come_back_and_a_yes_gives_nobody_anything(
    alice: Person, offered: str, said: str, why: str, question: str
) -> None:
    await alice.says(offered)
    old = next(iter(alice.latest[-1].buttons.values()))
    await alice.says(said)
    alice.sees(why, question)
    await alice.says("yes")
    alice.sees(question)
    alice.sees_nothing_of("Done")
    await alice.sends_tap(old)
    alice.sees("Nothing was changed")


async def test_whoever_is_named_then_is_whom_it_is_for(alice: Person, lihua: Person) -> None:
    await alice.says("add 1 license to Visio for Bo")
    await alice.says("not Bo, Ann Lee")
    await alice.says("Ann Kovacs")
    alice.sees("10 → 11 (+1)", "Ann Kovacs gets one of them at once.")
    await lihua.says("把Visio给李雷")
    await lihua.says("不是李雷，是Evan")
    lihua.sees("是来宾", "把 Visio Plan 1 的许可证分配给谁？")
    await lihua.says("是")
    lihua.sees("分配给谁？")
    await lihua.says("陈伟")
    lihua.sees("陈伟: 将获得许可证")


async def test_whoever_was_not_named_cannot_be_put_right(alice: Person, lihua: Person) -> None:
    await alice.says("give Power BI Pro to Bo and Ann Kovacs")
    await alice.says("not Dana, 李雷")
    alice.sees("Dana is not among them", "Bo Zhang: gets a license", "Ann Kovacs: gets a license")
    alice.sees_nothing_of("李雷")
    await lihua.says("给王芳分配Visio Plan 1")
    await lihua.says("不是陈伟，是李雷")
    lihua.sees("其中没有陈伟", "王芳: 将获得许可证")


@pytest.mark.parametrize("said", ["and Bo too", "not Maya, Bo"])
async def test_a_name_is_added_or_put_right_also_where_two_of_another_name_are_asked_about(
    alice: Person, said: str
) -> None:
    await alice.says("give Power BI Pro to Ann and Maya")
    await alice.says(said)
    alice.sees("Which Ann?")
    await alice.taps("Ann Kovacs · Sales")
    alice.sees("Ann Kovacs: gets a license", "Bo Zhang: gets a license")


async def test_a_name_is_added_where_two_of_another_name_are_asked_about_in_chinese(lihua: Person) -> None:
    await lihua.says("把Visio Plan 1给Ann和王芳")
    await lihua.says("还有李雷")
    lihua.sees("是哪一位 Ann？")
    await lihua.taps("Ann Kovacs · Sales")
    lihua.sees("Ann Kovacs: 将获得许可证\n王芳: 将获得许可证\n李雷: 将获得许可证")
