"""Whom an invoice names, as it was when it was issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# Until now an invoice named whom the payer has it name today: that is the latest that was ever printed.
NAMED = """
UPDATE invoices SET made_out_to = (
    SELECT name FROM billing_profiles
    WHERE billing_profiles.tenant = invoices.tenant AND billing_profiles.person_id = invoices.person_id),
billing_address = (
    SELECT address FROM billing_profiles
    WHERE billing_profiles.tenant = invoices.tenant AND billing_profiles.person_id = invoices.person_id)
"""


def upgrade() -> None:
    for column in ("made_out_to", "billing_address"):
        op.add_column("invoices", sa.Column(column, sa.String, nullable=True))
    op.execute(NAMED)
