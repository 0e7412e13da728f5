"""Checks of what people were promised: quote and answer of a change against the rows it left (I4, I13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.actions import ActionName
from storage.models import Charge, Credit, Invoice, LedgerEntry, Operation, OutboxMessage
from storage.outbox import FULFIL
from storage.verify.check import Check
from storage.views import OperationStatus, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, RowMapping, ScalarSelect

DONE = (Operation.status == OperationStatus.DONE, Operation.action == ActionName.CHANGE_TOTAL)


def checks() -> Iterator[Check]:
    """Every check of promises. Operations that were never shown to anybody, as a demo's past, have promised nothing."""
    yield _done_as_quoted()
    yield _answered_as_ended()
    yield _invoice_of_the_receipt()
    yield _people_told()


def _left_by_it(
    what: ColumnElement[int], table: type[LedgerEntry | Charge | Credit | OutboxMessage]
) -> ScalarSelect[int]:
    same = (table.tenant == Operation.tenant, table.operation_id == Operation.id)
    return select(func.coalesce(what, 0)).where(*same).scalar_subquery()


def _done_as_quoted() -> Check:
    return Check(
        "I4",
        "operation",
        "moved {moved} licenses, charged {charged} and credited {credited}: not what was quoted",
        select(
            Operation.tenant,
            Operation.id,
            Operation.quote,
            _left_by_it(func.sum(LedgerEntry.delta), LedgerEntry).label("moved"),
            _left_by_it(func.sum(Charge.amount), Charge).label("charged"),
            _left_by_it(func.sum(Credit.amount), Credit).label("credited"),
        ).where(*DONE),
        wrong=_otherwise,
    )


def _otherwise(row: RowMapping) -> bool:
    if not (quote := row["quote"]):
        return False
    at_once = quote["when"] == When.NOW
    moved = quote["new_total"] - quote["old_total"] if at_once else 0
    due, net = (quote["amounts"][name]["amount"] for name in ("due_now", "net"))
    return bool((row["moved"], row["charged"], row["credited"]) != (moved, due, max(-net, 0)))


def _answered_as_ended() -> Check:
    return Check(
        "I4",
        "operation",
        "is {status}, and its answer says something else",
        select(Operation.tenant, Operation.id, Operation.status, Operation.answer),
        wrong=lambda row: bool(row["answer"]) and row["answer"]["status"] != row["status"],
    )


def _invoice_of_the_receipt() -> Check:
    same = (Invoice.tenant == Operation.tenant) & (Invoice.operation_id == Operation.id)
    return Check(
        "I4",
        "operation",
        "its receipt names an invoice that it does not have, or hides one",
        select(Operation.tenant, Operation.id, Operation.answer, Invoice.sequence)
        .outerjoin(Invoice, same)
        .where(*DONE),
        wrong=_other_number,
    )


def _other_number(row: RowMapping) -> bool:
    if not (answer := row["answer"]) or not answer.get("receipt"):
        return False
    issued = None if row["sequence"] is None else Invoice(sequence=row["sequence"]).number
    return bool(answer["receipt"]["invoice_number"] != issued)


def _people_told() -> Check:
    told = func.count().filter(OutboxMessage.kind != FULFIL)
    return Check(
        "I13",
        "operation",
        "promises {told} messages to people, more or fewer than it concerns",
        select(
            Operation.tenant,
            Operation.id,
            Operation.person_id,
            Operation.quote,
            _left_by_it(told, OutboxMessage).label("told"),
        ).where(*DONE),
        wrong=_concerns_others,
    )


def _concerns_others(row: RowMapping) -> bool:
    """The purchaser, if somebody else acted, and everyone who gave a license up."""
    if not (quote := row["quote"]):
        return False
    by_deputy = quote["subscription"]["purchaser"]["id"] != row["person_id"]
    return bool(row["told"] != by_deputy + len(quote["releases"]))
