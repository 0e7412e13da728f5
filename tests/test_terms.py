"""Periods, windows and amounts, with the numbers that Microsoft and the business give as examples."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.money import Money
from storage.terms import Period, Terms, amounts, local_day, local_midnight, period, period_on, prorated
from storage.views import Amounts, Term

BERLIN = ZoneInfo("Europe/Berlin")
NOTHING = Money(0, "USD")
POWER_BI_PRO = Money(1400, "USD")

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
terms = st.sampled_from(Term)


def test_licenses_can_be_given_back_for_168_hours_and_a_quote_holds_for_15_minutes() -> None:
    assert Terms().return_window == timedelta(days=7) == timedelta(hours=168)
    assert Terms().quote_valid_for == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("anchor", "starts"),
    [
        (date(2027, 1, 29), ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
        (date(2027, 1, 31), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (date(2028, 1, 31), ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (date(2026, 11, 30), ["2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28"]),
    ],
)
def test_monthly_periods_start_on_the_day_of_the_purchase_or_the_last_of_the_month(
    anchor: date, starts: list[str]
) -> None:
    assert [period(anchor, Term.MONTH, number).start.isoformat() for number in range(1, 5)] == starts


def test_a_year_bought_on_a_leap_day_renews_on_28_february_until_the_next_leap_year() -> None:
    starts = [period(date(2028, 2, 29), Term.YEAR, number).start.isoformat() for number in range(1, 6)]
    assert starts == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_periods_are_counted_from_one_and_none_is_before_the_purchase() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        period(date(2026, 1, 1), Term.MONTH, 0)
    with pytest.raises(ValueError, match="before the first period"):
        period_on(date(2026, 1, 2), Term.MONTH, date(2026, 1, 1))


@given(anchor=days, term=terms, number=st.integers(1, 60))
def test_every_period_ends_on_the_day_the_next_one_starts(anchor: date, term: Term, number: int) -> None:
    assert period(anchor, term, number).end == period(anchor, term, number + 1).start


@given(anchor=days, term=terms, later=st.integers(0, 4000))
def test_every_day_since_the_purchase_is_in_exactly_one_period(anchor: date, term: Term, later: int) -> None:
    day = anchor + timedelta(days=later)
    found = period_on(anchor, term, day)
    assert found.start <= day < found.end
    assert found == period(anchor, term, found.number)


def test_the_day_of_renewal_belongs_to_the_next_period() -> None:
    assert period_on(date(2026, 10, 13), Term.MONTH, date(2026, 11, 13)).number == 2
    assert period_on(date(2026, 10, 13), Term.MONTH, date(2026, 11, 12)).number == 1


def test_days_left_count_today_and_stay_between_none_and_all() -> None:
    november = Period(1, date(2026, 11, 1), date(2026, 12, 1))
    assert november.days == 30
    looked_at = ["2026-10-31", "2026-11-01", "2026-11-10", "2026-11-30", "2026-12-01", "2026-12-09"]
    assert [november.days_left(date.fromisoformat(day)) for day in looked_at] == [30, 30, 21, 1, 0, 0]


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2026, 11, 22), BERLIN, "2026-11-21T23:00+00:00"),
        (date(2027, 3, 28), BERLIN, "2027-03-27T23:00+00:00"),
        (date(2027, 3, 29), BERLIN, "2027-03-28T22:00+00:00"),
        (date(2026, 11, 22), ZoneInfo("Pacific/Apia"), "2026-11-21T11:00+00:00"),
        # Beirut puts its clocks forward at midnight: that day begins at 01:00
        (date(2026, 3, 29), ZoneInfo("Asia/Beirut"), "2026-03-28T22:00+00:00"),
    ],
)
def test_a_day_begins_at_local_midnight(day: date, zone: ZoneInfo, begins: str) -> None:
    instant = datetime.fromisoformat(begins)
    assert local_midnight(day, zone) == instant
    assert local_day(instant, zone) == day
    assert local_day(instant - timedelta(seconds=1), zone) == day - timedelta(days=1)


def test_an_evening_in_utc_is_the_next_day_in_the_east() -> None:
    evening = datetime(2026, 11, 22, 18, tzinfo=UTC)
    assert local_day(evening, ZoneInfo("Asia/Shanghai")) == date(2026, 11, 23)


def test_two_of_28_days_used_keep_1_43_of_20_dollars_and_give_18_57_back() -> None:
    february = Period(1, date(2022, 2, 1), date(2022, 3, 1))
    paid = Money(2000, "USD")
    back = prorated(paid, 1, february.days_left(date(2022, 2, 3)), february.days)
    assert (back, paid - back) == (Money(1857, "USD"), Money(143, "USD"))


def test_five_more_power_bi_pro_with_21_of_30_days_left_cost_49_now_and_350_each_month() -> None:
    quoted = amounts(net=prorated(POWER_BI_PRO, 5, 21, 30), each_period=POWER_BI_PRO * 25, open_credits=NOTHING)
    usd_49, usd_350 = Money(4900, "USD"), Money(35_000, "USD")
    assert quoted == Amounts(due_now=usd_49, next_invoice=usd_350, each_period=usd_350, net=usd_49)


def test_five_fewer_inside_the_window_are_credited_on_the_next_invoice() -> None:
    net = -prorated(POWER_BI_PRO, 5, 21, 30)
    quoted = amounts(net=net, each_period=POWER_BI_PRO * 15, open_credits=Money(100, "USD"))
    assert quoted.due_now == NOTHING
    assert quoted.net == Money(-4900, "USD")
    assert quoted.each_period == Money(21_000, "USD")
    assert quoted.next_invoice == Money(21_000 - 4900 - 100, "USD")


def test_a_change_at_the_renewal_moves_no_money_today() -> None:
    quoted = amounts(net=NOTHING, each_period=POWER_BI_PRO * 15, open_credits=NOTHING)
    assert (quoted.due_now, quoted.net) == (NOTHING, NOTHING)
    assert quoted.next_invoice == quoted.each_period == POWER_BI_PRO * 15


def test_with_recurring_billing_off_no_invoice_follows_and_a_credit_brings_none_below_zero() -> None:
    quoted = amounts(net=-POWER_BI_PRO, each_period=NOTHING, open_credits=Money(5000, "USD"))
    assert (quoted.next_invoice, quoted.each_period) == (NOTHING, NOTHING)


prices = st.builds(Money, st.integers(1, 10**7), st.sampled_from(["USD", "JPY", "KWD"]))


@given(price=prices, change=st.integers(1, 10_000), length=st.integers(28, 366), data=st.data())
def test_a_part_of_a_period_costs_no_more_than_a_longer_one_or_the_whole(
    price: Money, change: int, length: int, data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, length - 1))
    part, longer = (prorated(price, change, days, length).amount for days in (left, left + 1))
    assert 0 <= part <= longer <= (price * change).amount == prorated(price, change, length, length).amount
