"""Invoices and what makes them differ, as the person who pays them sees them.

Instants are aware UTC datetimes; dates are days in the organisation's time zone; amounts have their sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from storage.models import LineKind
    from storage.money import Money
    from storage.views import BillingView, PaymentMethodView, PersonView


class InvoiceStatus(StrEnum):
    """What has become of an invoice."""

    PAID = "paid"
    UNPAID = "unpaid"  # something on it was asked for and not paid
    CREDIT_NOTE = "credit_note"  # gives money back
    SET_AGAINST = "set_against"  # a credit note, too: for what was never paid, and need not be any more


@dataclass(frozen=True)
class InvoiceLineView:
    """One line: `quantity` licenses at `unit_price` for a whole period each; a credit has its amount below zero."""

    kind: LineKind
    subscription: str  # id
    product_name: str
    quantity: int
    unit_price: Money
    amount: Money
    start: date
    end: date  # the first day that it does not pay for

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)


@dataclass(frozen=True)
class InvoiceView:
    """One invoice with its lines; `total` is their sum and the tax, of which `still_open` is not paid."""

    number: str  # G and nine digits
    issued_at: datetime
    payer: PersonView
    made_out_to: BillingView | None  # as it was when it was issued; None: to the payer, who had said nothing else
    status: InvoiceStatus
    lines: tuple[InvoiceLineView, ...]
    subtotal: Money
    tax: Money
    total: Money
    still_open: Money
    payable: str  # id of the subscription with which it can be paid now; empty where nothing can
    methods: tuple[PaymentMethodView, ...]  # how it is paid, or where what it gives back goes

    @property
    def products(self) -> tuple[str, ...]:
        """The names of what it is for, each once."""
        return tuple(dict.fromkeys(line.product_name for line in self.lines))


class CauseKind(StrEnum):
    """Why one invoice or month differs from the one before."""

    NEW = "new"  # bought: it was not there before
    PERIOD = "period"  # a whole period was charged in only one of the two
    ENDED = "ended"  # cancelled, or not renewed any more
    LICENSES = "licenses"  # their number, from one period to the next
    PRICE = "price"  # of one license
    PRORATION = "proration"  # licenses added during a period, for the days that were left
    CREDIT = "credit"  # licenses given back
    TAX = "tax"
    UNTRACED = "untraced"  # the record holds no change that explains it


@dataclass(frozen=True)
class Cause:
    """One part of a difference, with the change behind it. `earlier`: it was in the one before, and is no more."""

    kind: CauseKind
    amount: Money  # how much higher (+) or lower (-) it makes the total
    product_name: str = ""  # of tax: none
    licenses: int = 0  # how many it is about; of LICENSES how many more (+) or fewer (-)
    on: date | None = None  # the day of the change
    by: str = ""  # whose change it was; empty for what came by itself, and for whom the record no longer knows
    earlier: bool = False
    price: Money | None = None  # of one license for a whole period
    old_price: Money | None = None  # of PRICE: what it was before
    days: int = 0  # of PRORATION: how many days were left
    days_in_period: int = 0  # of how many


@dataclass(frozen=True)
class Explanation:
    """Why `total` is not `before`: the causes add up to the difference, to the minor unit."""

    total: Money
    before: Money
    causes: tuple[Cause, ...]
    number: str = ""  # the invoice that is explained; empty for a month
    before_number: str = ""  # the invoice it is compared with; empty where there is none like it before

    @property
    def difference(self) -> Money:
        return self.total - self.before
