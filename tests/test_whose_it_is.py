"""Whose subscriptions they are, and who learns what: owners, admins, members, guests, channels and forgers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person


async def test_an_admin_is_told_whose_subscription_it_is(bob: Person) -> None:
    await bob.says("add 5 licenses to Power BI Pro")
    bob.sees("was bought by Alice Chen", "Only the person who bought a subscription can change it")


@pytest.mark.parametrize(
    ("words", "hers", "everybodys"),
    [
        ("cancel {}Visio Plan 2", ("Alice Chen's ", "bought by Alice Chen."), ("", "bought by Alice Chen, 陈伟.")),
        ("取消{} Visio 计划 2", (" Alice Chen 的", "由 Alice Chen 购买的"), ("", "由 Alice Chen、陈伟购买的")),
        ("take Visio Plan 2 back from {}", ("Alice", "bought by Alice Chen."), ("Hana", "by Alice Chen, 陈伟.")),
    ],
)
async def test_an_admin_who_names_the_owner_is_told_of_no_other(
    bob: Person, words: str, hers: tuple[str, str], everybodys: tuple[str, str]
) -> None:
    for named, told in (hers, everybodys):
        await bob.says(words.format(named))
        bob.sees(told)


async def test_a_member_learns_nothing_about_other_peoples_purchases(bo: Person) -> None:
    await bo.says("add 5 licenses to Power BI Pro")
    bo.sees("You have no subscription to Power BI Pro. Which of yours did you mean?", "[Power Apps Premium]")
    bo.sees_nothing_of("Alice")


async def test_who_holds_a_license_is_told_whose_it_is_and_no_more(
    ann: Person, person: Callable[[int], Person]
) -> None:
    await ann.says("who has Power BI Pro")
    ann.sees("Power BI Pro was bought by Alice Chen.", "Alice Chen can say who has a license; ask there.")
    await ann.says("add 5 licenses to Power BI Pro")
    ann.sees("Power BI Pro was bought by Alice Chen.", "Only the person who bought a subscription can change it")
    lilei = person(10)
    await lilei.says("谁有Power Automate Premium")
    lilei.sees("Power Automate Premium 是由李华购买的。", "谁有许可证，请问李华。")
    for each in (ann, lilei):
        each.sees_nothing_of("$", "17 of 20", "Luca", "周杰")


async def test_who_has_bought_nothing_is_told_so(person: Callable[[int], Person]) -> None:
    lilei = person(10)
    await lilei.says("给Visio加5个许可证")
    lilei.sees("你还没有购买过订阅")


async def test_a_guest_is_refused_in_the_language_of_the_message(evan: Person) -> None:
    await evan.says("add 5 licenses")
    evan.sees("can't help guests")
    await evan.says("把Power BI Pro加5个许可证")
    evan.sees("无法帮助来宾")


async def test_a_foreign_tenant_is_refused(alice: Person) -> None:
    alice.tenant = "99999999-0000-4000-8000-000000000009"
    await alice.says("add 5 licenses")
    alice.sees("can't find you in this organization's directory")


async def test_an_expired_subscription_is_not_changed(dana: Person) -> None:
    await dana.says("add 2 licenses to Copilot")
    dana.sees("Microsoft 365 Copilot has ended")


async def test_in_a_channel_only_a_neutral_sentence_is_public(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("add 5 licenses to Power BI Pro")
    public = [each for each in alice.latest if not each.private]
    private = [each for each in alice.latest if each.private]

    assert [str(each) for each in public] == ["Alice Chen, I've answered you in our private chat."]
    assert "Due now: $49.00" in str(private[0])


async def test_a_task_begun_in_the_channel_goes_on_in_private(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("add 5 licenses")
    alice.scope = "personal"
    await alice.says("Power BI Pro")
    alice.sees("20 → 25 (+5)")


async def test_two_people_in_one_channel_never_fill_each_others_forms(alice: Person, chenwei: Person) -> None:
    alice.scope = chenwei.scope = "channel"
    await alice.says("add 5 licenses")
    await chenwei.says("Visio减少1个许可证")
    await alice.says("Power BI Pro")
    alice.sees("20 → 25 (+5)")
    await chenwei.says("第一个")
    chenwei.sees("Visio Plan 1", "2 → 1")


async def test_somebody_elses_card_does_nothing(alice: Person, bo: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await bo.sends_tap(alice.button("Buy"))
    bo.sees("That offer is for Alice Chen")
    await alice.taps("Buy")
    alice.sees("20 → 25 (+5)", "Invoice: G0")


@pytest.mark.parametrize(
    "forged",
    [
        {"quantity": 500, "total": 500, "price": 1, "amount": 0},
        {"subscription": "another", "tenant": "another", "person": "another", "actor": "another"},
    ],
)
async def test_what_a_forger_adds_to_a_card_is_never_read(alice: Person, forged: dict[str, object]) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.taps("Buy", more=forged)
    alice.sees("20 → 25 (+5)", "Charged now: $49.00")


async def test_a_forged_choice_is_asked_again(alice: Person) -> None:
    await alice.says("add 5 licenses")
    await alice.sends_tap({**alice.button("Power BI Pro"), "pick": "somebody-elses-subscription"})
    alice.sees("Which subscription?")


async def test_a_card_the_desk_never_made_is_refused(alice: Person) -> None:
    await alice.sends_tap({"op": "made-up", "do": "confirm"})
    alice.sees("I don't know that card")
