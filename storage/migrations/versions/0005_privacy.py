"""What is in the books stays in them, and people can be forgotten: append-only tables, a tombstone for persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

REFUSAL = "the ledger and the audit trail are append-only"

# An audit entry may lose its words, all of them and nothing else: that is how people and time are forgotten
# (storage/privacy.py). The same rule in two dialects; PostgreSQL's also covers columns that come later.
POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_is_append_only BEFORE DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_loses_words_only BEFORE UPDATE ON audit_entries FOR EACH ROW
    WHEN (NEW.said <> '' OR NEW.understood IS NOT NULL
      OR to_jsonb(NEW) - 'said' - 'understood' IS DISTINCT FROM to_jsonb(OLD) - 'said' - 'understood')
    EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER ledger_is_never_emptied BEFORE TRUNCATE ON ledger EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit_entries EXECUTE FUNCTION refuse_change()
    """,
)
KEPT = ("tenant", "id", "operation_id", "person_id", "action", "subscription_id", "before", "after", "at")
SQLITE = (
    f"""
    CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER ledger_is_append_only BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER audit_is_append_only BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER audit_loses_words_only BEFORE UPDATE ON audit_entries
    WHEN NEW.said <> '' OR NEW.understood IS NOT NULL OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
)


def upgrade() -> None:
    op.add_column("people", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
