"""What can still be given back, whatever was bought, given back and renewed before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from storage.license_rules import Lot, lots

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WINDOW = timedelta(hours=168)

hours = st.integers(1, 167).map(lambda number: NOW - timedelta(hours=number))
histories = st.lists(st.tuples(hours, st.integers(-20, 20).filter(bool)), max_size=8).map(sorted)
beginnings = st.integers(0, 60).map(lambda days: NOW - timedelta(days=days, minutes=1))


def left(total: int, changes: list[tuple[datetime, int]], began: datetime) -> tuple[Lot, ...]:
    return lots(total=total, changes=changes, began=began, now=NOW, window=WINDOW)


@given(st.integers(1, 50), histories, beginnings)
def test_never_more_than_there_is_and_never_after_the_window(
    total: int, changes: list[tuple[datetime, int]], began: datetime
) -> None:
    lot_list = left(total, changes, began)
    assert sum(lot.licenses for lot in lot_list) <= total
    assert all(lot.licenses > 0 and lot.at <= NOW < lot.at + WINDOW for lot in lot_list)


@given(st.integers(1, 50), histories, st.integers(0, 6))
def test_inside_the_first_week_of_a_period_everything_can_go_back(
    total: int, changes: list[tuple[datetime, int]], days: int
) -> None:
    began = NOW - timedelta(days=days, minutes=1)
    assert sum(lot.licenses for lot in left(total, changes, began)) == total


@given(st.integers(1, 50), histories)
def test_what_was_given_back_cannot_be_given_back_again(total: int, changes: list[tuple[datetime, int]]) -> None:
    began = NOW - timedelta(days=20)
    before = sum(lot.licenses for lot in left(total, changes, began))
    assume(0 < before < total)
    after = left(total - before, [*changes, (NOW, -before)], began)
    assert after == ()


def test_the_newest_go_first() -> None:
    monday, friday = NOW - timedelta(days=6), NOW - timedelta(days=2)
    changes = [(monday, 5), (friday, 3), (NOW - timedelta(days=1), -4)]
    assert left(24, changes, NOW - timedelta(days=20)) == (Lot(monday, 4),)


def test_a_renewal_buys_everything_anew() -> None:
    added, renewed = NOW - timedelta(days=5), NOW - timedelta(days=2)
    assert left(20, [(added, 5)], renewed) == (Lot(renewed, 15), Lot(renewed, 5))
