"""How many licenses a charge or a credit is for, and at which price: licenses go back for what was paid for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op
from sqlalchemy import text

from storage.models.columns import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import RowMapping

revision = "0008"
down_revision = "0007"

CHARGED = (
    f"CONSTRAINT ck_charges_whole_licenses CHECK ({whole('licenses', 'unit_price', 'returned').sqltext}) "
    "CONSTRAINT ck_charges_returned_within_licenses CHECK (0 <= returned AND returned <= licenses)"
)
CREDITED = f"CONSTRAINT ck_credits_whole_licenses CHECK ({whole('licenses', 'unit_price').sqltext})"
ADDED = (
    ("charges", "licenses", "1", ""),
    ("charges", "unit_price", "0", ""),
    ("charges", "returned", "0", CHARGED),
    ("credits", "licenses", "1", ""),
    ("credits", "unit_price", "0", CREDITED),
)
LINE = "SELECT {column} FROM invoice_lines AS line WHERE line.tenant = charges.tenant AND line.charge_id = charges.id"
LEFT = """SELECT -delta FROM ledger WHERE ledger.tenant = credits.tenant
    AND ledger.operation_id = credits.operation_id AND ledger.delta < 0"""
PAID = """SELECT unit_price FROM charges WHERE charges.tenant = credits.tenant
    AND charges.subscription_id = credits.subscription_id AND charges.period_number = credits.period_number
    AND charges.kind IN ('purchase', 'renew')"""
BOUGHT_AND_RETURNED = """
    SELECT tenant, subscription_id, period_number, at, id, licenses FROM charges
    UNION ALL SELECT credits.tenant, credits.subscription_id, period_number, credits.at, NULL, delta FROM credits
        JOIN ledger ON ledger.tenant = credits.tenant AND ledger.operation_id = credits.operation_id AND delta < 0
    ORDER BY at, licenses DESC"""
RETURNED = "UPDATE charges SET returned = returned + :returned WHERE tenant = :tenant AND id = :id"


def upgrade() -> None:
    """Of what went back before, the charges know the money only; whose licenses it was for, the ledger tells."""
    for table, column, value, guard in ADDED:
        # SQLite keeps the default, which nothing here leans on: to be rid of it the table would be made again
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} BIGINT DEFAULT {value} NOT NULL {guard}")
    for column, shown in (("licenses", "quantity"), ("unit_price", "unit_price")):
        op.execute(f"UPDATE charges SET {column} = COALESCE(({LINE.format(column=shown)}), {column})")  # noqa: S608
    op.execute(f"UPDATE credits SET licenses = COALESCE(({LEFT}), 1), unit_price = COALESCE(({PAID}), 0)")  # noqa: S608
    for returned in _returned(op.get_bind().execute(text(BOUGHT_AND_RETURNED)).mappings().all()):
        op.execute(text(RETURNED).bindparams(**returned))
    if op.get_bind().dialect.name == "postgresql":
        for table, column, *_ in ADDED:
            op.alter_column(table, column, server_default=None)


def _returned(entries: Sequence[RowMapping]) -> Iterator[dict[str, Any]]:
    """Of which charge how many licenses went back: of those there were, the newest."""
    kept: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for entry in entries:
        period = kept.setdefault((entry["tenant"], entry["subscription_id"], entry["period_number"]), [])
        if entry["licenses"] > 0:
            period.append(dict(entry))
        left = -entry["licenses"]
        while left > 0 and period:
            part = min(left, period[-1]["licenses"])
            yield {"tenant": entry["tenant"], "id": period[-1]["id"], "returned": part}
            period[-1]["licenses"] -= part
            left -= part
            if not period[-1]["licenses"]:
                period.pop()
