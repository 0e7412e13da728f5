"""Checks that hold for every table alike: whole numbers, known currencies, owners that exist, no card numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import JSON, BigInteger, String, and_, select

from storage.card_numbers import has_card_number
from storage.models import Organisation, Row
from storage.money import EXPONENTS
from storage.verify.check import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ForeignKeyConstraint, RowMapping, Table


def checks() -> Iterator[Check]:
    """Every check, for every table."""
    for table in Row.metadata.sorted_tables:
        yield from _columns(table, "I9", "a number is not whole", BigInteger, _is_fraction)
        yield from _columns(table, "I12", "a card number is kept", (String, JSON), _holds_card_number)
        yield from _currency(table)
        for reference in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            yield _reference(table, reference)


def _columns(
    table: Table,
    invariant: str,
    what: str,
    kinds: type | tuple[type, ...],
    is_wrong: Callable[[object], bool],
) -> Iterator[Check]:
    names = [column.name for column in table.columns if isinstance(column.type, kinds)]

    def wrong(row: RowMapping) -> bool:
        return any(is_wrong(row[name]) for name in names)

    if names:
        yield Check(invariant, table.name, what, select(table), wrong, _key(table))


def _is_fraction(value: object) -> bool:
    return value is not None and type(value) is not int


def _holds_card_number(value: object) -> bool:
    return value is not None and has_card_number(str(value))


def _currency(table: Table) -> Iterator[Check]:
    if table is Organisation.__table__:
        unknown = table.c.currency.not_in(EXPONENTS)
        yield Check("I9", table.name, "pays in {currency}", select(table).where(unknown), key=_key(table))
    elif "currency" in table.columns:
        same = Organisation.tenant == table.c.tenant
        yield Check(
            "I9",
            table.name,
            "is in {currency}, the organisation pays in {expected}",
            select(table, Organisation.currency.label("expected"))
            .join(Organisation, same)
            .where(table.c.currency != Organisation.currency),
            key=_key(table),
        )


def _reference(table: Table, reference: ForeignKeyConstraint) -> Check:
    """Rows that point to nothing: another tenant's row is nothing, since every key leads with the tenant."""
    parent = reference.referred_table.alias("parent")
    pairs = [(element.parent, parent.c[element.column.name]) for element in reference.elements]
    named = and_(*(child.is_not(None) for child, _ in pairs))
    return Check(
        "I9",
        table.name,
        f"points to a row of {reference.referred_table.name} that its tenant does not have",
        select(table)
        .outerjoin(parent, and_(*(child == key for child, key in pairs)))
        .where(named, pairs[0][1].is_(None)),
        key=_key(table),
    )


def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key.columns)
