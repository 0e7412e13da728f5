"""Which words point back, and to what; and which only look like it."""

from __future__ import annotations

import pytest

from dialogs.understanding.pointing import LONGEST, To, also, asks_where, pointers, same_for, what_of


def pointed(words: str, *, thing: bool = True, people: bool = True) -> list[tuple[str, str]]:
    return [(words[each.start : each.end], each.to.value) for each in pointers(words, thing=thing, people=people)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("give it to Bo", [("it", "thing")]),
        ("give two of them to Bo", [("of them", "thing")]),
        ("take it back from them", [("it", "thing"), ("them", "people")]),
        ("add 2 to that one", [("that one", "thing")]),
        ("add 2 to that", [("that", "thing")]),
        ("刚才那个再加3个", [("刚才那个", "thing")]),
        ("把它从她那里收回来", [("它", "thing"), ("她", "people")]),
        ("给他们也分配一个", [("他们", "people")]),
        ("add 5 licenses with a limit", []),
        ("that's all", []),
        ("其他产品", []),
    ],
)
def test_what_points_back_is_found_in_its_place(words: str, found: list[tuple[str, str]]) -> None:
    assert pointed(words) == found


def test_them_are_licenses_where_people_are_named() -> None:
    assert pointed("give them to Bo", people=False) == [("them", To.THING)]
    assert pointed("give them Visio", thing=False) == [("them", To.PEOPLE)]


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("the same for Visio", "Visio"),
        ("and do the same thing for Bo, please", "Bo"),
        ("Visio也一样", "Visio"),
        ("对Visio Plan 1照做", "Visio Plan 1"),
    ],
)
def test_what_the_same_is_for_is_found(words: str, other: str) -> None:
    span = same_for(words)
    assert span is not None
    assert words[span[0] : span[1]] == other


def test_what_is_asked_of_something_else_is_found() -> None:
    for words in ("and Visio?", "what about Visio", "那Visio呢？"):
        span = what_of(words)
        assert span is not None
        assert words[span[0] : span[1]] == "Visio"


def test_besides_and_where_are_heard_in_both_languages() -> None:
    assert all(map(also, ("one more for Bo", "give Bo one too", "也给李雷一个", "再加3个")))
    assert not any(map(also, ("give Bo one", "给李雷一个")))
    assert all(map(asks_where, ("Where were we?", "so where was I", "what’s still open", "说到哪儿了？")))
    assert not any(map(asks_where, ("where is my invoice", "what did I buy", "说明一下")))


@pytest.mark.parametrize("piece", ["给 ", "the same for x ", "一样也", "and now then please also ", "so ok now "])
def test_a_long_message_points_to_nothing(piece: str) -> None:
    words = piece * 20_000
    assert len(words) > LONGEST
    assert (same_for(words), what_of(words), asks_where(words), pointed(words)) == (None, None, False, [])
