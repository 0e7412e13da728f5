"""How far messages have come, the chats they go to, and the seals over the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0006"
down_revision = "0005"

STATUS = one_of("delivery", "pending", "waiting", "sent", "blocked", "gone", "unconfirmed", "failed")

# What was promised before there was anybody to deliver it: to people it is told now, Microsoft is not connected.
HOW_FAR = """
    UPDATE outbox_messages SET
      status = CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN recipient = 'microsoft' THEN 'waiting' ELSE 'pending' END,
      next_try_at = CASE WHEN sent_at IS NULL AND recipient <> 'microsoft' THEN created_at END,
      attempts = 0, unsure = 0
"""

REFUSAL = "the seals over the audit trail are append-only"

# A seal may lose its salt, with the words it was for, and nothing else.
POSTGRESQL = (
    """
    CREATE TRIGGER seals_are_append_only BEFORE DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER seals_lose_salt_only BEFORE UPDATE ON audit_seals FOR EACH ROW
    WHEN (NEW.salt IS NOT NULL OR to_jsonb(NEW) - 'salt' IS DISTINCT FROM to_jsonb(OLD) - 'salt')
    EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER seals_are_never_emptied BEFORE TRUNCATE ON audit_seals EXECUTE FUNCTION refuse_change()
    """,
)
KEPT = ("tenant", "number", "entry_id", "words", "hash", "sealed_at")
SQLITE = (
    f"""
    CREATE TRIGGER seals_are_append_only BEFORE DELETE ON audit_seals
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER seals_lose_salt_only BEFORE UPDATE ON audit_seals
    WHEN NEW.salt IS NOT NULL OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
)


def upgrade() -> None:
    _outbox_messages()
    _chats()
    _audit_seals()


def _outbox_messages() -> None:
    with op.batch_alter_table("outbox_messages") as table:
        table.add_column(sa.Column("status", sa.String, nullable=True))
        table.add_column(sa.Column("attempts", sa.BigInteger, nullable=True))
        table.add_column(sa.Column("unsure", sa.BigInteger, nullable=True))
        table.add_column(sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(HOW_FAR)
    with op.batch_alter_table("outbox_messages") as table:
        table.alter_column("status", existing_type=sa.String, type_=STATUS, nullable=False)
        table.alter_column("attempts", existing_type=sa.BigInteger, nullable=False)
        table.alter_column("unsure", existing_type=sa.BigInteger, nullable=False)
        table.create_check_constraint("pending_has_its_time", "(status = 'pending') = (next_try_at IS NOT NULL)")
        table.create_check_constraint("sent_has_its_time", "(status = 'sent') = (sent_at IS NOT NULL)")
        table.create_check_constraint("unsure_of_attempts_only", "unsure BETWEEN 0 AND attempts")
        table.create_check_constraint("whole_numbers", str(whole("attempts", "unsure").sqltext))
    op.create_index("ix_outbox_messages_next_try_at", "outbox_messages", ["next_try_at"])
    op.create_index("ix_outbox_messages_tenant_recipient", "outbox_messages", ["tenant", "recipient"])


def _chats() -> None:
    op.create_table(
        "chats",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("conversation", sa.String, nullable=True),
        sa.Column("service_url", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("bot_account", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        reference("person_id", to="people"),
    )


def _audit_seals() -> None:
    op.create_index("ix_audit_entries_tenant_at", "audit_entries", ["tenant", "at"])
    op.create_table(
        "audit_seals",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("entry_id", sa.String, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("salt", sa.String, nullable=True),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", "counts_up"),
        whole("number"),
        reference("entry_id", to="audit_entries"),
        sa.UniqueConstraint("tenant", "entry_id"),
    )
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
