"""What our own buttons and examples say is understood as what they stand for, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.texts import LANGUAGES, Reader, catalogue
from dialogs.understanding import Request, Tier
from storage.catalog import Catalog

MEANT = {
    "list": "subscriptions.list",
    "invoices": "invoices.list",
    "show": "subscriptions.show",
    "remove": "licenses.remove",
    "who": "licenses.who",
    "try": "purchase.new",
    "share": "share.give",
    "stop_renewal": "recurring.off",
    "buy": "purchase.new",
    "assign": "licenses.assign",
    "drop": "schedule.drop",
    "cancel": "subscription.cancel",
    "reactivate": "subscription.reactivate",
    "catalog": "catalog.list",
    "stop_sharing": "share.take",
    "keep": "recurring.on",
    "add": "licenses.add",
    "set": "licenses.set",
    "summary": "admin.summary",
    "policy": "policy.show",
    "request": "requests.make",
    "ask_for_spare": "requests.spare",
    "withdraw": "requests.withdraw",
    "my_requests": "requests.mine",
    "try_product": "purchase.new",
}
PRODUCTS = [product.name for product in Catalog().products]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_has_its_meaning(language: str) -> None:
    assert {f"example.{key}" for key in MEANT} == {key for key in catalogue(language) if key.startswith("example.")}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", MEANT)
def test_what_a_button_says_is_done(read: Any, language: str, example: str, product: str) -> None:
    words = Reader(language).text(f"example.{example}", product=product, name="Sales", total=9)
    meaning = read(words)
    assert (meaning.tier, [one.intent for one in meaning.requests]) == (Tier.ACCEPT, [MEANT[example]]), meaning.why
    if product in words:
        assert meaning.requests[0].slots["product"] == product


@pytest.mark.parametrize("text", ["hand out Visio Plan 2", "assign Visio Plan 2", "分配Visio计划2的许可证"])
def test_licenses_may_be_handed_out_before_anyone_is_named(read: Any, text: str) -> None:
    meaning = read(text)
    assert (meaning.tier, meaning.requests) == (
        Tier.ACCEPT,
        (Request("licenses.assign", {"product": "Visio Plan 2"}),),
    )


@pytest.mark.parametrize(
    "text", ["who can assign Visio Plan 2?", "don't assign Visio Plan 2", "assign Visio homework", "别分配Visio计划2"]
)
def test_words_about_handing_out_hand_out_nothing(read: Any, text: str) -> None:
    assert read(text).tier is not Tier.ACCEPT or read(text).requests[0].intent != "licenses.assign"


@pytest.mark.parametrize("text", ["我有哪些许可证", "我有什么", "我有什么许可证", "what do I have"])
def test_whoever_asks_what_they_have_is_shown_it(read: Any, text: str) -> None:
    meaning = read(text)
    assert (meaning.tier, meaning.requests) == (Tier.ACCEPT, (Request("subscriptions.list"),)), meaning.why
