"""Money is whole minor units of one currency, and nothing else gets in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.money import EXPONENTS, Money

currencies = st.sampled_from(sorted(EXPONENTS))
sizes = st.integers(-(10**12), 10**12)
wholes = st.integers(1, 366)


@pytest.mark.parametrize("amount", [1.0, 1.43, True, "1", None])
def test_an_amount_that_is_no_whole_number_is_a_type_error(amount: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Money(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["XXX", "usd", "", "BTC"])
def test_a_currency_nobody_knows_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, currency)


def test_two_currencies_never_add_up() -> None:
    with pytest.raises(TypeError, match="USD cannot be added to EUR"):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(TypeError, match="JPY cannot be added to EUR"):
        Money(1, "EUR") - Money(1, "JPY")


@pytest.mark.parametrize("times", [0.5, True, Fraction(1, 2)])
def test_money_is_multiplied_by_whole_numbers_only(times: object) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Money(100, "USD") * times  # type: ignore[operator]


def test_a_yen_has_no_cents_and_a_dinar_has_a_thousand_fils() -> None:
    assert (EXPONENTS["JPY"], EXPONENTS["USD"], EXPONENTS["KWD"]) == (0, 2, 3)


def test_only_nothing_is_false() -> None:
    assert not Money(0, "USD")
    assert Money(1, "USD")
    assert Money(-1, "USD")


@pytest.mark.parametrize(
    ("amount", "part", "whole", "share"),
    [(2000, 26, 28, 1857), (2000, 2, 28, 143), (1, 1, 2, 1), (-1, 1, 2, -1), (5, 1, 3, 2), (4, 1, 3, 1)],
)
def test_a_share_is_rounded_half_away_from_zero(amount: int, part: int, whole: int, share: int) -> None:
    assert Money(amount, "USD").share(part, whole) == Money(share, "USD")


@pytest.mark.parametrize(("part", "whole"), [(-1, 30), (31, 30), (0, 0), (1, -1)])
def test_more_than_the_whole_or_less_than_nothing_is_no_share(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        Money(100, "USD").share(part, whole)


@given(amount=sizes, currency=currencies, whole=wholes, data=st.data())
def test_a_share_and_what_is_kept_add_up_to_the_whole(
    amount: int, currency: str, whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole))
    paid = Money(amount, currency)
    back = paid.share(part, whole)
    kept = paid - back
    assert kept + back == paid
    assert abs(Fraction(amount * part, whole) - back.amount) <= Fraction(1, 2)
    assert abs(back.amount) + abs(kept.amount) == abs(amount)


@given(amount=sizes, currency=currencies, whole=wholes)
def test_all_of_it_is_all_and_none_of_it_is_nothing(amount: int, currency: str, whole: int) -> None:
    paid = Money(amount, currency)
    assert (paid.share(whole, whole), paid.share(0, whole)) == (paid, paid * 0)


@given(amount=sizes, times=st.integers(0, 200), currency=currencies)
def test_multiplying_is_adding_again_and_again(amount: int, times: int, currency: str) -> None:
    total = Money(0, currency)
    for _ in range(times):
        total += Money(amount, currency)
    assert Money(amount, currency) * times == total


@given(amount=sizes, currency=currencies)
def test_giving_back_what_was_charged_leaves_nothing(amount: int, currency: str) -> None:
    assert Money(amount, currency) + -Money(amount, currency) == Money(0, currency)
