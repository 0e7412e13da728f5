"""Checks of what people were promised: quote and answer of a change against the rows it left (I4, I13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from storage.actions import ActionName
from storage.models import Cancellation, Charge, Credit, Invoice, LedgerEntry, Operation, OutboxMessage, Subscription
from storage.outbox import FULFIL, HANDED_OUT
from storage.quotes import Seat
from storage.verify.check import Check
from storage.views import OperationStatus, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, RowMapping, ScalarSelect

    from storage.models.columns import Json

TELLS_NOBODY = {ActionName.PAY, ActionName.SWITCH, ActionName.WITHDRAW}
TELLS_NOBODY |= {ActionName.SELL, ActionName.CAP, ActionName.REQUESTS}
DONE = (Operation.status == OperationStatus.DONE, Operation.action.in_(ActionName))


def checks() -> Iterator[Check]:
    """Every check of promises. Operations that were never shown to anybody, as a demo's past, have promised nothing."""
    yield _done_as_quoted()
    yield _answered_as_ended()
    yield _invoice_of_the_receipt()
    yield _people_told()
    yield _bought_what_it_names()
    yield _cancelled_with_a_reason()


def _left_by_it(
    what: ColumnElement[int], table: type[LedgerEntry | Charge | Credit | Invoice | OutboxMessage | Cancellation]
) -> ScalarSelect[int]:
    same = (table.tenant == Operation.tenant, table.operation_id == Operation.id)
    return select(func.coalesce(what, 0)).where(*same).scalar_subquery()


def _done_as_quoted() -> Check:
    return Check(
        "I4",
        "operation",
        "moved {moved} licenses, charged {charged}, credited {credited} and invoiced {invoiced}: not what was quoted",
        select(
            Operation.tenant,
            Operation.id,
            Operation.action,
            Operation.quote,
            _left_by_it(func.sum(LedgerEntry.delta), LedgerEntry).label("moved"),
            _left_by_it(func.sum(Charge.amount), Charge).label("charged"),
            _left_by_it(func.sum(Credit.amount), Credit).label("credited"),
            _left_by_it(func.sum(Invoice.total), Invoice).label("invoiced"),
        ).where(*DONE),
        wrong=_otherwise,
    )


def _otherwise(row: RowMapping) -> bool:
    if not (quote := row["quote"]):
        return False
    if row["action"] == ActionName.CANCEL:  # which also pays out what was credited before
        given_back = sum(quote[name]["amount"] for name in ("refund", "waived") if quote.get(name))
        return bool((row["moved"], row["charged"], row["invoiced"]) != (0, 0, -given_back))
    if row["action"] == ActionName.PAY:  # of what a renewal charged and invoiced
        return bool((row["moved"], row["charged"], row["credited"], row["invoiced"]) != (0, 0, 0, 0))
    due, net = (quote["amounts"][name]["amount"] if "amounts" in quote else 0 for name in ("due_now", "net"))
    promised = (_moved(row["action"], quote), due, max(-net, 0), due)
    return bool((row["moved"], row["charged"], row["credited"], row["invoiced"]) != promised)


def _moved(action: str, quote: Json) -> int:
    """How many licenses the quote adds to the total, or takes from it."""
    if action == ActionName.BUY:
        return int(quote["subscription"]["total"])
    at_once = action == ActionName.CHANGE_TOTAL and quote["when"] == When.NOW
    return int(quote["new_total"] - quote["old_total"]) if at_once else 0


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
    told = func.count().filter(
        # Who keeps a license after all, or was asked for one that is not needed any more, no quote says.
        OutboxMessage.kind.not_in((FULFIL, HANDED_OUT, "license_stays", "request_over")),
        OutboxMessage.recipient != Operation.person_id,  # whom older releases told of what they did themselves
    )
    return Check(
        "I13",
        "operation",
        "promises {told} messages to people, more or fewer than it concerns",
        select(
            Operation.tenant,
            Operation.id,
            Operation.action,
            Operation.person_id,
            Operation.quote,
            _left_by_it(told, OutboxMessage).label("told"),
            # Who holds a license of what goes on after all, no quote says.
        ).where(*DONE, Operation.action != ActionName.RENEW),
        wrong=_not_as_promised,
    )


def _not_as_promised(row: RowMapping) -> bool:
    if not (quote := row["quote"]):
        return False
    silent_before = row["action"] == ActionName.SHARE and quote["withdraws"] and quote["team"]
    if silent_before and not row["told"]:  # older releases did not tell a team's owners that the sharing ended
        return False
    return bool(row["told"] != _concerned(row["action"], quote, row["person_id"]))


def _concerned(action: str, quote: Json, actor: str) -> int:
    """How many messages an operation promises: to everybody but the actor, who sees it done."""
    if action in TELLS_NOBODY:
        return 0
    match action:
        case ActionName.CHANGE_TOTAL:
            people = [quote["subscription"]["purchaser"]["id"], *(each["id"] for each in quote.get("assigns", ()))]
            people += [each["person"]["id"] for each in quote["releases"]]
        case ActionName.BUY:
            people = [each["id"] for each in quote["assigns"]]
            people = list({*people, *_asker(quote)})  # who hears of both in one message
        case ActionName.REQUEST:
            people = [each["id"] for each in quote["asks"]]
        case ActionName.ASK_FOR_SPARE:
            return int(quote["owners"])
        case ActionName.DENY:
            people = _asker(quote)
        case ActionName.APPROVERS:
            people = [quote["person"]["id"]]
        case ActionName.CANCEL:
            people = [each["person"]["id"] for each in quote["loses"]]
        case ActionName.SHARE:
            people = _shared_with(quote)
        case _:
            given = [each["person"]["id"] for each in quote["gives"] if each["seat"] == Seat.ASSIGNED]
            people = [*given, *(each["person"]["id"] for each in quote["takes"])]
    return _others(people, actor)


def _asker(quote: Json) -> list[str]:
    """Whose request it approves or denies; nobody hears of a no that is not the last."""
    return [quote["request"]["requester"]["id"]] if quote.get("request") and quote.get("ends_it", True) else []


def _shared_with(quote: Json) -> list[str]:
    return [quote["deputy"]["id"]] if quote["deputy"] else [owner["id"] for owner in quote["team"]["owners"]]


def _others(people: list[str], actor: str) -> int:
    return sum(person != actor for person in people)


def _bought_what_it_names() -> Check:
    named = (Subscription.tenant == Operation.tenant) & (Subscription.id == Operation.subscription_id)
    return Check(
        "I4",
        "operation",
        "is done, and what it bought is not there, or somebody else's",
        select(Operation.tenant, Operation.id, Operation.person_id, Operation.quote, Subscription.purchaser_id)
        .outerjoin(Subscription, named)
        .where(Operation.status == OperationStatus.DONE, Operation.action == ActionName.BUY),
        wrong=lambda row: row["purchaser_id"] != row["person_id"],
    )


def _cancelled_with_a_reason() -> Check:
    reasons = _left_by_it(func.count(), Cancellation)
    expected = case((and_(*DONE, Operation.action == ActionName.CANCEL), 1), else_=0)
    return Check(
        "I4",
        "operation",
        "is {status} and left {reasons} reasons for a cancellation",
        select(Operation.tenant, Operation.id, Operation.status, reasons.label("reasons")).where(reasons != expected),
    )
