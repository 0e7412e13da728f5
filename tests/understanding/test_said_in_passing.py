"""Short, idiomatic and elliptical ways to ask, which a table of everyday words does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Tier


def _asked(read: Any, text: str) -> list[tuple[str, dict[str, Any]]]:
    meaning = read(text)
    assert meaning.tier is Tier.ACCEPT, meaning.why
    return [(request.intent, request.slots) for request in meaning.separate]


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("my licenses", "subscriptions.list", {}),
        ("我的许可证", "subscriptions.list", {}),
        ("what did I schedule", "subscriptions.list", {"status": "scheduled"}),
        ("我安排了什么", "subscriptions.list", {"status": "scheduled"}),
        ("我本季度买了什么", "subscriptions.list", {}),
        ("who has what", "licenses.who", {}),
        ("谁有什么", "licenses.who", {}),
        ("what do we pay with", "payment.show", {}),
        ("我们一共付多少", "admin.summary", {}),
        ("when does Clipchamp end", "subscriptions.show", {"product": "Clipchamp"}),
        ("end Clipchamp", "subscription.cancel", {"product": "Clipchamp"}),
        ("I want to get rid of Clipchamp", "subscription.cancel", {"product": "Clipchamp"}),
        ("退掉Clipchamp", "subscription.cancel", {"product": "Clipchamp"}),
        ("Clipchamp退掉三个", "licenses.remove", {"product": "Clipchamp", "quantity": 3}),
        ("get rid of two Clipchamp licenses", "licenses.remove", {"product": "Clipchamp", "quantity": 2}),
        ("6x Clipchamp, new order", "purchase.new", {"product": "Clipchamp", "quantity": 6}),
        ("Visio 1加两个", "licenses.add", {"product": "Visio Plan 1", "quantity": 2}),
        ("Clipchamp分我一个", "licenses.assign", {"product": "Clipchamp", "people": ["我"]}),
        ("Clipchamp给小林整一个", "licenses.assign", {"product": "Clipchamp", "people": ["小林"]}),
        ("取消订阅之后还会扣钱吗", "help", {"topic": "cancel"}),
        ("在不", "greet", {}),
    ],
)
def test_what_is_said_in_passing_is_understood(read: Any, text: str, intent: str, slots: dict[str, Any]) -> None:
    assert _asked(read, text) == [(intent, slots)]


@pytest.mark.parametrize("text", ["Clipchamp is too expensive, don't renew it", "Clipchamp太贵，不续了"])
def test_the_reason_not_to_renew_is_kept(read: Any, text: str) -> None:
    (request,) = _asked(read, text)
    assert request[1]["reason"] == "too_expensive"


@pytest.mark.parametrize("text", ["no, wait", "no idea", "不，等一下"])
def test_who_needs_a_moment_has_not_said_no(read: Any, text: str) -> None:
    meaning = read(text, "confirm")
    assert (meaning.tier, meaning.answer) == (Tier.CLARIFY, None)
    assert read("no", "confirm").answer == {"yes": False}


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("show my invoices and the card", ["invoices.list", "payment.show"]),
        ("我的订阅和发票都列一下", ["subscriptions.list", "invoices.list"]),
        ("cancel Visio Plan 1 and buy five Visio Plan 2 instead", ["subscription.cancel", "purchase.new"]),
        ("孙丽华的Clipchamp收了给吴强", ["licenses.move"]),
        ("three off Clipchamp, three onto Teams Premium", ["licenses.remove", "licenses.add"]),
    ],
)
def test_what_the_second_half_leaves_out_is_in_the_first(read: Any, text: str, intents: list[str]) -> None:
    assert [intent for intent, _ in _asked(read, text)] == intents


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("not the invoices, just my subscriptions", ["subscriptions.list"]),
        ("不是看发票，是看我买了什么", ["subscriptions.list"]),
        ("not a new card, just a new expiry date on the old one", ["payment.edit"]),
        ("reduce Clipchamp by 3, not down to 3", ["licenses.remove"]),
        ("Clipchamp减三个，不是减到三个", ["licenses.remove"]),
        ("cancel Clipchamp, and reduce Visio Plan 1 by 3", ["subscription.cancel", "licenses.remove"]),
    ],
)
def test_what_is_set_against_the_rest_asks_for_nothing(read: Any, text: str, intents: list[str]) -> None:
    assert [intent for intent, _ in _asked(read, text)] == intents


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Strip Hye-jin of her Clipchamp license", ["Hye-jin"]),
        ("Sadly Marta has to lose her Clipchamp, take it back from her", ["Marta"]),
        ("把Clipchamp分给小林手下的人和王芳", ["小林", "王芳"]),
    ],
)
def test_a_word_that_opens_a_sentence_is_no_name(read: Any, text: str, people: list[str]) -> None:
    assert [name for request in read(text).requests for name in request.slots.get("people", [])] == people


def test_two_products_for_one_are_never_a_request_about_neither(read: Any) -> None:
    meaning = read("Visio计划2给我一个，Copilot给周敏一个")
    assert all("product" in request.slots for request in meaning.separate if meaning.tier is Tier.ACCEPT)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("operations cries for ten more Clipchamps", "ten more Clipchamps"),
        ("质检科悄悄减了三个Clipchamp", "减三个Clipchamp"),
        ("运营吵着加十个Clipchamp", "加十个Clipchamp"),
    ],
)
def test_what_somebody_else_did_or_wants_starts_no_change(read: Any, told: str, asked: str) -> None:
    assert read(told).tier is not Tier.ACCEPT
    assert _asked(read, asked)
