"""Checks of the books: charges, credits, invoices and the periods they pay for: I6 to I8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, not_, or_, select

from storage.models import Charge, Credit, Invoice, InvoiceLine, LineKind, Organisation, Subscription
from storage.terms import period
from storage.verify.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping, ScalarSelect
    from sqlalchemy.orm import InstrumentedAttribute

    Whole = InstrumentedAttribute[int]
    Text = InstrumentedAttribute[str]

WHOLE_PERIODS = (LineKind.PURCHASE, LineKind.RENEW)


def checks() -> Iterator[Check]:
    """Every check of money and periods."""
    yield _charge_has_a_line()
    yield _line_shows_its_charge()
    yield _line_is_for_something()
    yield _invoice_adds_up()
    yield _numbers_without_gap()
    yield _period_paid_once()
    yield _every_period_paid()
    yield _period_from_anchor()
    yield _line_covers_its_period()
    yield _refunded_within_captured()
    yield _credits_are_refunds()
    yield _credit_used_up()


def _charge_has_a_line() -> Check:
    lines = (
        select(func.count())
        .where(InvoiceLine.tenant == Charge.tenant, InvoiceLine.charge_id == Charge.id)
        .scalar_subquery()
    )
    return Check(
        "I6",
        "charge",
        "is on {lines} invoice lines",
        select(Charge.tenant, Charge.id, lines.label("lines")).where(lines != 1),
    )


def _line_shows_its_charge() -> Check:
    same = and_(InvoiceLine.tenant == Charge.tenant, InvoiceLine.charge_id == Charge.id)
    return Check(
        "I6",
        "charge",
        "is {amount}, its invoice line says {shown}, or is for other licenses",
        select(Charge.tenant, Charge.id, Charge.amount, InvoiceLine.amount.label("shown"))
        .join(InvoiceLine, same)
        .where(
            or_(
                Charge.amount != InvoiceLine.amount,
                Charge.subscription_id != InvoiceLine.subscription_id,
                Charge.licenses != InvoiceLine.quantity,
                Charge.unit_price != InvoiceLine.unit_price,
            )
        ),
    )


def _line_is_for_something() -> Check:
    return Check(
        "I6",
        "invoice line",
        "is for both a charge and a credit, or for neither",
        select(InvoiceLine.tenant, InvoiceLine.invoice_id, InvoiceLine.position).where(
            InvoiceLine.charge_id.is_(None) == InvoiceLine.credit_id.is_(None)
        ),
        key=("tenant", "invoice_id", "position"),
    )


def _invoice_adds_up() -> Check:
    lines = (
        select(func.coalesce(func.sum(InvoiceLine.amount), 0))
        .where(InvoiceLine.tenant == Invoice.tenant, InvoiceLine.invoice_id == Invoice.id)
        .scalar_subquery()
    )
    return Check(
        "I6",
        "invoice",
        "{subtotal} and {tax} tax make {total}, its lines make {lines}",
        select(
            Invoice.tenant,
            Invoice.id,
            Invoice.subtotal,
            Invoice.tax,
            Invoice.total,
            lines.label("lines"),
        ).where(or_(Invoice.subtotal != lines, Invoice.total != Invoice.subtotal + Invoice.tax)),
    )


def _numbers_without_gap() -> Check:
    issued = (
        select(
            Invoice.tenant,
            func.count(Invoice.sequence.distinct()).label("numbers"),
            func.min(Invoice.sequence).label("first"),
            func.max(Invoice.sequence).label("latest"),
        )
        .group_by(Invoice.tenant)
        .subquery()
    )
    numbers = func.coalesce(issued.c.numbers, 0).label("numbers")
    latest = func.coalesce(issued.c.latest, 0).label("latest")
    return Check(
        "I6",
        "organisation",
        "{numbers} invoice numbers up to {latest}, and counted up to {invoice_counter}",
        select(Organisation.tenant, Organisation.invoice_counter, numbers, latest)
        .outerjoin(issued, issued.c.tenant == Organisation.tenant)
        .where(or_(issued.c.first != 1, numbers != latest, latest != Organisation.invoice_counter)),
        key=("tenant",),
    )


def _period_paid_once() -> Check:
    paid = (Charge.tenant, Charge.subscription_id, Charge.period_number)
    return Check(
        "I7",
        "subscription",
        "period {period_number} is charged {times} times",
        select(*paid, func.count().label("times"))
        .where(Charge.kind.in_(WHOLE_PERIODS))
        .group_by(*paid)
        .having(func.count() > 1),
        key=("tenant", "subscription_id"),
    )


def _every_period_paid() -> Check:
    paid = (
        select(func.count(Charge.period_number.distinct()))
        .where(
            Charge.tenant == Subscription.tenant,
            Charge.subscription_id == Subscription.id,
            Charge.kind.in_(WHOLE_PERIODS),
            Charge.period_number <= Subscription.period_number,
        )
        .scalar_subquery()
    )
    return Check(
        "I7",
        "subscription",
        "is in period {period_number}, and {paid} of them are charged",
        select(
            Subscription.tenant,
            Subscription.id,
            Subscription.period_number,
            paid.label("paid"),
        ).where(paid != Subscription.period_number, not_(Subscription.trial)),
    )


def _off_the_anchor(row: RowMapping) -> bool:
    due = period(row["anchor"], row["term"], row["period_number"] - row["anchor_period"] + 1)
    if row["trial"]:  # as long as the terms said when it began
        return bool(due.start != row["period_start"])
    return bool((due.start, due.end) != (row["period_start"], row["period_end"]))


def _period_from_anchor() -> Check:
    return Check(
        "I7",
        "subscription",
        "period {period_number} of what was bought on {anchor} does not run {period_start} to {period_end}",
        select(
            Subscription.tenant,
            Subscription.id,
            Subscription.anchor,
            Subscription.anchor_period,
            Subscription.term,
            Subscription.trial,
            Subscription.period_number,
            Subscription.period_start,
            Subscription.period_end,
        ),
        wrong=_off_the_anchor,
    )


def _line_covers_its_period() -> Check:
    charged = and_(Charge.tenant == InvoiceLine.tenant, Charge.id == InvoiceLine.charge_id)
    bought = and_(Subscription.tenant == Charge.tenant, Subscription.id == Charge.subscription_id)
    return Check(
        "I7",
        "invoice line",
        "charges {period_start} to {period_end} as period {period_number} of what was bought on {anchor}",
        select(
            InvoiceLine.tenant,
            InvoiceLine.invoice_id,
            InvoiceLine.position,
            InvoiceLine.period_start,
            InvoiceLine.period_end,
            Charge.period_number,
            Subscription.anchor,
            Subscription.anchor_period,
            Subscription.term,
            Subscription.trial,
        )
        .join(Charge, charged)
        .join(Subscription, bought)
        # Periods before a reactivation were counted from an anchor that is gone.
        .where(Charge.kind.in_(WHOLE_PERIODS), Charge.period_number >= Subscription.anchor_period),
        wrong=_off_the_anchor,
        key=("tenant", "invoice_id", "position"),
    )


def _refunded_within_captured() -> Check:
    in_order = and_(Charge.refunded >= 0, Charge.refunded <= Charge.captured, Charge.captured <= Charge.amount)
    return Check(
        "I8",
        "charge",
        "of {amount}, {captured} were paid and {refunded} given back",
        select(Charge.tenant, Charge.id, Charge.amount, Charge.captured, Charge.refunded).where(not_(in_order)),
    )


def _credits_are_refunds() -> Check:
    refunded = _total_of(Charge.refunded, Charge.tenant, Charge.subscription_id)
    credited = _total_of(Credit.amount, Credit.tenant, Credit.subscription_id)
    return Check(
        "I8",
        "subscription",
        "{credited} were credited, {refunded} of its charges are marked as given back",
        select(
            Subscription.tenant,
            Subscription.id,
            credited.label("credited"),
            refunded.label("refunded"),
        ).where(credited != refunded),
    )


def _total_of(amount: Whole, tenant: Text, subscription_id: Text) -> ScalarSelect[int]:
    of_this = (tenant == Subscription.tenant, subscription_id == Subscription.id)
    return select(func.coalesce(func.sum(amount), 0)).where(*of_this).scalar_subquery()


def _credit_used_up() -> Check:
    used = (
        select(func.coalesce(-func.sum(InvoiceLine.amount), 0))
        .where(InvoiceLine.tenant == Credit.tenant, InvoiceLine.credit_id == Credit.id)
        .scalar_subquery()
    )
    return Check(
        "I8",
        "credit",
        "of {amount}, {used} are on invoices and {remaining} remain",
        select(Credit.tenant, Credit.id, Credit.amount, Credit.remaining, used.label("used")).where(
            Credit.amount != Credit.remaining + used
        ),
    )
