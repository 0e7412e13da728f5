"""The tables. They stay inside storage; what leaves it are the dataclasses of storage/views.py."""

from __future__ import annotations

from storage.models.billing import Charge, Credit, Invoice, InvoiceLine, LedgerEntry, LineKind
from storage.models.columns import Row
from storage.models.links import Link
from storage.models.operations import AuditEntry, Operation, PlanStep, ScheduledTotal
from storage.models.outside import Chat, OutboxMessage
from storage.models.payments import BillingProfile, PaymentSetup
from storage.models.people import Organisation, PaymentMethod, Person, Role, RoleName, Team, TeamMember
from storage.models.policies import Approver, Cap, Policy, ProductPolicy
from storage.models.quiet import Quiet
from storage.models.requests import LicenseRequest
from storage.models.seals import AuditSeal
from storage.models.subscriptions import Assignment, Cancellation, Grant, Subscription
from storage.models.unclear import UnclearMessage

__all__ = [
    "Approver",
    "Assignment",
    "AuditEntry",
    "AuditSeal",
    "BillingProfile",
    "Cancellation",
    "Cap",
    "Charge",
    "Chat",
    "Credit",
    "Grant",
    "Invoice",
    "InvoiceLine",
    "LedgerEntry",
    "LicenseRequest",
    "LineKind",
    "Link",
    "Operation",
    "Organisation",
    "OutboxMessage",
    "PaymentMethod",
    "PaymentSetup",
    "Person",
    "PlanStep",
    "Policy",
    "ProductPolicy",
    "Quiet",
    "Role",
    "RoleName",
    "Row",
    "ScheduledTotal",
    "Subscription",
    "Team",
    "TeamMember",
    "UnclearMessage",
]
