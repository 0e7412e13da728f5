"""Asking somebody else for licenses in the chat, and deciding about it, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from dialogs.notices import notice
from storage.request_views import RequestStatus, RequestView
from tests.test_notices import news

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

ANN = news("request_made").person
ASKED = RequestView(
    id="r",
    product="p",
    product_name="Visio Plan 2",
    licenses=2,
    requester=replace(ANN, id="a", name="Cara Diaz"),
    people=(replace(ANN, id="a", name="Cara Diaz"), replace(ANN, id="b", name="王芳")),
    note="for the audit",
    status=RequestStatus.PENDING,
    asked_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
    expires_at=datetime(2027, 11, 22, 9, tzinfo=UTC),
    granted=0,
    decided_by=None,
    ended_at=None,
    reason="",
)


@pytest.fixture
async def asked(ann: Person) -> Person:
    """Ann, who has asked for two licenses for Bo and herself."""
    await ann.says("request 2 Copilot for Bo and me, because we audit")
    await ann.taps("Send request")
    return ann


async def test_a_request_names_who_decides_what_it_would_cost_and_the_note(ann: Person) -> None:
    await ann.says("request 2 Copilot for Bo and me, because we audit")
    ann.sees("Request 2 licenses of Microsoft 365 Copilot?", "Bo Zhang, Ann Lee", "Bob Marsh decides", "$60.00 a month")
    ann.sees("Note: we audit")
    await ann.says("only for Bo")
    await ann.says("yes")
    ann.sees("Request sent")


async def test_for_how_many_and_for_whom_may_be_left_out(ann: Person) -> None:
    await ann.says("request Visio Plan 2")
    ann.sees("Request one license of Visio Plan 2?", "For you.")
    await ann.says("make it 4")
    ann.sees("Request 4 licenses of Visio Plan 2?", "For nobody by name yet")
    await ann.says("I'd like to request Clipchamp")
    ann.sees("Request one license of Clipchamp?")


async def test_whoever_decides_approves_all_of_it_with_one_yes(asked: Person, bob: Person) -> None:
    await bob.says("approve Ann's request")
    bob.sees("Ann Lee asks for 2 licenses of Microsoft 365 Copilot", "we audit", "Due now: $60.00", "[Approve and buy]")
    await bob.taps("Pay yearly")
    bob.sees("Ann Lee asks for 2 licenses", "Due now: $720.00")
    await bob.says("yes")
    bob.sees("2 licenses of Microsoft 365 Copilot bought", "Ann Lee has been told.", "Bo Zhang, Ann Lee have a license")
    await asked.says("how is my request doing?")
    asked.sees("Approved by Bob Marsh")


async def test_a_part_is_approved_for_those_who_are_chosen(asked: Person, bob: Person) -> None:
    await bob.says("approve 1 of Ann's request")
    bob.sees("Who gets a license of Microsoft 365 Copilot?", "Bo Zhang", "Ann Lee")
    await bob.says("Bo")
    bob.sees("One of the 2 licenses asked for.", "Bo Zhang gets a license", "Due now: $30.00")
    await bob.taps("Approve and buy")
    await asked.says("my requests")
    asked.sees("1 of 2 approved by Bob Marsh")


async def test_the_offer_to_approve_is_edited_for_fewer_and_by_the_year(asked: Person, bob: Person) -> None:
    await bob.says("approve Ann's request")
    await bob.taps("Pay yearly")
    await bob.says("make it 1")
    bob.sees("Who gets a license of Microsoft 365 Copilot?")
    await bob.says("Bo")
    bob.sees("One of the 2 licenses asked for.", "Bo Zhang gets a license", "Due now: $360.00")
    await bob.says("make it 2")
    bob.sees("Due now: $720.00", "Bo Zhang gets a license")


async def test_the_offer_to_approve_is_edited_in_chinese(person: Callable[[int], Person], bob: Person) -> None:
    li_lei = person(10)
    await li_lei.says("申请2个 Visio 计划 2 给李华和我")
    await li_lei.taps("发出申请")
    bob.locale = "zh-CN"
    await bob.says("批准李雷的申请")
    await bob.says("按年付")
    bob.sees("2 个许可证，按年付款")
    await bob.says("改成1个")
    bob.sees("Visio Plan 2 许可证给谁？")
    await bob.says("李华")
    bob.sees("申请了 2 个许可证，批准其中 1 个。", "李华立即得到许可证", "US$180.00")


async def test_more_than_was_asked_for_is_bought_by_nobody(asked: Person, bob: Person) -> None:
    await bob.says("approve Ann's request")
    await bob.says("make it 5")
    bob.sees("was asked for with fewer licenses: at most 2")


async def test_the_reason_of_a_denial_may_be_said_at_once_or_is_asked_for(asked: Person, bob: Person) -> None:
    await bob.says("deny it, no budget")
    bob.sees("Deny Ann Lee's request", "Reason: no budget")
    await bob.taps("Not now")
    await bob.says("reject Ann's request")
    bob.sees("Why is it denied?")
    await bob.says("we have free ones")
    bob.sees("Reason: we have free ones")
    await bob.taps("Deny")
    await asked.says("my requests")
    asked.sees("Denied by Bob Marsh", "we have free ones")


async def test_nobody_else_decides_and_no_forged_tap_helps(asked: Person, bob: Person, alice: Person) -> None:
    await bob.says("requests waiting")
    data = bob.button("Approve")
    for who in (alice, asked):
        for do in ("approve", "part", "deny", "all"):
            await who.sends_tap({**data, "do": do})
            who.sees_nothing_of("[Approve and buy]", "[Deny]", "$")
        await who.says("requests waiting")
        who.sees("No request waits for your decision.")
    await bob.sends_tap({**data, "request": "nobody's"})
    bob.sees("I know no such request")
    await bob.says("approve Ann's request")
    offer = bob.button("Approve and buy")
    await alice.sends_tap(offer)
    alice.sees("That offer is for Bob Marsh")


async def test_what_has_ended_meanwhile_is_said(asked: Person, bob: Person) -> None:
    await bob.says("approve Ann's request")
    await asked.says("withdraw my request")
    await asked.taps("Withdraw")
    asked.sees("Request withdrawn: 2 licenses of Microsoft 365 Copilot")
    await bob.says("yes")
    bob.sees("has ended already, so nothing was changed")
    await asked.says("undo that")
    asked.sees("A withdrawn request stays withdrawn")


async def test_a_request_that_was_sent_is_undone_by_withdrawing_it(asked: Person) -> None:
    await asked.says("undo that")
    asked.sees("Withdraw your request for 2 licenses of Microsoft 365 Copilot?")


async def test_in_a_channel_nobody_reads_what_is_asked_for(person: Callable[[int], Person]) -> None:
    ann = person(5)
    ann.scope = "channel"
    await ann.says("request 2 Copilot for Bo")
    public = [str(each) for each in ann.latest if not each.private]
    assert public == ["Ann Lee, I've answered you in our private chat."]


async def test_in_chinese(person: Callable[[int], Person], bob: Person) -> None:
    li_lei = person(10)
    await li_lei.says("申请2个 Copilot 给李华和我")
    li_lei.sees("申请 2 个 Microsoft 365 Copilot 许可证？", "给李华、李雷。", "由 Bob Marsh 决定")
    await li_lei.taps("发出申请")
    await bob.says("批准李雷的申请，只批1个")
    bob.sees("Microsoft 365 Copilot 许可证给谁？")
    await bob.says("李华")
    bob.sees("李雷申请 2 个 Microsoft 365 Copilot 许可证", "申请了 2 个许可证，批准其中 1 个。", "[批准并购买]")
    await bob.taps("批准并购买")
    await li_lei.says("我的申请")
    li_lei.sees("Bob Marsh 批准了 2 个中的 1 个")


@pytest.mark.parametrize(
    ("kind", "changes", "english", "chinese"),
    [
        (
            "request_approved",
            {"status": RequestStatus.APPROVED, "granted": 2},
            "Bo Larsen approved your request: 2 licenses of Visio Plan 2 are bought. "
            "Cara Diaz, 王芳 have one each now.",
            "Bo Larsen 批准了你的申请：2 个 Visio Plan 2 许可证已买好。Cara Diaz、王芳现在有许可证了。",
        ),
        (
            "request_approved",
            {"status": RequestStatus.PARTLY, "granted": 1},
            "Bo Larsen approved a part of your request: one license of Visio Plan 2 instead of 2 is bought.",
            "Bo Larsen 批准了你的部分申请：申请了 2 个 Visio Plan 2 许可证，买了 1 个。",
        ),
        (
            "request_denied",
            {"status": RequestStatus.DENIED, "reason": "no budget"},
            "Bo Larsen denied your request for 2 licenses of Visio Plan 2: no budget",
            "Bo Larsen 拒绝了你对 2 个 Visio Plan 2 许可证的申请：no budget",
        ),
        (
            "request_expired",
            {"status": RequestStatus.EXPIRED},
            "The request of Cara Diaz for 2 licenses of Visio Plan 2 has ended: nobody decided.",
            "Cara Diaz 对 2 个 Visio Plan 2 许可证的申请已结束：没有人决定。",
        ),
    ],
)
def test_what_became_of_it_is_told(kind: str, changes: dict[str, object], english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-CN", chinese)):
        told = notice(news(kind, language=language, request=replace(ASKED, **changes)))
        assert told is not None
        assert told.text == words


def test_who_asked_is_told_that_nobody_decided_and_may_ask_again() -> None:
    told = news("request_expired", request=replace(ASKED, status=RequestStatus.EXPIRED))
    reply = notice(replace(told, person=ASKED.requester))
    assert reply is not None
    assert reply.text.startswith("Nobody decided about your request for 2 licenses of Visio Plan 2")
    assert reply.card is not None
    assert [each.title for each in reply.card.buttons] == ["request Visio Plan 2"]


@pytest.mark.parametrize("kind", ["request_made", "request_waits"])
def test_who_decides_gets_the_request_with_the_buttons_to_decide(kind: str) -> None:
    reply = notice(news(kind, request=ASKED))
    assert reply is not None
    assert reply.card is not None
    assert reply.text == "Cara Diaz asks for 2 licenses of Visio Plan 2"
    data = [dict(each.data) for each in reply.card.buttons if hasattr(each, "data")]
    assert data == [{"request": "r", "do": do} for do in ("approve", "part", "deny")]
    assert ("for the audit" in str(reply.card)) and (("every admin" in str(reply.card)) is (kind == "request_waits"))


@pytest.mark.parametrize(
    ("more", "english", "chinese"),
    [
        (True, "so every admin is asked now", "所以现在询问所有管理员"),
        (False, "has waited for some days, and nobody else is asked now", "已经等了几天，现在也没有再问别人"),
    ],
)
def test_who_decides_hears_after_some_days_whether_others_are_asked(more: bool, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-CN", chinese)):
        told = news("request_waits", language=language, request=ASKED)
        reply = notice(replace(told, payload={"request": "r", "more": more}))
        assert reply is not None
        assert words in str(reply.card)


@pytest.mark.parametrize(
    ("approver", "words", "told"),
    [
        ("", "request Visio Plan 2", "Without a decision, a reminder goes out on November 25, 2026"),
        ("", "申请 Visio 计划 2", "如果一直没有决定，2026年11月25日 09:00（UTC）会再提醒一次；"),
        ("Alice approves requests", "request Visio Plan 2", "every admin is asked from November 25, 2026"),
        ("Alice approves requests", "申请 Visio 计划 2", "从2026年11月25日 09:00（UTC）起会询问所有管理员；"),
    ],
)
async def test_a_request_says_that_others_are_asked_later_only_where_there_are_others(
    ann: Person, bob: Person, approver: str, words: str, told: str
) -> None:
    if approver:
        await bob.says(approver)
        await bob.says("yes")
    await ann.says(words)
    ann.sees(told)
