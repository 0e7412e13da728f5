"""A card number typed in chat is found, however it is written; numbers that only look long are not."""

from __future__ import annotations

import pytest

from storage.card_numbers import has_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "my card is 4242424242424242, take it",
        "4242-4242-4242-4242",
        "add 5 4242 4242 4242 4242 12 28",
        "4242.4242.4242.4242",
        "4242  4242  4242  4242",
        "4242/4242/4242/4242",
        "4242, 4242, 4242, 4242",
        "4242_4242_4242_4242",
        "4242–4242—4242−4242",
        "4242\n4242\n4242\n4242",
        "4242 - 4242 - 4242 - 4242",
        "4242\u200b4242\u20094242\u30004242",
        "卡号４２４２４２４２４２４２４２４２",
        "3782 822463 10005",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
    ],
)
def test_a_card_number_is_found(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4241",
        "invoice G000012345",
        "set Visio to 1000000000000",
        "11111111-0000-4000-8000-000000000012",
        "11111111-0000-4000-8000-000000000003",
        "invoices 2026-09-01 2026-11-22 2026-12-31",
        "+49 170 1234567",
        "add 5 licenses, then 10, then 15",
        "Power BI Pro 20, Visio 10, Project 3, Teams 5",
        "from 2026-09-01 to 2026-11-22, or 2026-01-01/2026-06-30",
        "20/17, 10/9, 3/3, 5/2",
        "{'quoted_at': '2026-11-22T23:45:12.345609+00:00'}",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not has_card_number(text)


@pytest.mark.parametrize("separator", ["", " ", "-", "."])
def test_a_very_long_row_of_digits_is_read_in_no_time(separator: str) -> None:
    assert not has_card_number(separator.join("1" * 4000))
