"""What stands above every summary: whose it is, of which instant, and what it is limited to, as it was understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.elements import Element, Heading, Line, Tone

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.asked import Asked
    from dialogs.texts import Reader
    from storage.catalog import Catalog
    from storage.wanted import Days


@dataclass(frozen=True)
class Scope:
    """What was asked for, and what of it this reader sees."""

    asked: Asked
    people: tuple[str, ...]  # what those are called whom it is limited to
    catalog: Catalog
    as_of: datetime
    everything: bool  # the whole organisation; False: the reader's own

    @property
    def whose(self) -> str:
        return "all" if self.everything else "own"


def head(reader: Reader, scope: Scope, title: str) -> tuple[str, tuple[Element, ...]]:
    """The text for notifications, and the heading with scope, instant and limits below it."""
    limits = filters(reader, scope)
    limited = reader.text("summary.filters", filters=reader.names(limits)) if limits else ""
    line = Line(reader.text(f"summary.scope.{scope.asked.about}.{scope.whose}", time=scope.as_of), Tone.QUIET)
    text = reader.text("summary.fallback", title=title, limited=limited).strip()
    return text, (Heading(title), line, *([Line(limited)] if limited else []))


def filters(reader: Reader, scope: Scope) -> list[str]:
    """What it is limited to, in words: what was understood can be checked."""
    wanted, about, found = scope.asked.wanted, scope.asked.about, []
    if wanted.products:
        found.append(reader.either([scope.catalog.product(each).name for each in wanted.products]))
    if scope.people:
        found.append(reader.text(f"summary.filter.people.{about}", names=reader.either([*scope.people])))
    for name, days in ((f"days.{about}", wanted.bought), ("ends", wanted.ends)):
        if days:
            found.append(_between(reader, name, days))
    found += [reader.text(f"summary.filter.{each}") for each in (wanted.status, wanted.only) if each]
    return found


def _between(reader: Reader, name: str, days: Days) -> str:
    return reader.text(f"summary.filter.{name}", first=days.first, last=days.last)
