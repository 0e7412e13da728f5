"""What all tables share: types that mean the same in both databases, and a name for every constraint."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, DateTime, Enum, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Dialect

Json = dict[str, Any]
Ids = list[str]


class Instant(TypeDecorator[datetime]):
    """A point in time, kept in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(kind: type[enum.Enum]) -> Sequence[str]:
    return [member.value for member in kind]


class Row(DeclarativeBase):
    """A row of the record. Every key leads with the tenant, so that no row can point into another one's."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it
        int: BigInteger(),
        datetime: Instant(),
        Json: JSON(none_as_null=True),
        Ids: JSON(none_as_null=True),
        enum.Enum: Enum(enum.Enum, native_enum=False, create_constraint=True, values_callable=_values),
    }


# The three below also write the schema's history: never change what they make, add another beside them.


def reference(column: str, *, to: str) -> ForeignKeyConstraint:
    """A foreign key that cannot leave the tenant: (tenant, column) → (tenant, id) of the table `to`."""
    return ForeignKeyConstraint(["tenant", column], [f"{to}.tenant", f"{to}.id"])


def whole(*columns: str) -> CheckConstraint:
    """No column of money or licenses holds a fraction: PostgreSQL knows by type, SQLite has to be told."""
    return CheckConstraint(" AND ".join(f"{name} = CAST({name} AS BIGINT)" for name in columns), "whole_numbers")


def one_of(name: str, *values: str) -> Enum:
    """A column type that takes these words only; in the tables above it comes from an enumeration's values."""
    return Enum(*values, name=name, native_enum=False, create_constraint=True)
