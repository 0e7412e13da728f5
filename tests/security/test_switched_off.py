"""The positive controls: each protection switched off lets in exactly those whom it is there for.

A stranger who stays out with its protection off would be refused by chance, and prove nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from bot.teams import auth
from bot.teams.clouds import Cloud
from bot.teams.keys import SigningKeys
from tests.security.callers import STRANGERS
from tests.security.service import service

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.teams.keys import Key
    from tests.clients.teams import FakeConnector
    from tests.security.issuer import Issuer

    Switch = Callable[[pytest.MonkeyPatch], None]

decode = jwt.decode
find = SigningKeys.find


def decoding(**other: Any) -> Switch:
    """Tokens are decoded with other arguments; options are put on top of ours."""

    def careless(token: str, key: Any, **ours: Any) -> Any:
        options = ours["options"] | other.get("options", {})
        return decode(token, key, **(ours | other | {"options": options}))

    return lambda patch: patch.setattr(jwt, "decode", careless)


def required(*claims: str) -> Switch:
    return decoding(options={"require": list(claims)})


def any_key(patch: pytest.MonkeyPatch) -> None:
    """An unknown key id is taken for the key of Teams."""

    async def found(keys: SigningKeys, kid: str) -> Key | None:
        return await find(keys, kid) or await find(keys, "teams")

    patch.setattr(SigningKeys, "find", found)
    patch.setattr(jwt, "decode", lambda token, *_, **__: decode(token, options={"verify_signature": False}))


def every_endorsement(patch: pytest.MonkeyPatch) -> None:
    async def found(keys: SigningKeys, kid: str) -> Key | None:
        key = await find(keys, kid)
        return replace(key, endorsements=frozenset({"msteams"})) if key else None

    patch.setattr(SigningKeys, "find", found)


def everywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Cloud, "serves", lambda *_: True)


def any_activity(patch: pytest.MonkeyPatch) -> None:
    """A good token covers what it was not issued for, wherever it comes from."""
    everywhere(patch)
    patch.setattr(auth.Grant, "cover", lambda *_: None)


def another_algorithm(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(auth, "ALGORITHM", "RS512")


FAR = {
    "a service URL elsewhere, in token and activity",
    "another scheme of the service URL",
    "a service URL with a user",
    "another port of the service URL",
}
OFF: dict[str, tuple[Switch, set[str]]] = {
    "the signature, and all claims": (
        any_key,
        {
            "a known key id, signed by somebody else",
            "an unknown key id",
            "other claims under a good signature",
            "a token that ran out ten minutes ago",
            "a token that begins in ten minutes",
            "a token without a beginning",
            "another issuer",
            "another issuer of Microsoft's",
            "a list of issuers with the right one",
            "no issuer",
            "a token for another bot",
            "a token for nobody",
            "a token for several with us among them",
            "the emulator (token version 1)",
            "the emulator (token version 2)",
            "a skill",
            "the anonymous skill",
        },
    ),
    "one algorithm": (another_algorithm, {"a good key with RS512"}),
    "the leeway of five minutes": (
        decoding(leeway=3600),
        {"a token that ran out ten minutes ago", "a token that begins in ten minutes"},
    ),
    "a beginning is required": (required("exp", "iss", "aud"), {"a token without a beginning"}),
    "the issuer": (
        decoding(issuer=None, options={"require": []}),
        {
            "a token without a beginning",
            "another issuer",
            "another issuer of Microsoft's",
            "a list of issuers with the right one",
            "no issuer",
            "the emulator (token version 1)",
            "the emulator (token version 2)",
            "a skill",
        },
    ),
    "the audience": (
        decoding(options={"verify_aud": False, "require": []}),
        {
            "a token without a beginning",
            "a token for another bot",
            "a token for nobody",
            "a token for several with us among them",
        },
    ),
    "one audience": (decoding(options={"strict_aud": False}), {"a token for several with us among them"}),
    "the endorsement": (every_endorsement, {"a key without endorsements", "Teams with a key of Direct Line"}),
    "where replies may go": (everywhere, FAR),
    "the activity that a token is for": (
        any_activity,
        FAR | {"an activity from another service URL", "a token for another service URL"},
    ),
}


@pytest.mark.parametrize("name", OFF)
async def test_without_it_exactly_these_get_in(
    issuer: Issuer, fake: FakeConnector, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    switch, expected = OFF[name]
    switch(monkeypatch)
    async with service(issuer, fake) as bot:
        assert {stranger for stranger, call in STRANGERS.items() if await bot.call(call) == 200} == expected
