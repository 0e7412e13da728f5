"""Cards as Teams and the terminal show them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cards.adaptive import adaptive
from bot.cards.markdown import inert
from bot.cards.plain import plain
from dialogs.elements import Button, Card, ChoiceInput, Facts, Heading, Line, Link, Option, Style, Tone
from tests.cardcheck import findings

QUOTE = Card(
    (
        Heading("Power BI Pro"),
        Line("20 → 25 (+5)", Tone.STRONG),
        Facts((("Now", "$35.00"), ("From December 13", "$350.00 a month"))),
        Line("Charged today for the rest of this month.", Tone.QUIET),
        Line("Paid", Tone.GOOD),
        Line("3 people lose access", Tone.WARNING),
    ),
    (
        Button("Buy", (("op", "q1"), ("do", "confirm")), Style.PRIMARY),
        Button("Not now", (("op", "q1"), ("do", "decline"))),
        Link("Terms", "https://example.com/terms"),
    ),
)


def question(options: int, hint: str = "20 licenses") -> Card:
    choices = tuple(Option(f"s{n}", f"Subscription {n}", hint) for n in range(options))
    choice = ChoiceInput("pick", "Which one?", choices, "Type to search", "Choose one")
    take = Button("Continue", (("ask", "a1"),), Style.PRIMARY, needs_input=True)
    return Card((choice,), (take, Button("Never mind", (("ask", "a1"), ("pick", "none")))))


def drawn(card: Card) -> Any:
    return json.loads(json.dumps(adaptive(card, fallback="Power BI Pro: 20 → 25", language="en")))


@pytest.mark.parametrize("card", [QUOTE, question(1), question(40), Card((Line("Done."),))])
def test_every_element_is_valid_by_the_published_schema(card: Card) -> None:
    assert findings(drawn(card)) == []


def test_the_checker_names_what_is_wrong() -> None:
    broken = drawn(question(1))
    broken["body"][0] |= {"errorMessage": "", "colour": "red"}
    broken["actions"][0]["verb"] = ""
    assert [finding.split(":")[0] for finding in findings(broken)] == [
        "$.body[0]",
        "$.body[0]",
        "$.actions[0]",
    ]


def test_a_tap_sends_the_same_data_from_old_and_new_clients() -> None:
    execute = drawn(QUOTE)["actions"][0]
    assert execute["type"] == "Action.Execute"
    assert execute["fallback"]["type"] == "Action.Submit"
    assert execute["data"] == execute["fallback"]["data"] == {"op": "q1", "do": "confirm"}


def test_only_buttons_that_need_the_choice_ask_for_it() -> None:
    assert [action["associatedInputs"] for action in drawn(question(2))["actions"]] == ["auto", "none"]


def test_the_meaning_of_a_button_is_its_style() -> None:
    styles = Card((), (Button("a", (), Style.PRIMARY), Button("c", (), Style.PLAIN)))
    assert [action.get("style") for action in drawn(styles)["actions"]] == ["positive", None]


def test_buttons_beyond_six_stay_within_reach_in_the_menu() -> None:
    many = Card((), tuple(Button(str(n), (("n", str(n)),)) for n in range(9)))
    actions = drawn(many)["actions"]
    assert [action.get("mode") for action in actions] == [None] * 6 + ["secondary"] * 3
    assert findings(drawn(many)) == []


def test_a_list_too_long_for_teams_is_cut_at_its_end_and_stays_valid() -> None:
    card = drawn(question(3000, hint="许可证" * 5))
    choices = card["body"][0]["choices"]
    assert [choice["value"] for choice in choices] == [f"s{n}" for n in range(len(choices))]
    assert 100 < len(choices) < 3000
    assert findings(card) == []


def test_words_too_long_for_teams_are_refused_rather_than_cut() -> None:
    with pytest.raises(ValueError, match="no choices to leave out"):
        adaptive(Card((Line("x" * 30_000),)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[Free](https://evil.example)", r"\[Free\](https://evil.example)"),
        ("**Alice** _Chen_ `x` ~y~", r"\*\*Alice\*\* \_Chen\_ \`x\` \~y\~"),
        ("<at>Bob</at>", r"\<at>Bob\</at>"),
        ("# big\n> quote\n- item\n1. item", "\\# big\n\n\\> quote\n\n\\- item\n\n1\\. item"),
        ("{{DATE(2026-01-01T00:00:00Z)}}", "{\u200b{DATE(2026-01-01T00:00:00Z)}}"),
        (r"back\slash", r"back\\slash"),
    ],
)
def test_markdown_in_a_name_draws_nothing(name: str, shown: str) -> None:
    assert inert(name) == shown
    card = drawn(Card((Heading(name), Line(name), Facts(((name, name),)))))
    texts = [card["body"][0]["text"], card["body"][1]["text"], *card["body"][2]["facts"][0].values()]
    assert texts == [shown] * 4


@pytest.mark.parametrize("text", ["20 → 25 (+5)", "$1,234.50", "-5", "ann_lee@contoso.example", "把许可证加5个", "3.5"])
def test_ordinary_words_and_amounts_are_left_alone(text: str) -> None:
    assert inert(text) == text


def test_the_terminal_numbers_the_buttons_in_tapping_order() -> None:
    assert plain(QUOTE).splitlines()[-1] == "[1] Buy  [2] Not now  [3] Terms https://example.com/terms"


def test_the_terminal_lines_up_facts_in_chinese_too() -> None:
    shown = plain(Card((Facts((("产品", "A"), ("Total", "B"), ("x", "C"))),)))
    assert shown == "产品   A\nTotal  B\nx      C"


def test_the_terminal_lists_what_can_be_chosen() -> None:
    assert plain(question(2)).splitlines()[:3] == [
        "Which one?",
        "  • Subscription 0 (20 licenses)",
        "  • Subscription 1 (20 licenses)",
    ]


def test_a_name_cannot_steer_the_terminal() -> None:
    assert plain(Card((Line("Al\x1b[2Jice\x07\u202e"),))) == "Al[2Jice"
