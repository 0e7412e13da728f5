"""Where the record names a person: read off the schema, so that a table that comes later cannot be forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Enum, String, Text, and_, cast, false, func, not_, or_, select

from storage.actions import ActionName
from storage.answers import pack
from storage.deciding import untold_whose
from storage.models import AuditEntry, LicenseRequest, Operation, OutboxMessage, Person, Row
from storage.request_views import RequestKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, ColumnElement, RowMapping, Table
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.models.columns import Json

# What is shown of a person inside stored quotes and answers (storage.views.PersonView), and what is left of it.
NOBODY: Json = {"name": "", "mail": "", "department": "", "language": None, "chosen_language": None}
# values of refusals that may be people's names
CALLED = frozenset({"name", "names", "owner", "already", "guests", "disabled"})
REMARKS = ("feedback", "note")  # what is kept as it was said
SECRET = frozenset({"gateway_token"})  # good for payments: no business of an export


async def about(session: AsyncSession, tenant: str, person_id: str) -> dict[str, list[Json]]:
    """Every row that names the person, and every row that hangs on one of theirs, by table, as plain JSON.

    Without who else was asked for an unused license, and whose no it was: that nobody is told.
    """
    found = {}
    for table in Row.metadata.sorted_tables:
        theirs = or_(_names(table, person_id), _hangs_on_theirs(table, tenant, person_id))
        told = not_(_untold(table, tenant, person_id))
        rows = await session.execute(select(table).where(table.c.tenant == tenant, theirs, told))
        found[table.name] = [_plain(_of_others(table, row, person_id)) for row in rows.mappings()]
    return {name: rows for name, rows in found.items() if rows}


def concerns(person: Person) -> ColumnElement[bool]:
    """Operations that hold the person's id, or words, whosesoever, with the person's name or mail in them."""
    called = [name for name in (person.name, person.mail) if name]
    return or_(_names(Row.metadata.tables["operations"], person.id), *(_said(name) for name in called))


def without(person_id: str, kept: Any) -> Any:
    """A stored quote or answer that no longer shows the person: the id stays, as the pseudonym it then is."""
    if isinstance(kept, list):
        return [without(person_id, item) for item in kept]
    if not isinstance(kept, dict):
        return kept
    rest = {name: without(person_id, value) for name, value in kept.items()}
    if {"code", "values"} <= kept.keys():  # a refusal, in whose sentence nobody is told apart
        rest["values"] = {name: "" if name in CALLED else value for name, value in rest["values"].items()}
    return rest | NOBODY if kept.get("id") == person_id and "mail" in kept else rest


def without_remarks(kept: Any) -> Any:
    """Stored parameters, a quote or an answer without what somebody remarked in words of their own."""
    if isinstance(kept, list):
        return [without_remarks(item) for item in kept]
    if not isinstance(kept, dict):
        return kept
    return {name: "" if name in REMARKS else without_remarks(value) for name, value in kept.items()}


def remark() -> ColumnElement[str]:
    """What was said about a cancellation, with a request, or with its denial; empty for every other operation."""
    feedback, note = (Operation.parameters[name].as_string() for name in REMARKS)
    approved = Operation.quote["request", "note"].as_string()  # of the request for which it buys
    said: ColumnElement[str] = func.coalesce(feedback, "") + func.coalesce(note, "") + func.coalesce(approved, "")
    return said


def _names(table: Table, person_id: str) -> ColumnElement[bool]:
    """Whether a row holds the id: as the value of a column, or as a word anywhere in its JSON."""
    word = json.dumps(person_id)
    columns = (column == person_id for column in table.columns if _may_hold_id(column))
    inside = (cast(each, Text).contains(word, autoescape=True) for each in table.columns if isinstance(each.type, JSON))
    return or_(false(), *columns, *inside)


def _said(name: str) -> ColumnElement[bool]:
    """Whether somebody's words, what was understood of them, or a remark hold this name, whatever its case."""
    escaped = json.dumps(name)[1:-1]
    understood = cast(Operation.understood, Text)
    return or_(
        Operation.said.icontains(name, autoescape=True),
        understood.icontains(escaped, autoescape=True),
        remark().icontains(name, autoescape=True),
    )


def _may_hold_id(column: Column[Any]) -> bool:
    return isinstance(column.type, String) and not isinstance(column.type, Enum) and column.name != "tenant"


def _hangs_on_theirs(table: Table, tenant: str, person_id: str) -> ColumnElement[bool]:
    """Rows of the books (a charge, an invoice line) name nobody: they are whose the subscription or invoice is."""
    if [*_people_in(table)]:
        return false()
    hanging = []
    for reference in table.foreign_key_constraints:
        parent = reference.referred_table
        if [*_people_in(parent)]:
            key = reference.elements[-1]
            theirs = select(key.column).where(parent.c.tenant == tenant, _points_to(parent, person_id))
            hanging.append(key.parent.in_(theirs))
    return or_(false(), *hanging)


def _points_to(table: Table, person_id: str) -> ColumnElement[bool]:
    return or_(false(), *(column == person_id for column in _people_in(table)))


def _people_in(table: Table) -> Iterator[Column[Any]]:
    """The columns that point to a person."""
    for reference in table.foreign_key_constraints:
        if reference.referred_table is Person.__table__:
            yield reference.elements[-1].parent


def _untold(table: Table, tenant: str, person_id: str) -> ColumnElement[bool]:
    """Rows that show who else was asked for an unused license, and whose no it was."""
    spare = select(LicenseRequest.id).where(LicenseRequest.tenant == tenant, LicenseRequest.kind == RequestKind.SPARE)
    no = (Operation.action == ActionName.DENY, Operation.quote["request", "id"].as_string().in_(spare))
    noes = select(Operation.id).where(Operation.tenant == tenant, Operation.person_id != person_id, *no)
    if table is Operation.__table__:
        return table.c.id.in_(noes)
    if table is AuditEntry.__table__:
        return table.c.operation_id.in_(noes)
    if table is OutboxMessage.__table__:
        about = func.coalesce(table.c.payload["request"].as_string(), "")
        return and_(table.c.recipient != person_id, about.in_(spare))
    return false()


def _of_others(table: Table, row: RowMapping, person_id: str) -> dict[str, Any]:
    """The row; a request for an unused license without who else was asked for it, and who said no."""
    if table is not LicenseRequest.__table__ or row["kind"] is not RequestKind.SPARE:
        return {**row}
    untold = untold_whose(row["kind"], row["status"]) and row["decided_by"] != person_id
    asked = [each for each in row["owners"] if each == person_id]
    return {**row, "owners": asked, "decided_by": None if untold else row["decided_by"]}


def _plain(row: dict[str, Any]) -> Json:
    return {name: "***" if name in SECRET else pack(value) for name, value in row.items()}
