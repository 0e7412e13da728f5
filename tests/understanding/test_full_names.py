"""People by their full names, few or many, also where a family name is a word."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Tier

COLLEAGUES = [
    *("Ann Lee", "Bo Zhang", "Owen Price", "Elena Popova", "Daniel Mbeki", "Priya Nair", "Tom Becker", "Sofia Rossi"),
    *("Liam Murphy", "Noah Klein", "Emma Schulz", "Lucas Silva", "Mia Wong", "Hugo Martin", "Zoe Laurent"),
    *("Ivan Petrov", "Nora Hansen", "Omar Haddad", "Sara Lindqvist", "Peter Novak", "Yuki Tanaka", "Carlos Ruiz"),
    *("Grace Hall", "Leo Costa", "Anna Kowalska"),
]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("give Visio Plan 2 to Owen Price and Bo Zhang", ["Owen Price", "Bo Zhang"]),
        (
            "give Visio Plan 2 to Owen Price, Elena Popova and Daniel Mbeki",
            ["Owen Price", "Elena Popova", "Daniel Mbeki"],
        ),
        ("give Visio Plan 2 to Will Price and Mark Hand", ["Will Price", "Mark Hand"]),
        *(
            (f"give Visio Plan 2 to{opening}{between.join(COLLEAGUES)}", COLLEAGUES)
            for opening in (" ", ": ", "\n")
            for between in (", ", ",", "\n")
        ),
    ],
)
def test_everyone_is_given_one_under_the_whole_name(read: Any, text: str, people: list[str]) -> None:
    meaning = read(text)
    assert meaning.tier is Tier.ACCEPT, meaning.why
    assert [(one.intent, one.slots) for one in meaning.requests] == [
        ("licenses.assign", {"product": "Visio Plan 2", "people": people})
    ]


@pytest.mark.parametrize("between", [", ", ",", "\n"])
def test_a_pasted_list_answers_who(read: Any, between: str) -> None:
    assert read(between.join(COLLEAGUES), "people").answer == {"people": COLLEAGUES}


@pytest.mark.parametrize("text", ["What is the Price of Visio Plan 2?", "Price of Visio Plan 2"])
def test_a_family_name_by_itself_is_a_word(read: Any, text: str) -> None:
    assert [(one.intent, one.slots) for one in read(text).requests] == [
        ("subscriptions.show", {"product": "Visio Plan 2"})
    ]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("买2个Clipchamp给王芳和李雷", "purchase.new"),
        ("buy 2 Clipchamp for Owen Price and Bo Zhang", "purchase.new"),
        ("加2个Clipchamp给王芳和李雷", "licenses.add"),
    ],
)
def test_an_order_for_people_is_one_order(read: Any, text: str, intent: str) -> None:
    meaning = read(text)
    assert (meaning.tier, [one.intent for one in meaning.requests]) == (Tier.ACCEPT, [intent]), meaning.why
    assert meaning.requests[0].slots["quantity"] == len(meaning.requests[0].slots["people"]) == 2
