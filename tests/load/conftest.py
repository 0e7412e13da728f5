"""Fixtures: where real processes keep their data, and the ways to their servers."""

from __future__ import annotations

from tests.faults.conftest import far_postgres_url, place, sql_way

__all__ = ["far_postgres_url", "place", "sql_way"]
