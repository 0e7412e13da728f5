"""How somebody who opens a link proves who they are: Microsoft Entra, and in the demo a list to choose from."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from urllib.parse import urlencode

import jwt
import structlog
from msal import ConfidentialClientApplication

from bot.logs import where
from storage.views import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bot.teams.clouds import Cloud

BACK: Final = "/sign-in/back"  # where whoever has signed in comes back to, with the answer
CHOOSE: Final = "/sign-in/choose"  # the demo's list
REQUEST_SECONDS: Final = 5.0  # for each of MSAL's requests, and for the keys
LEEWAY: Final = 60  # seconds by which Entra's clock and ours may differ
CLAIMS: Final = ["iss", "aud", "exp", "iat", "oid", "tid"]

Flow = dict[str, Any]
T = TypeVar("T")


class NotSignedIn(Exception):
    """The answer proves nothing: it is to another question, was denied, or is not from whom it should be."""


@dataclass(frozen=True)
class Begun:
    """`address` is where the person signs in; `flow` has to be at hand when they come back, and may be seen by them."""

    address: str
    flow: Flow


class SignIn(Protocol):
    """A way to learn who somebody is."""

    async def begin(self) -> Begun:
        """Raises NotSignedIn where nobody can be asked."""

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> Actor:
        """Who has signed in; `answer` is the form they came back with. Raises NotSignedIn."""


@dataclass(frozen=True)
class EntraSignIn:
    """OpenID Connect's authorization code flow with state, nonce and PKCE, for people of the tenants that are served.

    MSAL begins it and redeems the code; since MSAL does not validate ID tokens (its issue 911), that is done here.
    """

    app_id: str
    secret: str
    cloud: Cloud
    tenants: Collection[str]
    public_url: str

    async def begin(self) -> Begun:
        return await self._asked(self._begin)

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> Actor:
        return await self._asked(self._finish, flow, answer)

    async def _asked(self, step: Callable[..., T], *given: Any) -> T:
        """In a thread, for MSAL blocks. It lets through what its HTTP client and its checks raise: all is a no."""
        try:
            return await asyncio.to_thread(step, *given)
        except NotSignedIn:
            raise
        except Exception as fault:
            structlog.get_logger().warning("sign_in_failed", kind=type(fault).__name__, where=where(fault))
            raise NotSignedIn from fault

    def _begin(self) -> Begun:
        flow = self._client().initiate_auth_code_flow(
            [],
            redirect_uri=self.public_url + BACK,
            prompt="select_account",
            response_mode="form_post",  # so that the code stands in no address (RFC 9700, 4.3.1)
        )
        return Begun(flow["auth_uri"], {name: value for name, value in flow.items() if name != "auth_uri"})

    def _finish(self, flow: Flow, answer: Mapping[str, str]) -> Actor:
        granted = self._client().acquire_token_by_auth_code_flow(flow, dict(answer))
        if "id_token" not in granted:
            raise NotSignedIn
        claims = self._claims(granted["id_token"])
        tenant, person = str(claims["tid"]).lower(), str(claims["oid"]).lower()
        if claims["iss"] != f"{self.cloud.authority(tenant)}/v2.0" or tenant not in self.tenants:
            raise NotSignedIn
        return Actor(tenant, person)

    def _claims(self, token: str) -> dict[str, Any]:
        key = self._keys.get_signing_key_from_jwt(token)
        return jwt.decode(token, key, ["RS256"], audience=self.app_id, leeway=LEEWAY, options={"require": CLAIMS})

    @property
    def _authority(self) -> str:
        """One tenant signs in at home, several where any organization does."""
        [home, *others] = self.tenants
        return self.cloud.authority("organizations" if others else home)

    @cached_property
    def _keys(self) -> jwt.PyJWKClient:
        return jwt.PyJWKClient(f"{self._authority}/discovery/v2.0/keys", timeout=REQUEST_SECONDS)

    def _client(self) -> ConfidentialClientApplication:
        """A new one each time, because one that has met an error repeats it for a minute without asking again."""
        return ConfidentialClientApplication(
            self.app_id,
            client_credential=self.secret,
            authority=self._authority,
            instance_discovery=False,  # the authority is our own data
            exclude_scopes=["offline_access"],  # to know who it is once is enough
            timeout=REQUEST_SECONDS,
        )


@dataclass(frozen=True)
class DemoSignIn:
    """Whoever opens the link says who they are. For the demo only, which answers to nobody but this machine."""

    tenant: str
    people: Mapping[int, str]  # object ids by number

    async def begin(self) -> Begun:
        state = secrets.token_urlsafe(16)
        return Begun(f"{CHOOSE}?{urlencode({'state': state})}", {"state": state})

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> Actor:
        number = answer.get("person", "")
        if answer.get("state") != flow["state"] or not re.fullmatch("[0-9]{1,3}", number):
            raise NotSignedIn
        if int(number) not in self.people:
            raise NotSignedIn
        return Actor(self.tenant, self.people[int(number)])
