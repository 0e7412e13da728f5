"""A group chat is as public as a channel: amounts, products and people are for the private chat alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.texts import Reader

if TYPE_CHECKING:
    from tests.people import Person

SECRETS = ("$", "···", "Power BI", "Visio", "Bo Zhang", "李雷", "[")


def aloud(person: Person) -> list[str]:
    return [str(each) for each in person.latest if not each.private]


@pytest.mark.parametrize("scope", ["groupChat", "channel"])
async def test_an_offer_is_private_and_the_group_hears_that_it_was_answered(alice: Person, scope: str) -> None:
    alice.scope = scope
    await alice.says("add 2 licenses to Power BI Pro for Bo")
    assert aloud(alice) == ["Alice Chen, I've answered you in our private chat."]
    alice.sees("20 → 22 (+2)", "Due now", "Bo Zhang gets one of them at once")
    await alice.says("yes")
    alice.sees("2 licenses of Power BI Pro added")
    assert aloud(alice)
    assert [line for line in aloud(alice) if any(secret in line for secret in SECRETS)] == []


@pytest.mark.parametrize("scope", ["groupChat", "channel"])
async def test_what_is_handed_out_is_a_number_aloud(alice: Person, lihua: Person, scope: str) -> None:
    alice.scope = lihua.scope = scope
    await alice.says("give Power BI Pro to Bo")
    await alice.says("yes")
    assert "One license handed out." in aloud(alice)
    await lihua.says("把Visio计划1分配给李雷")
    await lihua.says("是")
    lihua.sees("已分配 1 个 Visio Plan 1 许可证")
    said = [*aloud(alice), *aloud(lihua)]
    assert [line for line in said if any(secret in line for secret in SECRETS)] == []


@pytest.mark.parametrize("scope", ["groupChat", "channel"])
async def test_a_plan_is_one_line_aloud_however_many_of_its_steps_hand_out(
    alice: Person, chenwei: Person, scope: str
) -> None:
    alice.scope = chenwei.scope = scope
    await alice.says("give Power BI Pro to Bo and give Teams Premium to Bo and set Visio to 12")
    await alice.says("yes")
    alice.sees("3 of 3 steps are done")
    assert aloud(alice)[1:] == ["2 licenses handed out."]
    await chenwei.says("给Visio Plan 1加3个，把Visio Plan 1分配给李雷，把Visio Plan 2分配给王芳")
    await chenwei.says("确认")
    assert aloud(chenwei)[1:] == ["已分配 2 个许可证。"]


@pytest.mark.parametrize("scope", ["groupChat", "channel"])
async def test_a_refusal_is_private_and_two_people_never_mix(alice: Person, lihua: Person, scope: str) -> None:
    alice.scope = lihua.scope = scope
    await alice.says("add 2 licenses to Power BI Pro")
    await lihua.says("是")
    assert [line for line in aloud(lihua) if any(secret in line for secret in SECRETS)] == []
    lihua.sees_nothing_of("20 → 22")
    await alice.says("give Power BI Pro to Evan")
    alice.sees("Guests can't get a license of Power BI Pro: Evan Guest")
    assert aloud(alice) == ["Alice Chen, I've answered you in our private chat."]


@pytest.mark.parametrize(("hello", "language"), [("hello", "en"), ("你好", "zh-CN")])
async def test_a_greeting_does_not_tell_the_group_who_buys(
    alice: Person, bo: Person, hello: str, language: str
) -> None:
    for person in (alice, bo):
        person.scope = "groupChat"
        await person.says(hello)
    told = [aloud(each)[0].replace(full, "") for each, full in ((alice, "Alice Chen"), (bo, "Bo Zhang"))]
    assert told[0] == told[1] == Reader(language).text("small.hello.member", name="")
