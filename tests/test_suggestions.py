"""What is suggested is what the person can really do: nobody who owns nothing is told to add licenses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

OWNERS_ONLY = ("add 5 licenses", "cancel Visio", "[add", "[set", "[cancel")


async def test_whoever_owns_nothing_is_suggested_what_members_can_do(ann: Person) -> None:
    await ann.installs()
    ann.sees("[what have I bought] [what can I buy] [try Clipchamp]")
    for said in ("hello", "help", "florble the gronk"):
        await ann.says(said)
        ann.sees("what can I buy")
        ann.sees_nothing_of(*OWNERS_ONLY)


async def test_whoever_owns_something_is_suggested_to_change_it(alice: Person) -> None:
    await alice.installs()
    alice.sees("[add 5 licenses to")
    for said in ("hello", "help", "florble the gronk"):
        await alice.says(said)
        alice.sees("add 5 licenses")


async def test_whoever_owns_nothing_is_suggested_what_members_can_do_in_chinese(
    person: Callable[[int], Person],
) -> None:
    leilei = person(10)
    for said in ("你好", "帮助"):
        await leilei.says(said)
        leilei.sees("可以买哪些产品")
        leilei.sees_nothing_of("加 5 个许可证", "减少到")
