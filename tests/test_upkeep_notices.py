"""What people read of what happens by itself: the numbers that matter, in their language, money only if they pay."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.notices import notice
from dialogs.upkeep_notices import KINDS
from tests.test_notices import news, text

CARD = {"brand": "Visa", "last_four": "4242"}
PAID = {"total": 22, "assigned": 9, "amount": 30800, "currency": "USD", "on": "2026-12-08", **CARD}
OPEN = {
    "subscription": "s",
    "amount": 30800,
    "currency": "USD",
    "total": 22,
    "again": "2026-12-13",
    "until": "2027-01-07",
}
ENDED = {
    "subscription": "s",
    "on": "2026-12-08",
    "stops": "2027-01-07",
    "until": "2027-04-07",
    "unpaid": False,
    "trial": False,
}
ALL = {**PAID, **OPEN, **ENDED, "closes_at": "2026-11-27T17:00:00+00:00", "products": ["Visio Plan 2"]}


@pytest.mark.parametrize(
    ("kind", "payload", "english", "chinese"),
    [
        (
            "renewed",
            PAID,
            "Visio Plan 2 has renewed: you pay for 22 licenses, 9 assigned. $308.00 was charged to Visa ···4242. "
            "It renews next on December 8, 2026.",
            "Visio Plan 2 已续订：你付款的许可证共 22 个，其中 9 个已分配。已从 Visa ···4242 扣款 US$308.00。"
            "下次续订日期：2026年12月8日。",
        ),
        (
            "renewed",
            {**PAID, "total": 1, "assigned": 0, "amount": 0},
            "Visio Plan 2 has renewed: you have one license, 0 assigned. Nothing was due. "
            "It renews next on December 8, 2026.",
            "Visio Plan 2 已续订：你有 1 个许可证，其中 0 个已分配。这次无需付款。下次续订日期：2026年12月8日。",
        ),
        (
            "charge_failed",
            {**OPEN, **CARD},
            "$308.00 for Visio Plan 2 could not be charged: Visa ···4242 was declined. The next try is on "
            "December 13, 2026. If none works, Visio Plan 2 expires on January 7, 2027.",
            "Visio Plan 2 的 US$308.00 扣款失败：Visa ···4242 被拒。下次扣款：2026年12月13日。"
            "如果一直失败，Visio Plan 2 将于2027年1月7日过期。",
        ),
        (
            "charge_failed",
            OPEN,
            "$308.00 for Visio Plan 2 could not be charged: no card is on file for it. The next try is on "
            "December 13, 2026. If none works, Visio Plan 2 expires on January 7, 2027.",
            "Visio Plan 2 的 US$308.00 扣款失败：没有可用的卡。下次扣款：2026年12月13日。"
            "如果一直失败，Visio Plan 2 将于2027年1月7日过期。",
        ),
        (
            "renewal_near",
            {**PAID, "time": 1},
            "Visio Plan 2 renews on December 8, 2026 for $308.00, charged to Visa ···4242. You pay for 22 licenses, "
            "9 assigned.",
            "Visio Plan 2 将于2026年12月8日续订，从 Visa ···4242 扣款 US$308.00。你付款的许可证共 22 个，"
            "其中 9 个已分配。",
        ),
        (
            "renewal_near",
            {**OPEN, "assigned": 9, "on": "2026-12-08", "time": 2},
            "Visio Plan 2 renews on December 8, 2026 for $308.00, and no card is on file for it. You pay for "
            "22 licenses, 9 assigned.",
            "Visio Plan 2 将于2026年12月8日续订，金额 US$308.00，但没有可用的卡。你付款的许可证共 22 个，"
            "其中 9 个已分配。",
        ),
        (
            "window_closes",
            {"total": 22, "assigned": 9, "closes_at": "2026-11-27T17:00:00+00:00", "time": 1},
            "You pay for 22 licenses of Visio Plan 2, 9 assigned. Until November 27, 2026, 5:00 PM UTC you can "
            "give back for a credit what you don't need.",
            "你付款的 Visio Plan 2 许可证共 22 个，其中 9 个已分配。2026年11月27日 17:00（UTC）之前可以退回不需要的，"
            "并得到抵扣。",
        ),
        (
            "card_expires",
            {"products": ["Clipchamp", "Visio Plan 2"], "on": "2026-12-31", "time": 1, **CARD},
            "Visa ···4242 expires on December 31, 2026, and pays for Clipchamp, Visio Plan 2. Add another card before "
            "then, so that the next charge works.",
            "Visa ···4242 将于2026年12月31日到期，它正在为 Clipchamp、Visio Plan 2 付款。请在此之前添加另一张卡，"
            "以免下次扣款失败。",
        ),
        (
            "subscription_expired",
            ENDED,
            "Visio Plan 2 expired on December 8, 2026. People can go on using it until January 7, 2027. "
            "Until April 7, 2027 you can bring it back; then its data is deleted.",
            "Visio Plan 2 已于2026年12月8日过期。大家可以继续用到2027年1月7日。2027年4月7日之前你可以重新激活；"
            "之后数据会被删除。",
        ),
        (
            "subscription_expired",
            {**ENDED, "unpaid": True},
            "Visio Plan 2 expired on December 8, 2026, because it could not be charged for 30 days. People can go on "
            "using it until January 7, 2027. Pay what is open to bring it back; its data is deleted after "
            "April 7, 2027.",
            "Visio Plan 2 已于2026年12月8日过期，因为 30 天内一直扣款失败。大家可以继续用到2027年1月7日。"
            "付清欠款即可恢复；2027年4月7日之后数据会被删除。",
        ),
        (
            "subscription_expired",
            {**ENDED, "trial": True},
            "Your trial of Visio Plan 2 ended on December 8, 2026. Its data is deleted after April 7, 2027.",
            "你的 Visio Plan 2 试用已于2026年12月8日结束。2027年4月7日之后数据会被删除。",
        ),
        (
            "subscription_disabled",
            ENDED,
            "Visio Plan 2 was disabled on December 8, 2026: nobody can use it any more. Until April 7, 2027 you can "
            "bring it back, with everybody's license.",
            "Visio Plan 2 已于2026年12月8日停用：任何人都不能再使用。2027年4月7日之前你可以重新激活，"
            "所有人的许可证会一并恢复。",
        ),
        (
            "subscription_deleted",
            ENDED,
            "Visio Plan 2 and its data were deleted on December 8, 2026. Buying it again does not bring them back.",
            "Visio Plan 2 及其数据已于2026年12月8日删除。再次购买也无法恢复。",
        ),
        (
            "license_ended",
            ENDED,
            "Your license for Visio Plan 2 stopped working on December 8, 2026: it was not renewed. Ask whoever hands "
            "out licenses if you still need one.",
            "你的 Visio Plan 2 许可证已于2026年12月8日失效：没有续订。如果仍然需要，请询问负责分配许可证的人。",
        ),
    ],
)
def test_each_is_told_with_its_numbers(kind: str, payload: dict[str, Any], english: str, chinese: str) -> None:
    assert text(news(kind, payload=payload)) == english
    assert text(news(kind, payload=payload, language="zh-CN")) == chinese


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_offers_what_can_be_done_about_it_and_says_whose_record_it_is(kind: str) -> None:
    reply = notice(news(kind, payload={**ALL, "time": 1}))
    assert reply is not None and reply.card is not None
    assert "not connected to Microsoft" in repr(reply.card)
    assert bool(reply.card.buttons) == (kind not in {"subscription_deleted", "license_ended"})


@pytest.mark.parametrize("kind", ["charge_failed", "subscription_expired", "subscription_disabled"])
def test_what_is_unpaid_can_be_paid_from_the_notice(kind: str) -> None:
    reply = notice(news(kind, payload={**OPEN, **ENDED, "unpaid": True}))
    assert reply is not None and reply.card is not None
    pay, other, *_ = reply.card.buttons
    assert (pay.title, pay.data) == ("Pay now", (("pay", "s"),))
    assert (other.title, other.data) == ("Another card", (("pay", "s"), ("with", "other")))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["Pay with another card", "Edit my cards"]), ("zh-CN", ["换张卡", "编辑我的卡"])],
)
def test_a_card_that_runs_out_is_replaced_or_brought_up_to_date_from_the_notice(language: str, said: list[str]) -> None:
    reply = notice(news("card_expires", payload={**ALL, "time": 1}, language=language))
    assert reply is not None and reply.card is not None
    assert [dict(each.data).get("say") for each in reply.card.buttons][:2] == said


@pytest.mark.parametrize(
    ("kind", "time", "offered"),
    [
        ("renewal_near", 1, ["later", "stop"]),
        ("renewal_near", 2, ["stop"]),
        ("window_closes", 1, ["stop"]),
        ("card_expires", 1, ["later", "stop"]),
        ("charge_failed", 1, ["stop"]),
        ("renewed", 1, []),
    ],
)
def test_what_comes_again_can_be_put_off_where_it_comes_later_and_stopped(
    kind: str, time: int, offered: list[str]
) -> None:
    reply = notice(news(kind, payload={**ALL, "time": time}))
    assert reply is not None and reply.card is not None
    said = [dict(each.data) for each in reply.card.buttons if "quiet" in dict(each.data)]
    assert said == [{"quiet": kind, "do": how} for how in offered]


def test_a_trial_that_has_ended_is_not_offered_again() -> None:
    reply = notice(news("subscription_expired", payload={**ENDED, "trial": True}))
    assert reply is not None and reply.card is not None and not reply.card.buttons
