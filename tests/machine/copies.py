"""Where a state machine runs: each time on a new copy of the same beginnings, in a file or on the server."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.databases import Postgres

    Fresh = Callable[[], AbstractContextManager[tuple[str, dict[str, str]]]]


def of_a_file(url: str, place: Path, ids: dict[str, str]) -> Fresh:
    """Copies of a SQLite database, each with the ids of what is in it."""
    numbers = count()

    @contextmanager
    def fresh() -> Iterator[tuple[str, dict[str, str]]]:
        copy = place / f"run-{next(numbers)}"
        shutil.copy(url.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}", ids
        copy.unlink()

    return fresh


def on_the_server(postgres: Postgres, url: str, ids: dict[str, str]) -> Fresh:
    """Copies of a PostgreSQL database, each with the ids of what is in it."""
    bought = url.partition("@/")[2].partition("?")[0]

    @contextmanager
    def fresh() -> Iterator[tuple[str, dict[str, str]]]:
        name = postgres.copy(bought)
        yield postgres.url(name), ids
        postgres.drop(name)

    return fresh
