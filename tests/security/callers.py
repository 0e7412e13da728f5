"""Everybody who might call: one good caller, and all who must not get in, each told in a sentence.

Study: every case of rows 1-9 and 32 of the threat table, and what came up since.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization

from tests.clients.teams import sample
from tests.security.issuer import APP_ID, TENANT, Issuer, key

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clients.teams import Json

OTHER_APP = "44444444-0000-4000-8000-000000000001"
EVIL = "https://evil.example/teams/"


@dataclass(frozen=True)
class Call:
    """One caller: the Authorization header it sends (None: none), and the activity, as it differs from a good one."""

    authorization: Callable[[Issuer, str], str | None]
    changes: Callable[[str], Json] = lambda _: {}
    status: int = 401

    def activity(self, service_url: str, **more: Any) -> Json:
        return sample("message_personal", **({"serviceUrl": service_url} | self.changes(service_url) | more))


def token(**how: Any) -> Callable[[Issuer, str], str]:
    """A good token but for `how` (see Issuer.token)."""
    return lambda issuer, service_url: f"Bearer {issuer.token(service_url, **how)}"


def header(text: str | None) -> Callable[[Issuer, str], str | None]:
    return lambda *_: text


def around(before: str = "", after: str = "") -> Callable[[Issuer, str], str]:
    return lambda issuer, service_url: before + issuer.token(service_url) + after


def instead(change: Callable[[str], str]) -> tuple[Callable[[Issuer, str], str], Callable[[str], Json]]:
    """A token whose claim and an activity whose field agree on another service URL than ours."""
    return (
        lambda issuer, service_url: f"Bearer {issuer.token(change(service_url))}",
        lambda service_url: {"serviceUrl": change(service_url)},
    )


def activity(**fields: Any) -> Callable[[str], Json]:
    return lambda _: fields


def hmac_with_public_key(issuer: Issuer, service_url: str) -> str:
    """The old trick: the public key as the secret of a symmetric signature."""
    public = key("teams").public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = issuer.token(service_url).split(".")[1]
    signed = f"{_base64(json.dumps({'alg': 'HS256', 'kid': 'teams'}).encode())}.{body}"
    return f"Bearer {signed}.{_base64(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def other_claims_under_the_same_signature(issuer: Issuer, service_url: str) -> str:
    head, _, signature = issuer.token(service_url).split(".")
    body = issuer.token(service_url, aud="x").split(".")[1]
    return f"Bearer {head}.{body}.{signature}"


def nested_header(issuer: Issuer, service_url: str) -> str:
    _, body, signature = issuer.token(service_url).split(".")
    return f"Bearer {_base64(b'[' * 3000)}.{body}.{signature}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _without_channel_data(service_url: str) -> Json:
    return {"channelData": None, "conversation": {"id": "a:1", "tenantId": TENANT}}


SKILL = {"iss": f"https://sts.windows.net/{TENANT}/", "ver": "1.0", "appid": OTHER_APP}
EMULATOR_1 = {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/", "ver": "1.0", "appid": APP_ID}
EMULATOR_2 = {
    "iss": "https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0",
    "ver": "2.0",
    "azp": APP_ID,
}

GOOD = {
    "Teams itself": Call(token(), status=200),
    "Teams with a clock four minutes ahead of ours": Call(token(nbf=timedelta(minutes=4)), status=200),
    "Teams with a token that ran out four minutes ago": Call(token(exp=timedelta(minutes=-4)), status=200),
}
STRANGERS = {
    "no header": Call(header(None)),
    "an empty header": Call(header("")),
    "a scheme without a token": Call(header("Bearer")),
    "a scheme and a space": Call(header("Bearer ")),
    "another scheme": Call(around("Basic ")),
    "a lower-case scheme": Call(around("bearer ")),
    "no scheme": Call(around()),
    "two tokens": Call(around("Bearer ", " Bearer x.y.z")),
    "a word": Call(header("Bearer garbage")),
    "three words": Call(header("Bearer a.b.c")),
    "a token of 20 kB": Call(header("Bearer " + "a" * 20_000), status=400),
    "a token with a nested header": Call(nested_header),
    "a known key id, signed by somebody else": Call(token(sign="forger")),
    "an unknown key id": Call(token(kid="forger", sign="forger")),
    "no key id": Call(token(kid=None)),
    "other claims under a good signature": Call(other_claims_under_the_same_signature),
    "no signature (alg none)": Call(token(alg="none")),
    "a symmetric signature with the public key": Call(hmac_with_public_key),
    "a good key with RS512": Call(token(alg="RS512")),
    "a token that ran out ten minutes ago": Call(token(exp=timedelta(minutes=-10))),
    "a token that begins in ten minutes": Call(token(nbf=timedelta(minutes=10))),
    "a token without an end": Call(token(exp=...)),
    "a token without a beginning": Call(token(nbf=...)),
    "a token whose end is no number": Call(token(exp="tomorrow")),
    "a token whose end is beyond all numbers": Call(token(exp=float("inf"))),
    "another issuer": Call(token(iss="https://evil.example")),
    "another issuer of Microsoft's": Call(token(iss=f"https://sts.windows.net/{TENANT}/")),
    "a list of issuers with the right one": Call(token(iss=["https://api.botframework.com"])),
    "no issuer": Call(token(iss=...)),
    "a token for another bot": Call(token(aud=OTHER_APP)),
    "a token for nobody": Call(token(aud=...)),
    "a token for several with us among them": Call(token(aud=[APP_ID, OTHER_APP])),
    "a token for another service URL": Call(token(serviceurl=EVIL)),
    "a token without a service URL": Call(token(serviceurl=...)),
    "an activity without a service URL": Call(token(), activity(serviceUrl=None)),
    "an activity from another service URL": Call(token(), activity(serviceUrl=EVIL)),
    "a service URL elsewhere, in token and activity": Call(*instead(lambda _: EVIL)),
    "another scheme of the service URL": Call(*instead(lambda url: url.replace("http:", "ftp:"))),
    "a service URL with a user": Call(*instead(lambda url: f"{url}@evil.example/")),
    "another port of the service URL": Call(*instead(lambda url: f"{url}1")),
    "Direct Line with a key of Teams": Call(token(), activity(channelId="directline")),
    "Web Chat with a key of Teams": Call(token(), activity(channelId="webchat")),
    "Direct Line with its own key": Call(
        token(kid="direct line", sign="direct line"), activity(channelId="directline")
    ),
    "Teams with a key of Direct Line": Call(token(kid="direct line", sign="direct line")),
    "an activity without a channel": Call(token(), activity(channelId=None)),
    "the emulator's channel": Call(token(), activity(channelId="emulator")),
    "a key without endorsements": Call(token(kid="unendorsed", sign="unendorsed")),
    "the emulator (token version 1)": Call(token(**EMULATOR_1)),
    "the emulator (token version 2)": Call(token(**EMULATOR_2)),
    "a skill": Call(token(**SKILL)),
    "the anonymous skill": Call(token(iss=..., appid="AnonymousSkill", aud="AnonymousSkill")),
    "Teams without a tenant": Call(token(), _without_channel_data, status=400),
    "Teams with two tenants": Call(token(), activity(channelData={"tenant": {"id": OTHER_APP}}), status=400),
    "Teams for somebody without an object id": Call(token(), activity(**{"from": {"id": "29:1"}}), status=400),
}
