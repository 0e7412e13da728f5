"""The positive control at large: the archived SDK's own authentication, asked the same questions.

Whom it lets in is why ours exists. Should this table change one day, the SDK has: read why before adapting it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import (
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)

from tests.security.callers import GOOD, STRANGERS, Call
from tests.security.issuer import APP_ID, ISSUER, METADATA, TENANT

if TYPE_CHECKING:
    from botbuilder.core import TurnContext

    from tests.security.issuer import Issuer

LET_IN = {
    "a token without an end",
    "a token without a beginning",
    "an activity without a service URL",
    "a key without endorsements",
    "an activity without a channel",
    "a service URL elsewhere, in token and activity",
    "another scheme of the service URL",
    "a service URL with a user",
    "another port of the service URL",
    "Direct Line with its own key",
    "the emulator (token version 1)",
    "the emulator (token version 2)",
    "Teams without a tenant",
    "Teams with two tenants",
    "Teams for somebody without an object id",
}
CRASHES = 26  # more are refused, but with an answer that makes Teams repeat the message
SERVICE = "https://smba.trafficmanager.net/teams/"


class Sdk:
    """The SDK's pipeline as its CloudAdapter runs it, from the header to the bot."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self.ran = 0
        self._adapter = CloudAdapterBase(
            BotFrameworkAuthenticationFactory.create(
                to_channel_from_bot_login_url=f"https://login.microsoftonline.com/{TENANT}",
                to_channel_from_bot_oauth_scope=ISSUER,
                to_bot_from_channel_token_issuer=ISSUER,
                oauth_url=ISSUER,
                to_bot_from_channel_open_id_metadata_url=issuer.url + METADATA,
                to_bot_from_emulator_open_id_metadata_url=issuer.url + METADATA,
                credential_factory=PasswordServiceClientCredentialFactory(APP_ID, "", TENANT),
            )
        )

    async def call(self, call: Call) -> str:
        """How it ends: "in", or the kind of the exception (PermissionError becomes 401, every other one 500)."""

        async def bot(_: TurnContext) -> None:
            self.ran += 1

        activity = Activity().deserialize(call.activity(SERVICE))
        try:
            await self._adapter.process_activity(call.authorization(self._issuer, SERVICE) or "", activity, bot)
        except Exception as refused:
            return type(refused).__name__
        return "in"


@pytest.fixture
def sdk(issuer: Issuer) -> Sdk:
    return Sdk(issuer)


@pytest.mark.parametrize("call", GOOD.values(), ids=GOOD)
async def test_the_sdk_lets_teams_in(sdk: Sdk, call: Call) -> None:
    assert await sdk.call(call) == "in"


async def test_the_sdk_lets_these_strangers_in(sdk: Sdk) -> None:
    ended = {name: await sdk.call(call) for name, call in STRANGERS.items()}
    assert {name for name, end in ended.items() if end == "in"} == LET_IN
    assert sdk.ran == len(LET_IN)
    assert sum(end not in ("in", "PermissionError") for end in ended.values()) == CRASHES


async def test_the_sdk_does_not_find_a_new_key(sdk: Sdk, issuer: Issuer) -> None:
    """Ours does, within the request (test_keys.py); the SDK answers 500 until a day has passed."""
    assert await sdk.call(GOOD["Teams itself"]) == "in"
    issuer.published["next"] = ["msteams"]
    rolled = Call(lambda issuer, url: f"Bearer {issuer.token(url, kid='next', sign='next')}")
    assert await sdk.call(rolled) == "IndexError"
