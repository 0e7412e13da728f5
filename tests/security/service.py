"""A bot behind strict authentication on a real socket, with an echo for a desk: what got in is in `desk.heard`."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.http import build_app, runner
from bot.teams.adapter import DeskAdapter
from bot.teams.auth import Authentication
from bot.teams.connector import Connector, NoToken
from bot.teams.keys import SigningKeys
from bot.teams.roster import no_directory
from storage.clock import FrozenClock, SystemClock
from tests.clients.desks import EchoDesk
from tests.clients.teams import always_ready, listening, sample
from tests.security.issuer import APP_ID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.teams import FakeConnector, Json
    from tests.security.callers import Call
    from tests.security.issuer import Issuer


@dataclass(frozen=True)
class Service:
    """The bot as its callers reach it. `clock` tells it the time, which starts as it is."""

    issuer: Issuer
    http: aiohttp.ClientSession
    url: str
    service_url: str
    desk: EchoDesk
    clock: FrozenClock

    async def call(self, call: Call, **more: Any) -> int:
        """The status that this caller gets."""
        authorization = call.authorization(self.issuer, self.service_url)
        return await self.post(authorization, call.activity(self.service_url, **more))

    async def good(self, **how: Any) -> int:
        """The status that Teams gets, with a new token that differs in `how` (see Issuer.token)."""
        authorization = f"Bearer {self.issuer.token(self.service_url, **how)}"
        return await self.post(authorization, sample("message_personal", serviceUrl=self.service_url))

    async def post(self, authorization: str | None, activity: Json) -> int:
        headers = {} if authorization is None else {"Authorization": authorization}
        async with self.http.post(f"{self.url}/api/messages", json=activity, headers=headers) as response:
            await response.read()
            return response.status


@asynccontextmanager
async def service(issuer: Issuer, fake: FakeConnector, *, seconds: float = 3.0) -> AsyncIterator[Service]:
    """Keys are waited for `seconds`; replies go to `fake`."""
    clock, cloud, desk = FrozenClock(SystemClock().now()), issuer.cloud(fake.url), EchoDesk()
    adapter = DeskAdapter(desk, clock, Connector(NoToken(), seconds=1), directory=no_directory, serves=cloud.serves)
    keys = SigningKeys(cloud.metadata, clock, seconds=seconds)
    auth = Authentication(keys, cloud, app_id=APP_ID, clock=clock)
    app = build_app(adapter, auth=auth, ready=always_ready)
    async with listening(runner(app)) as url, aiohttp.ClientSession() as http:
        yield Service(issuer, http, url, fake.url, desk, clock)
