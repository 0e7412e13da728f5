"""Cards as Teams and the terminal show them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cards.adaptive import adaptive
from bot.cards.html import html
from bot.cards.markdown import inert
from bot.cards.plain import plain
from dialogs.elements import (
    Bar,
    Button,
    Card,
    Chart,
    ChoiceInput,
    Dropdown,
    Facts,
    Heading,
    Line,
    Link,
    Option,
    PeopleInput,
    Style,
    Table,
    TextInput,
    Tone,
)
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

WHO = PeopleInput("people", "Who gets one?", "Type a name", "Choose somebody", (Option("p1", "Alice Chen", "Sales"),))
WHY = TextInput("feedback", "What could be better?", "In your own words", lines=True)
FEW = Dropdown("pick", "Reason", (Option("unused", "Not used"), Option("other", "Something else")), "Choose one")
FORM = Card((WHO, FEW, WHY, TextInput("team", "Which team?", "Its name")))
CHART = Chart("Price a month", (Bar("Power BI Pro", 280, "$280.00"), Bar("Visio <b>", 70, "$70.00")))
SEATS = Table(("Product", "Licenses", "In use"), (("Power BI Pro", "20", "17"), ("Visio 计划 2", "10", "9")))
WIDE = Table((*SEATS.columns, "Renews"), tuple((*row, "December 13, 2026") for row in SEATS.rows))
LONG = Table(WIDE.columns, tuple((f"Planner and Project Plan {n}", "20", "17", "December 13, 2026") for n in range(40)))


def question(options: int, hint: str = "20 licenses") -> Card:
    choices = tuple(Option(f"s{n}", f"Subscription {n}", hint) for n in range(options))
    choice = ChoiceInput("pick", "Which one?", choices, "Type to search", "Choose one")
    take = Button("Continue", (("ask", "a1"),), Style.PRIMARY, needs_input=True)
    return Card((choice,), (take, Button("Never mind", (("ask", "a1"), ("pick", "none")))))


def drawn(card: Card) -> Any:
    return json.loads(json.dumps(adaptive(card, fallback="Power BI Pro: 20 → 25", language="en")))


@pytest.mark.parametrize(
    "card", [QUOTE, question(1), question(40), Card((Line("Done."),)), FORM, Card((SEATS, WIDE)), Card((LONG,))]
)
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


def test_people_are_asked_for_while_typing_and_several_can_be_chosen() -> None:
    people = drawn(FORM)["body"][0]
    assert people["choices.data"] == {"type": "Data.Query", "dataset": "people"}
    assert people["isMultiSelect"] is True
    assert people["choices"] == [{"title": "Alice Chen · Sales", "value": "p1"}]


def test_a_field_for_words_is_bounded_and_may_stay_empty() -> None:
    long, short = drawn(FORM)["body"][2:]
    assert (long["isMultiline"], short["isMultiline"]) == (True, False)
    assert (long["maxLength"], "isRequired" in long) == (1_000, False)


def test_a_table_of_three_columns_has_a_header_and_gives_the_first_one_room() -> None:
    table = drawn(Card((SEATS,)))["body"][0]
    assert [column["width"] for column in table["columns"]] == [2, 1, 1]
    assert table["firstRowAsHeader"] is True
    assert [cell["items"][0]["text"] for cell in table["rows"][1]["cells"]] == ["Power BI Pro", "20", "17"]


def test_a_table_too_wide_for_a_telephone_is_a_block_a_row() -> None:
    first = drawn(Card((WIDE,)))["body"][0]["items"][0]
    assert first["items"][0]["text"] == "Power BI Pro"
    assert [fact["title"] for fact in first["items"][1]["facts"]] == ["Licenses", "In use", "Renews"]


def test_the_page_lets_everybody_be_found_once_and_several_be_chosen() -> None:
    everybody = (Option("p1", "Alice Chen", "alice@contoso.example"), Option("p2", "<Bo>", "bo@contoso.example"))
    page = html(FORM, everybody)
    assert page.count('type="checkbox" name="people"') == 2
    assert "&lt;Bo&gt;<small>bo@contoso.example" in page
    assert "<Bo>" not in page


def test_the_page_labels_fields_and_the_heads_of_tables() -> None:
    page = html(Card((WHY, SEATS)))
    assert '<label class="typed"><span>What could be better?</span><textarea' in page
    assert page.count('<th scope="col">') == 3
    assert page.count('<th scope="row">') == 2
    assert page.count('<td data-label="In use">') == 2


def test_the_terminal_numbers_the_buttons_in_tapping_order() -> None:
    assert plain(QUOTE).splitlines()[-1] == "[1] Buy  [2] Not now  [3] Terms https://example.com/terms"


def test_the_terminal_lines_up_facts_in_chinese_too() -> None:
    shown = plain(Card((Facts((("产品", "A"), ("Total", "B"), ("x", "C"))),)))
    assert shown == "产品   A\nTotal  B\nx      C"


def test_the_terminal_lines_up_tables_and_shows_what_can_be_typed() -> None:
    assert plain(Card((SEATS, TextInput("team", "Which team?", "Its name")))).splitlines() == [
        "Product       Licenses  In use",
        "Power BI Pro  20        17",
        "Visio 计划 2  10        9",
        "Which team?",
        "  Its name",
    ]


def test_the_terminal_lists_what_can_be_chosen() -> None:
    assert plain(question(2)).splitlines()[:3] == [
        "Which one?",
        "  • Subscription 0 (20 licenses)",
        "  • Subscription 1 (20 licenses)",
    ]


def test_a_name_cannot_steer_the_terminal() -> None:
    assert plain(Card((Line("Al\x1b[2Jice\x07\u202e"),))) == "Al[2Jice"


def test_a_chart_is_drawn_to_scale_everywhere_and_left_out_where_a_client_has_none() -> None:
    [drawn] = adaptive(Card((CHART,)))["body"]  # type: ignore[misc]
    assert drawn["data"] == [{"x": "Power BI Pro: $280.00", "y": 280}, {"x": "Visio <b>: $70.00", "y": 70}]
    assert (drawn["fallback"], findings(adaptive(Card((CHART,))))) == ("drop", [])
    page = html(Card((CHART,)))
    assert '<rect x="0" y="22" width="100%"' in page and '<rect x="0" y="62" width="25%"' in page
    assert 'aria-label="Price a month: Power BI Pro $280.00, Visio &lt;b&gt; $70.00"' in page and "<b>" not in page
    assert plain(Card((CHART,))).splitlines()[1:] == [
        "Power BI Pro  " + "█" * 30 + " $280.00",
        "Visio <b>     " + "█" * 7 + " $70.00",
    ]


def test_a_chart_of_nothing_is_no_fault() -> None:
    nothing = Card((Chart("Price a month", (Bar("Clipchamp", 0, "$0.00"),)),))
    assert findings(adaptive(nothing)) == []
    assert "$0.00" in html(nothing) and "$0.00" in plain(nothing)
