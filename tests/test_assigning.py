"""Handing licenses out, taking them back, moving them and asking who has them, in English and in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.demo import person_id

if TYPE_CHECKING:
    from tests.people import Person


async def test_a_license_is_handed_out_with_one_message_and_one_tap(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo")
    alice.sees("Hand out a license of Power BI Pro?", "Bo Zhang: gets a license", "Free afterwards: 2")
    alice.sees_nothing_of("$")
    await alice.taps("Hand out")
    alice.sees("One license of Power BI Pro handed out", "Bo Zhang: has a license now")
    alice.sees_nothing_of("Free afterwards")


async def test_a_license_is_handed_out_in_chinese(lihua: Person) -> None:
    await lihua.says("给李雷和王芳分配Visio计划1")
    lihua.sees("分配 2 个 Visio Plan 1 许可证？", "李雷: 将获得许可证", "王芳: 将获得许可证", "之后空闲: 1")
    await lihua.says("是")
    lihua.sees("已分配 2 个 Visio Plan 1 许可证", "李雷: 已获得许可证")


async def test_two_of_one_name_are_asked_about_once_with_department_and_mail(alice: Person) -> None:
    await alice.says("give Power BI Pro to Ann and Bo")
    alice.sees("Which Ann?", "Ann Lee: Finance · ann.lee@contoso.example", "Ann Kovacs: Sales · ann.kovacs@")
    await alice.taps("Ann Kovacs · Sales")
    alice.sees("Ann Kovacs: gets a license", "Bo Zhang: gets a license", "Free afterwards: 1")


@pytest.mark.parametrize("answer", ["Ann Kovacs", "the second one", "ann.kovacs@contoso.example"])
async def test_which_of_two_is_meant_can_be_typed(alice: Person, answer: str) -> None:
    await alice.says("give Power BI Pro to Ann and Bo")
    options = [title for title in alice.latest[-1].buttons if title.startswith("Ann")]
    second = "the second one" if options[1].startswith("Ann Kovacs") else "the first one"
    await alice.says(second if answer == "the second one" else answer)
    alice.sees("Ann Kovacs: gets a license", "Bo Zhang: gets a license")


async def test_who_is_mentioned_is_never_asked_about(alice: Person) -> None:
    await alice.mentions(7, "give Power BI Pro to {}")
    alice.sees("Ann Kovacs: gets a license")


async def test_a_mention_is_remembered_while_something_else_is_asked(chenwei: Person) -> None:
    await chenwei.mentions(7, "give Visio to {}")
    chenwei.sees("Which subscription?")
    await chenwei.says("Visio Plan 2")
    chenwei.sees("Ann Kovacs: gets a license")


async def test_who_gets_one_is_asked_with_a_field_for_people(alice: Person) -> None:
    await alice.says("hand out Power BI Pro")
    alice.sees("Who gets a license of Power BI Pro?", "• Alice Chen · you · Sales")
    await alice.taps("Continue", more={"people": f"{person_id(8)},{person_id(7)}"})
    alice.sees("Bo Zhang: gets a license", "Ann Kovacs: gets a license")


async def test_who_gets_one_can_be_typed_as_well(alice: Person) -> None:
    await alice.says("hand out Power BI Pro")
    await alice.says("Bo and Ann Kovacs")
    alice.sees("Bo Zhang: gets a license", "Ann Kovacs: gets a license")


async def test_ids_in_a_field_are_looked_up_in_ones_own_organisation(alice: Person) -> None:
    await alice.says("hand out Power BI Pro")
    await alice.taps("Continue", more={"people": "11111111-0000-4000-8000-999999999999", "from_people": person_id(8)})
    alice.sees("I don't know anybody called 11111111-0000-4000-8000-999999999999")


async def test_whoever_cannot_get_one_is_told_by_name_and_the_others_do(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo, Evan, Zorblax and Dana")
    alice.sees("I don't know anybody called Zorblax", "Bo Zhang: gets a license")
    alice.sees("Evan Guest: is a guest and can't get one", "Dana Ruiz: has one already")


async def test_nobody_known_is_asked_again(alice: Person) -> None:
    await alice.says("give Power BI Pro to Zorblax")
    alice.sees("I don't know anybody called Zorblax", "Who gets a license of Power BI Pro?")
    await alice.says("Bo")
    alice.sees("Bo Zhang: gets a license")


async def test_what_is_lacking_is_bought_and_handed_out_as_one_operation(alice: Person) -> None:
    await alice.says("give Planner and Project Plan 3 to Bo and Dana")
    alice.sees("2 licenses are lacking", "3 → 5 (+2)", "Due now", "These get one each at once: Bo Zhang, Dana Ruiz")
    await alice.taps("Buy")
    alice.sees("2 licenses of Planner and Project Plan 3 added", "have one each now: Bo Zhang, Dana Ruiz")
    await alice.says("who has Planner and Project Plan 3")
    alice.sees("5 people have a license", "5 of 5 licenses are in use, 0 free", "Bo Zhang | Sales | not used yet")


async def test_an_addition_hands_out_at_once(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro for Bo")
    alice.sees("20 → 25 (+5)", "Bo Zhang gets one of them at once")
    await alice.taps("Buy")
    alice.sees("Bo Zhang has one of them now")


async def test_an_addition_hands_out_in_chinese(lihua: Person) -> None:
    await lihua.says("给李雷添加1个Visio计划1")
    lihua.sees("5 → 6（+1）", "立即分配给：李雷")


async def test_an_increase_can_wait_for_the_renewal_and_be_dropped(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro at renewal")
    alice.sees("Add licenses to Power BI Pro at the renewal?", "20 → 25 (+5)", "Due now: $0.00", "as you wished")
    await alice.taps("Schedule")
    alice.sees("Power BI Pro: 5 licenses more from December 13, 2026", "Until then you can drop it")
    await alice.taps("Drop it again")
    alice.sees("Drop the scheduled change of Power BI Pro?")


async def test_an_increase_can_wait_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio计划1续订时加2个")
    lihua.sees("续订时给 Visio Plan 1 增加许可证？", "按你的要求")


async def test_a_license_taken_back_stays_paid_and_a_reduction_is_offered(alice: Person) -> None:
    await alice.says("take Power BI Pro back from Dana")
    alice.sees(
        "Take back a license of Power BI Pro?",
        "Dana Ruiz: gives it up",
        "Free afterwards: 4",
        "stays paid",
        "December 13, 2026",
    )
    await alice.taps("Take back")
    alice.sees("One license of Power BI Pro taken back", "[Reduce by 1]")
    await alice.taps("Reduce by 1")
    alice.sees("20 → 19 (−1)")


async def test_who_gives_back_their_own_is_not_told_how_many_are_free(dana: Person) -> None:
    await dana.says("I no longer need my Power BI Pro license")
    dana.sees("Give back your license of Power BI Pro?", "goes back to Alice Chen")
    dana.sees_nothing_of("Free afterwards")
    await dana.taps("Give back")
    dana.sees("Your license of Power BI Pro is given back")
    dana.sees_nothing_of("Free afterwards")


async def test_a_license_is_taken_back_in_chinese(lihua: Person) -> None:
    await lihua.says("收回韩梅梅的Visio计划1")
    lihua.sees("收回 1 个 Visio Plan 1 许可证？", "韩梅梅: 将交回")
    await lihua.taps("收回")
    lihua.sees("已收回 1 个 Visio Plan 1 许可证", "[减少 1 个]")
    await lihua.taps("减少 1 个")
    lihua.sees("5 → 4（−1）")


async def test_everybody_gives_back_their_own_and_sees_no_price(ann: Person, alice: Person) -> None:
    await ann.says("I don't need Visio any more")
    ann.sees("Give back your license of Visio Plan 2?", "goes back to Alice Chen")
    ann.sees_nothing_of("$", "Reduce by")
    await ann.taps("Give back")
    ann.sees("Your license of Visio Plan 2 is given back")
    ann.sees_nothing_of("Reduce by")
    await alice.says("who has Visio Plan 2")
    alice.sees_nothing_of("Ann Lee")


async def test_ones_own_is_given_back_in_chinese(lihua: Person) -> None:
    await lihua.says("我不用Visio计划1了")
    lihua.sees("退还你的 Visio Plan 1 许可证？")


async def test_whoever_holds_none_has_none_to_give_back(bo: Person) -> None:
    await bo.says("I don't need my Visio any more")
    bo.sees("You hold no license of Visio")


async def test_a_license_moves_in_one_step(alice: Person) -> None:
    await alice.says("move Power BI Pro from Dana to Bo")
    alice.sees("Move a license of Power BI Pro?", "Dana Ruiz: gives it up", "Bo Zhang: gets a license")
    await alice.taps("Move")
    alice.sees("One license of Power BI Pro moved", "Dana Ruiz: has given it up", "Bo Zhang: has a license now")


async def test_a_license_moves_in_chinese(lihua: Person) -> None:
    await lihua.says("把韩梅梅的Visio计划1转给李雷")
    lihua.sees("转移 1 个 Visio Plan 1 许可证？", "韩梅梅: 将交回", "李雷: 将获得许可证")


async def test_whose_license_it_is_tells_which_subscription_is_meant(alice: Person) -> None:
    await alice.says("move Dana's license to Bo")
    alice.sees("Move a license of Power BI Pro?", "Dana Ruiz: gives it up")


async def test_who_gets_it_is_put_right_on_the_card(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo")
    old = alice.button("Hand out")
    await alice.says("actually to Ann Kovacs instead")
    alice.sees("Ann Kovacs: gets a license")
    alice.sees_nothing_of("Bo Zhang")
    await alice.sends_tap(old)
    alice.sees("Nothing was changed")


async def test_a_pasted_list_is_read_whole(alice: Person) -> None:
    await alice.says("give Power BI Pro to:\n- bo@contoso.example\n- Ann Kovacs\n- 李雷")
    alice.sees("Hand out 3 licenses", "Bo Zhang: gets", "Ann Kovacs: gets", "李雷: gets", "Free afterwards: 0")


async def test_one_card_hands_out_once_however_often_it_is_tapped(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo")
    await alice.taps("Hand out")
    first = alice.latest
    await alice.taps("Hand out")
    assert alice.latest == first
    await alice.says("give Power BI Pro to Bo")
    alice.sees("already held by Bo Zhang")


async def test_only_who_holds_one_can_hand_it_over(alice: Person) -> None:
    await alice.says("move Power BI Pro from Bo to Ann Kovacs")
    alice.sees("No license of Power BI Pro is held by Bo Zhang")


async def test_a_team_lead_hands_out_what_is_shared_with_her_team_and_cannot_buy_more(dana: Person) -> None:
    await dana.says("give Visio Plan 2 to Bo")
    dana.sees("Bo Zhang: gets a license", "Free afterwards: 0")
    await dana.says("give Visio Plan 2 to Bo and Ann Kovacs")
    dana.sees("Visio Plan 2: 1 free, and this takes 1 more. Alice Chen pays for it and can add licenses")
    dana.sees_nothing_of("$", "Buy")


async def test_in_a_channel_only_the_number_is_said_aloud(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("give Power BI Pro to Bo")
    public, private = alice.latest
    assert (public.private, private.private) == (False, True)
    assert str(public) == "Alice Chen, I've answered you in our private chat."
    await alice.says("yes")
    aloud = [str(each) for each in alice.latest if not each.private]
    assert "One license handed out." in aloud
    assert not [line for line in aloud if "Bo" in line or "Power BI" in line]


async def test_after_twenty_people_the_others_follow_by_themselves(alice: Person) -> None:
    await alice.says("hand out Power BI Pro")
    await alice.taps("Continue", more={"people": ",".join(map(person_id, range(27, 49)))})
    alice.sees("That is 22 people. These are the first 20; the other 2 follow", "20 → 37 (+17)")
    await alice.taps("Buy")
    alice.sees("17 licenses of Power BI Pro added", "Next:", "One license is lacking", "37 → 38 (+1)")
    await alice.taps("Buy")
    await alice.says("who has Power BI Pro")
    alice.sees("38 people have a license", "1–15 of 38")
