"""Who gives a license up with a reduction is put right name by name; how many are wanted stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person

LEAVING = ("Luca Ferrari: last used", "Ann Lee: last used")


@pytest.mark.parametrize("said", ["not Luca, Dana", "Dana instead of Luca", "not Luca but Dana"])
async def test_somebody_else_gives_a_license_up(alice: Person, said: str) -> None:
    await alice.says("reduce Power BI Pro to 15")
    alice.sees("20 → 15 (−5)", *LEAVING)
    old = alice.button("Schedule")
    await alice.says(said)
    alice.sees("20 → 15 (−5)", "These 2 people", "Dana Ruiz: last used", "Ann Lee: last used")
    alice.sees_nothing_of("Luca Ferrari")
    await alice.sends_tap(old)
    alice.sees("Nothing was changed")
    await alice.taps("Schedule")
    alice.sees("Dana Ruiz", "Ann Lee")
    alice.sees_nothing_of("Luca Ferrari")


@pytest.mark.parametrize("said", ["不是韩梅梅，换李华", "不是韩梅梅，是李华"])
async def test_somebody_else_gives_a_license_up_in_chinese(lihua: Person, said: str) -> None:
    await lihua.says("Visio计划1减少到1个")
    lihua.sees("5 → 1（−4）", "韩梅梅")
    await lihua.says(said)
    lihua.sees("5 → 1（−4）", "李华: ")
    lihua.sees_nothing_of("韩梅梅: ")


async def test_who_was_spared_is_not_proposed_for_another_number(alice: Person) -> None:
    await alice.says("reduce Power BI Pro to 15")
    await alice.says("not Luca, Dana")
    await alice.says("make it 14")
    alice.sees("20 → 14 (−6)", "These 3 people", "Dana Ruiz: last used", "Ann Lee: last used", "Zoë Martin: last used")
    alice.sees_nothing_of("Luca Ferrari")
    await alice.says("not Dana, Luca")
    alice.sees("Luca Ferrari: last used")
    alice.sees_nothing_of("Dana Ruiz")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("not Luca, Bo", "Bo Zhang holds no license of it"),
        ("not Luca, Zorblax", "I don't know anybody called Zorblax"),
        ("not Dana, Maya", "Dana is not among them"),
        ("not Luca, Ann", "More than one Ann holds a license: Ann Kovacs (ann.kovacs@contoso.example), Ann Lee ("),
    ],
)
async def test_who_cannot_be_meant_is_told_by_name_and_the_offer_stays(alice: Person, said: str, told: str) -> None:
    await alice.says("give Power BI Pro to Ann Kovacs")
    await alice.taps("Hand out")
    await alice.says("reduce Power BI Pro to 16")
    await alice.says(said)
    alice.sees(told, "20 → 16 (−4)", *LEAVING)


async def test_who_cannot_be_meant_is_told_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio计划1减少到1个")
    await lihua.says("不是韩梅梅，换李雷")
    lihua.sees("李雷没有它的许可证", "5 → 1（−4）", "韩梅梅: ")


async def test_whoever_asks_is_the_last_of_equals_to_be_proposed(alice: Person, lihua: Person) -> None:
    await alice.says("buy 2 Clipchamp for Alice and Bo")
    await alice.says("yes")
    await alice.says("reduce Clipchamp to 1")
    alice.sees("This person loses the license now:", "Bo Zhang: not used yet")
    alice.sees_nothing_of("Alice Chen: ")
    await lihua.says("买2个Clipchamp给李华和赵敏")
    await lihua.says("是")
    await lihua.says("Clipchamp减少到1个")
    lihua.sees("赵敏: 尚未使用")
