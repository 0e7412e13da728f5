"""Words about an offer that is shown, about bills and what is owed, and about what the desk sends by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.understanding import Request, Tier
from dialogs.understanding.contract import contract

if TYPE_CHECKING:
    from tests.understanding.conftest import Read

VISIO = ["Visio Plan 1", "Visio Plan 2"]
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
THIS_MONTH = {"from": "2026-11-01", "to": "2026-11-22"}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("3 yearly", {"quantity": 3, "term": "year"}),
        ("改成按年付款", {"term": "year"}),
        ("as a trial", {"trial": True}),
        ("试用一下", {"trial": True}),
        ("at renewal", {"when": "renewal"}),
        ("续订时再说", {"when": "renewal"}),
    ],
)
def test_a_few_words_put_an_offer_right(read: Read, text: str, slots: dict[str, object]) -> None:
    assert (read(text).tier, read(text).requests) == (Tier.ACCEPT, (Request("flow.correct", slots),)), read(text).why


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("why is October higher?", {"period": OCTOBER}),
        ("why was October so expensive", {"period": OCTOBER}),
        ("为什么这个月贵了", {"period": THIS_MONTH}),
        ("why did I pay $49?", {"amount": "49"}),
        ("为什么收了我49美元", {"amount": "49"}),
        ("explain invoice G000000012", {"invoice": "G000000012"}),
        ("解释一下发票G000000012", {"invoice": "G000000012"}),
    ],
)
def test_a_bill_may_be_asked_about(read: Read, text: str, slots: dict[str, object]) -> None:
    assert (read(text).tier, read(text).requests) == (Tier.ACCEPT, (Request("invoice.explain", slots),)), read(text).why


@pytest.mark.parametrize("text", ["why is the sky blue?", "why is the printer so slow", "打印机为什么这么慢"])
def test_not_every_why_is_about_a_bill(read: Read, text: str) -> None:
    assert read(text).tier is not Tier.ACCEPT


def test_in_the_words_of_the_annotation_rules_who_asks_why_looks_at_invoices(read: Read) -> None:
    assert contract(read("why is October higher?").separate) == [
        {"intent": "invoices.list", "slots": {"period": OCTOBER}}
    ]
    assert contract(read("explain invoice G000000012").separate) == [
        {"intent": "invoice.show", "slots": {"invoice": "G000000012"}}
    ]


@pytest.mark.parametrize("text", ["pay now", "try my card again", "pay the failed charge", "现在付款", "付清欠款"])
def test_what_is_owed_may_be_paid(read: Read, text: str) -> None:
    assert (read(text).tier, read(text).requests) == (Tier.ACCEPT, (Request("payment.pay"),)), read(text).why


@pytest.mark.parametrize("text", ["pay the florist by card", "pay my parking fine", "停车罚款帮我付了"])
def test_what_is_owed_to_others_is_not_for_us(read: Read, text: str) -> None:
    assert read(text).tier is not Tier.ACCEPT


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("stop these reminders", "notices.stop"),
        ("别再提醒我", "notices.stop"),
        ("remind me later", "notices.later"),
        ("下周再提醒我", "notices.later"),
    ],
)
def test_notices_are_put_off_and_stopped(read: Read, text: str, intent: str) -> None:
    assert (read(text).tier, read(text).requests) == (Tier.ACCEPT, (Request(intent),)), read(text).why
    assert contract(read(text).separate) == []


@pytest.mark.parametrize("text", ["remind me tomorrow to cancel Visio", "remind me to cancel Visio", "提醒我取消Visio"])
def test_a_reminder_to_do_something_is_none_of_ours(read: Read, text: str) -> None:
    assert read(text).tier is not Tier.ACCEPT


@pytest.mark.parametrize("text", ["不再把Visio共享给销售部", "别再把Visio共享给销售部"])
def test_what_is_no_longer_to_be_shared(read: Read, text: str) -> None:
    assert read(text).requests == (Request("share.take", {"product_candidates": VISIO, "team": "销售部"}),)


@pytest.mark.parametrize(
    "text", ["别再把Visio Plan 1加5个", "不要再把Visio Plan 1减掉5个", "please don't add 3 to Visio Plan 1"]
)
def test_a_refusal_is_no_order(read: Read, text: str) -> None:
    assert not any(one.intent.startswith("licenses.") for one in read(text).requests) or (
        read(text).tier is not Tier.ACCEPT
    )


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("卡不换，改个地址", "payment.edit"),
        ("再绑一张卡，原来那张别删", "payment.add"),
        ("no free seats left, so please add two more Visio Plan 1", "licenses.add"),
    ],
)
def test_what_is_refused_beside_an_order_does_not_stop_it(read: Read, text: str, intent: str) -> None:
    assert [one.intent for one in read(text).requests] == [intent], read(text).why
    assert read(text).tier is Tier.ACCEPT


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("三月和四月的发票", "2026-03-01", "2026-04-30"),
        ("invoice list for august", "2026-08-01", "2026-08-31"),
    ],
)
def test_months_of_bills(read: Read, text: str, first: str, last: str) -> None:
    assert read(text).requests == (Request("invoices.list", {"period": {"from": first, "to": last}}),)


def test_may_is_a_month_only_among_bills(read: Read) -> None:
    assert read("give a license of Visio Plan 1 to May").requests[0].slots["people"] == ["May"]


def test_the_same_person_may_get_two_products(read: Read) -> None:
    people = {"people": ["Ivan"]}
    assert read("Visio给Ivan一个，Power BI Pro也给Ivan").requests == (
        Request("licenses.assign", {"product_candidates": VISIO} | people),
        Request("licenses.assign", {"product": "Power BI Pro"} | people),
    )


@pytest.mark.parametrize(
    "text", ["Our Mailchimp costs too much, terminate it", "Vimeo - change plan from Starter to Standard"]
)
def test_subscriptions_of_other_makers_are_left_alone(read: Read, text: str) -> None:
    assert read(text).tier is not Tier.ACCEPT, read(text).why
