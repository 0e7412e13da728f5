"""The envelope a conversation's state is kept in: plain JSON with a version and a checksum.

{"v": 1, "sum": 2083520443, "d": {...}}
"""

from __future__ import annotations

import json
import math
import zlib
from dataclasses import dataclass
from typing import Any

VERSION = 1

State = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """What an envelope held. `state` is None where there was none, and where it cannot be used."""

    state: State | None = None
    damaged: bool = False  # it cannot be read
    newer: bool = False  # a newer release has closed it


def seal(state: State) -> str:
    """The state as an envelope. Raises TypeError for whatever JSON would not give back as it was."""
    _check_plain(state, "state")
    body = _json(state)
    return f'{{"v":{VERSION},"sum":{zlib.crc32(body.encode())},"d":{body}}}'


def unseal(kept: bytes | None) -> Opened:
    """Opens what `seal` closed; never fails. The checksum is needed: servers load damaged values without a word."""
    if kept is None:
        return Opened()
    try:
        match json.loads(kept):
            case {"v": int(version)} if version > VERSION:
                return Opened(newer=True)
            case {"v": 1, "sum": int(checksum), "d": dict(state)} if checksum == zlib.crc32(_json(state).encode()):
                return Opened(state)
    except (ValueError, RecursionError):
        pass
    return Opened(damaged=True)


def _json(state: State) -> str:
    return json.dumps(state, separators=(",", ":"))


def _check_plain(value: object, where: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{where} has the key {key!r}: in JSON a key is text")
            _check_plain(item, f"{where}.{key}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _check_plain(item, f"{where}[{place}]")
    elif not (value is None or isinstance(value, str | int) or _finite(value)):
        raise TypeError(f"{where} is a {type(value).__name__} ({value!r}): JSON would not give it back as it is")


def _finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
