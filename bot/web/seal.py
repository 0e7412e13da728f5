"""What a browser keeps for us: signed, so that it comes back as it went, and good for a while only."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from storage.clock import Clock


def key_from(secret: str) -> bytes:
    """A key that every process with this secret has, and that says nothing about it."""
    return hmac.digest(secret.encode(), b"license-desk pages", "sha256")


@dataclass(frozen=True)
class Seal:
    """Signs small things for one use each (`kind`) and reads them back. Whoever holds one can read what is in it."""

    key: bytes
    clock: Clock

    def close(self, kind: str, kept: Mapping[str, Any], lasts: timedelta) -> str:
        """The thing as letters, digits, dots, hyphens and underscores."""
        until = int((self.clock.now() + lasts).timestamp())
        return jwt.encode({**kept, "aud": kind, "exp": until}, self.key, "HS256")

    def open(self, kind: str, sealed: str) -> dict[str, Any] | None:
        """What was signed for this use; None for anything else, and when its time is over."""
        try:  # the clock is ours, not the library's
            kept = jwt.decode(
                sealed, self.key, ["HS256"], audience=kind, options={"require": ["aud", "exp"], "verify_exp": False}
            )
        except jwt.InvalidTokenError:
            return None
        return kept if self.clock.now().timestamp() < kept["exp"] else None
