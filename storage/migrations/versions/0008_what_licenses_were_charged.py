"""How many licenses a charge or a credit is for, and at which price: licenses go back for what was paid for them."""

from __future__ import annotations

from alembic import op

from storage.models.columns import whole

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


def upgrade() -> None:
    """Of what went back before, the charges know the money only: no more than the rest of it goes back."""
    for table, column, value, guard in ADDED:
        # SQLite keeps the default, which nothing here leans on: to be rid of it the table would be made again
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} BIGINT DEFAULT {value} NOT NULL {guard}")
    for column, shown in (("licenses", "quantity"), ("unit_price", "unit_price")):
        op.execute(f"UPDATE charges SET {column} = COALESCE(({LINE.format(column=shown)}), {column})")  # noqa: S608
    op.execute(f"UPDATE credits SET licenses = COALESCE(({LEFT}), 1), unit_price = COALESCE(({PAID}), 0)")  # noqa: S608
    if op.get_bind().dialect.name == "postgresql":
        for table, column, *_ in ADDED:
            op.alter_column(table, column, server_default=None)
