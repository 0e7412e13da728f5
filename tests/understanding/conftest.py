"""An understander of the whole catalog, and a short way to ask it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from dialogs.understanding import Context, MentionSpan, ProductName, Understander, Understanding
from storage.catalog import Catalog

Read = Callable[..., Understanding]


@cache
def shared_understander() -> Understander:
    return Understander(
        ProductName(
            product.id,
            product.name,
            product.family,
            tuple(alias for aliases in product.aliases.values() for alias in aliases),
            product.ordinary_words,
        )
        for product in Catalog().products
    )


@pytest.fixture(scope="session")
def understander() -> Understander:
    return shared_understander()


@pytest.fixture(scope="session")
def read(understander: Understander) -> Read:
    """What a message means on Sunday 2026-11-22."""

    def reader(text: str, *expecting: str, mentions: tuple[MentionSpan, ...] = ()) -> Understanding:
        return understander.understand(text, Context(date(2026, 11, 22), frozenset(expecting), mentions))

    return reader
