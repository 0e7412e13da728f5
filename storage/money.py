"""Money: whole minor units of one currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217: how many minor units make a major one. A currency that is not here is not sold in.
EXPONENTS = {"USD": 2, "EUR": 2, "GBP": 2, "CNY": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency; adding two currencies is a TypeError."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"money is whole minor units, not {self.amount!r}")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}; known: {', '.join(EXPONENTS)}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + other._in(self.currency), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - other._in(self.currency), self.currency)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError(f"money is multiplied by whole numbers, not {times!r}")
        return Money(self.amount * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    @property
    def whole(self) -> int:
        """How many whole units it is, e.g. dollars, rounded down."""
        return self.amount // int(10 ** EXPONENTS[self.currency])

    def share(self, part: int, whole: int) -> Money:
        """This amount times part/whole, rounded once, half up (away from zero for credits)."""
        if whole <= 0 or not 0 <= part <= whole:
            raise ValueError(f"{part}/{whole} is no share")
        size, sign = abs(self.amount), -1 if self.amount < 0 else 1
        return Money(sign * ((2 * size * part + whole) // (2 * whole)), self.currency)

    def _in(self, currency: str) -> int:
        if currency != self.currency:
            raise TypeError(f"{self.currency} cannot be added to {currency}")
        return self.amount


def minor_units(amount: str, currency: str) -> int | None:
    """“1234.50” in minor units of the currency; None where it has no such part, as half a cent."""
    units = Decimal(amount).scaleb(EXPONENTS[currency])
    return int(units) if units == units.to_integral_value() else None


def major_units(money: Money) -> str:
    """What `minor_units` reads as this amount."""
    return f"{Decimal(money.amount).scaleb(-EXPONENTS[money.currency]):f}"
