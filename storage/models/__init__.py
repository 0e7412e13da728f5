"""The tables. They stay inside storage; what leaves it are the dataclasses of storage/views.py."""

from __future__ import annotations

from storage.models.billing import Charge, Credit, Invoice, InvoiceLine, LedgerEntry, LineKind
from storage.models.columns import Row
from storage.models.operations import AuditEntry, Operation, OutboxMessage, ScheduledTotal
from storage.models.people import Organisation, PaymentMethod, Person, Role, RoleName, Team, TeamMember
from storage.models.subscriptions import Assignment, Grant, Subscription

__all__ = [
    "Assignment",
    "AuditEntry",
    "Charge",
    "Credit",
    "Grant",
    "Invoice",
    "InvoiceLine",
    "LedgerEntry",
    "LineKind",
    "Operation",
    "Organisation",
    "OutboxMessage",
    "PaymentMethod",
    "Person",
    "Role",
    "RoleName",
    "Row",
    "ScheduledTotal",
    "Subscription",
    "Team",
    "TeamMember",
]
