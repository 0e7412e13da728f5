"""Stored answers: the frozen dataclasses of storage/views.py as plain JSON, and back to equal ones."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from storage.views import Outcome, Quote

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

NOTHING: Mapping[Any, Any] = MappingProxyType({})


def pack(value: object) -> Any:
    """The value as JSON has it; `unpack(type(value), pack(value)) == value`."""
    if is_dataclass(value):
        return {field.name: pack(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, tuple):
        return [pack(item) for item in value]
    return value


def unpack(kind: type[T], packed: Any, instead: Mapping[Any, Any] = NOTHING) -> T:
    """The value of this type that `pack` made `packed` from; a type among `instead` is read as the one it maps to."""
    return cast("T", _read(kind, packed, instead))


def pack_outcome(outcome: Outcome) -> dict[str, Any]:
    """The outcome without the quote, which is stored beside it already."""
    answer: dict[str, Any] = pack(outcome)
    return {**answer, "quote": None, "receipt": answer["receipt"] and {**answer["receipt"], "quote": None}}


def unpack_outcome(answer: Any, quote: Quote) -> Outcome:
    """The outcome that `pack_outcome` made `answer` from; a fresh quote in it is of the same kind as `quote`."""
    outcome = unpack(Outcome, answer, {Quote: type(quote)})
    if outcome.refusal and outcome.refusal.code == "nobody_new" and "names" not in outcome.refusal.values:
        # For a while the names were told apart under the code of the sentence that has them all together.
        outcome = replace(outcome, refusal=replace(outcome.refusal, code="none_of_them"))
    receipt = outcome.receipt and replace(outcome.receipt, quote=quote)
    return replace(outcome, quote=quote, receipt=receipt)


def _read(kind: Any, packed: Any, instead: Mapping[Any, Any]) -> Any:
    kind = instead.get(kind, kind)
    if packed is None:
        return None
    if get_origin(kind) is UnionType:
        kinds = [each for each in get_args(kind) if each is not NoneType]
        return _read(kinds[0], packed, instead) if len(kinds) == 1 else packed
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item, instead) for item in packed)
    if not isinstance(kind, type):
        return packed
    if is_dataclass(kind):
        hints = _hints(kind).items()
        return kind(**{name: _read(hint, packed[name], instead) for name, hint in hints if name in packed})
    if issubclass(kind, date):
        return kind.fromisoformat(packed)
    return kind(packed) if issubclass(kind, Enum) else packed


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
