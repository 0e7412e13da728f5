"""Stored answers: the frozen dataclasses of storage/views.py as plain JSON, and back to equal ones."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


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


def unpack(kind: type[T], packed: Any) -> T:
    """The value of this type that `pack` made `packed` from."""
    return cast("T", _read(kind, packed))


def _read(kind: Any, packed: Any) -> Any:
    if packed is None:
        return None
    if get_origin(kind) is UnionType:
        kinds = [each for each in get_args(kind) if each is not NoneType]
        return _read(kinds[0], packed) if len(kinds) == 1 else packed
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in packed)
    if not isinstance(kind, type):
        return packed
    if is_dataclass(kind):
        return kind(**{name: _read(hint, packed[name]) for name, hint in _hints(kind).items() if name in packed})
    if issubclass(kind, date):
        return kind.fromisoformat(packed)
    return kind(packed) if issubclass(kind, Enum) else packed


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
