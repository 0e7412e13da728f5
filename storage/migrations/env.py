"""Alembic's entry: runs the missing revisions on the connection that `storage.schema` hands over."""

from __future__ import annotations

from alembic import context

from storage.models import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
