"""Who opens a link is proven by Entra: everything that proves nothing, or somebody else, is turned away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.web.sign_in import Begun, EntraSignIn, NotSignedIn
from storage.views import Actor
from tests.security.issuer import APP_ID, PERSON, TENANT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.security.issuer import Issuer

DESK = "https://desk.contoso.example"
ELSEWHERE = "99999999-0000-4000-8000-000000000001"


@pytest.fixture
def entra(issuer: Issuer, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> EntraSignIn:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # for the keys; MSAL has its own
    return EntraSignIn(APP_ID, "a long secret", issuer.cloud(), (TENANT,), DESK)


def answer(issuer: Issuer, begun: Begun) -> dict[str, str]:
    """What the person brings back."""
    back, brought = issuer.signs_in(begun.address)
    assert back == f"{DESK}/sign-in/back"
    return brought


async def test_whoever_signs_in_is_known_by_tenant_and_object_id(issuer: Issuer, entra: EntraSignIn) -> None:
    begun = await entra.begin()
    assert await entra.finish(begun.flow, answer(issuer, begun)) == Actor(TENANT, PERSON)


async def test_no_more_is_asked_for_than_who_it_is(issuer: Issuer, entra: EntraSignIn) -> None:
    asked = dict(parse_qsl(urlsplit((await entra.begin()).address).query))
    assert set(asked["scope"].split()) == {"openid", "profile"}
    assert asked["client_id"] == APP_ID
    assert "a long secret" not in str(asked)


PROVES_NOTHING: dict[str, dict[str, Any]] = {
    "for another app": {"aud": ELSEWHERE},
    "from another issuer": {"iss": f"https://login.example/{TENANT}/v2.0"},
    "from another tenant's issuer": {"tid": ELSEWHERE},
    "of another tenant": {"tid": ELSEWHERE, "iss": "{login}/" + ELSEWHERE + "/v2.0"},
    "run out": {"exp": timedelta(minutes=-5)},
    "without an end": {"exp": ...},
    "of nobody": {"oid": ...},
    "of no tenant": {"tid": ...},
    "an answer to another question": {"nonce": "another"},
    "an answer to no question": {"nonce": ...},
}


@pytest.mark.parametrize("claims", PROVES_NOTHING.values(), ids=PROVES_NOTHING)
async def test_a_token_that_proves_something_else_signs_nobody_in(
    issuer: Issuer, entra: EntraSignIn, claims: dict[str, Any]
) -> None:
    filled = {name: each.format(login=issuer.login) if isinstance(each, str) else each for name, each in claims.items()}
    issuer.id_claims = filled
    begun = await entra.begin()
    with pytest.raises(NotSignedIn):
        await entra.finish(begun.flow, answer(issuer, begun))
    issuer.id_claims = {}
    begun = await entra.begin()
    assert await entra.finish(begun.flow, answer(issuer, begun)) == Actor(TENANT, PERSON)


async def test_a_token_that_somebody_else_signed_signs_nobody_in(issuer: Issuer, entra: EntraSignIn) -> None:
    issuer.id_signer = "stranger"
    begun = await entra.begin()
    with pytest.raises(NotSignedIn):
        await entra.finish(begun.flow, answer(issuer, begun))


async def test_an_answer_serves_once_and_only_whoever_asked(issuer: Issuer, entra: EntraSignIn) -> None:
    mine, theirs = await entra.begin(), await entra.begin()
    brought = answer(issuer, mine)
    with pytest.raises(NotSignedIn):
        await entra.finish(theirs.flow, brought)
    with pytest.raises(NotSignedIn):
        await entra.finish({**theirs.flow, "state": brought["state"]}, brought)  # the code is not theirs (PKCE)
    brought = answer(issuer, mine)
    assert await entra.finish(mine.flow, brought) == Actor(TENANT, PERSON)
    with pytest.raises(NotSignedIn):
        await entra.finish(mine.flow, brought)


async def test_whoever_says_no_there_is_not_signed_in(entra: EntraSignIn) -> None:
    begun = await entra.begin()
    with pytest.raises(NotSignedIn):
        await entra.finish(begun.flow, {"error": "access_denied", "state": begun.flow["state"]})


async def test_without_entra_nobody_is_signed_in_and_afterwards_somebody_is(issuer: Issuer, entra: EntraSignIn) -> None:
    issuer.ways[""] = 500
    with pytest.raises(NotSignedIn):
        await entra.begin()
    issuer.ways.clear()
    begun = await entra.begin()
    assert await entra.finish(begun.flow, answer(issuer, begun)) == Actor(TENANT, PERSON)


async def test_people_of_several_tenants_sign_in_where_any_organization_does(issuer: Issuer) -> None:
    entra = EntraSignIn(APP_ID, "a long secret", issuer.cloud(), (TENANT, ELSEWHERE), DESK)
    await entra.begin()
    assert any(path.startswith("/organizations/") for path in issuer.asked)
