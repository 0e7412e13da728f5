"""Typing ahead in a card's field: which letters have been typed, and whom they may mean, as Teams asks and is answered.

Source: Teams, "Typeahead search in Adaptive Cards": the invoke `application/search`, at most 15 results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.cards.adaptive import PEOPLE
from bot.cards.visible import visible
from bot.teams.wire import string_at, take

if TYPE_CHECKING:
    from botbuilder.schema import Activity

    from bot.teams.wire import Json
    from dialogs.elements import Option

SEARCH: Final = "application/search"
FOUND: Final = "application/vnd.microsoft.search.searchResponse"
MOST_FOUND: Final = 15  # Teams shows no more
LONGEST_QUERY: Final = 100  # letters; no name is longer than what these find


def typed_in(activity: Activity) -> str:
    """The letters typed so far, empty for a data set that is not ours. Raises ActivityError on a wrong shape."""
    value = take({"value": activity.value}, "value", dict) or {}
    query = string_at(value, "queryText", "value") or ""
    return query.strip()[:LONGEST_QUERY] if string_at(value, "dataset", "value") == PEOPLE else ""


def search_answer(options: list[Option]) -> Json:
    """The body that answers the invoke."""
    results = [
        {"value": option.value, "title": visible(f"{option.title} · {option.hint}" if option.hint else option.title)}
        for option in options[:MOST_FOUND]
    ]
    return {"statusCode": 200, "type": FOUND, "value": {"results": results}}
