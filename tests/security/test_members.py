"""Whom the product serves in a real tenant: members as the roster knows them; others hear why not."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import structlog

from bot.app import served
from bot.settings import Settings
from dialogs.turn import Introduction, Standing
from storage.clock import FrozenClock, SystemClock
from storage.record import Record
from tests.clients.teams import sample
from tests.people import Seen, answers, seen
from tests.security.dumps import everything
from tests.security.issuer import APP_ID, TENANT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from tests.clients.teams import FakeConnector, Json
    from tests.security.issuer import Issuer

ADA, ACCOUNT = "11111110-0000-4000-8000-000000000000", "29:user-0"
ELSEWHERE = "99999999-0000-4000-8000-000000000001"
MEMBER = {
    "id": ACCOUNT,
    "aadObjectId": ADA,
    "name": "Ada Admin",
    "email": "ada@contoso.example",
    "userPrincipalName": "ada@contoso.example",
    "tenantId": TENANT,
    "userRole": "user",
}
ONLY_MEMBERS = "License Desk is only for members of the organization that runs it"
GUESTS: dict[str, Json] = {
    "a guest by role": {"userRole": "guest"},
    "an anonymous visitor": {"userRole": "anonymous"},
    "somebody of another tenant": {"tenantId": ELSEWHERE},
    "somebody of no tenant": {"tenantId": None},
    "a guest by name": {"userPrincipalName": "ada_fabrikam.example#EXT#@contoso.example"},
    "somebody else": {"aadObjectId": ELSEWHERE},
}


@dataclass(frozen=True)
class Tenant:
    """A tenant whose Teams brings what Ada says to the whole product."""

    http: aiohttp.ClientSession
    url: str
    issuer: Issuer
    fake: FakeConnector
    clock: FrozenClock

    async def says(self, text: str, **changes: Any) -> Seen:
        """The first answer to what Ada says."""
        activity = sample("message_personal", text=text, entities=None, deliveryMode="expectReplies", **changes)
        return (await self.sends(activity))[0]

    async def sends(self, activity: Json) -> list[Seen]:
        headers = {"Authorization": f"Bearer {self.issuer.token(self.fake.url)}"}
        sent = activity | {"serviceUrl": self.fake.url}
        async with self.http.post(f"{self.url}/api/messages", json=sent, headers=headers) as response:
            assert response.status == 200
            if response.content_type != "application/json":
                return []
            return [seen(each) for each in answers(await response.json())]

    def asked(self) -> list[str]:
        """The rosters that were asked, and for whom."""
        return [call.path for call in self.fake.calls if call.method == "GET"]


@asynccontextmanager
async def serving(
    issuer: Issuer, fake: FakeConnector, database_url: str, valkey_url: str, clock: FrozenClock, **more: str
) -> AsyncIterator[Tenant]:
    environment = {
        "APP_ID": APP_ID,
        "APP_TENANT_ID": TENANT,
        "APP_PASSWORD": "a long secret",  # pragma: allowlist secret
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey_url,
        "PORT": "0",
        **more,
    }
    settings = Settings.from_environment(environment, demo=False)
    async with (
        served(settings, demo=False, clock=clock, cloud=issuer.cloud(fake.url)) as (address, _),
        aiohttp.ClientSession() as http,
    ):
        yield Tenant(http, address, issuer, fake, clock)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(SystemClock().now())


@pytest.fixture
async def tenant(
    issuer: Issuer, fake: FakeConnector, database_url: str, valkey_url: str, clock: FrozenClock
) -> AsyncIterator[Tenant]:
    fake.members[ACCOUNT] = MEMBER
    async with serving(issuer, fake, database_url, valkey_url, clock) as running:
        yield running


@pytest.fixture
async def looking(tenant: Tenant, database_url: str, clock: FrozenClock) -> AsyncIterator[Record]:
    """The record beside the running product: what is stored, and nothing else."""
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", looking=True)
    yield record
    await record.close()


async def test_a_member_whom_nobody_knew_is_let_in_and_remembered(tenant: Tenant, looking: Record) -> None:
    answer = str(await tenant.says("hi"))
    assert ONLY_MEMBERS not in answer
    person = await looking.people.find(TENANT, ADA)
    assert person is not None
    assert (person.name, person.mail, person.member) == ("Ada Admin", "ada@contoso.example", True)


async def test_a_member_who_was_renamed_is_called_by_the_new_name(tenant: Tenant, looking: Record) -> None:
    await tenant.says("hi")
    tenant.fake.members[ACCOUNT] = MEMBER | {"name": "Ada Lovelace", "email": "lovelace@contoso.example"}
    await tenant.says("hi")
    tenant.clock.advance(timedelta(minutes=16))
    await tenant.says("hi")
    person = await looking.people.find(TENANT, ADA)
    assert person is not None
    assert (person.name, person.mail) == ("Ada Lovelace", "lovelace@contoso.example")


async def test_the_roster_is_asked_once_in_a_while(tenant: Tenant) -> None:
    for _ in range(3):
        await tenant.says("hi")
    assert tenant.asked() == ["a:personal-ada/members/29:user-0"]
    tenant.clock.advance(timedelta(minutes=16))
    await tenant.says("hi")
    assert len(tenant.asked()) == 2


async def test_in_a_channel_the_teams_roster_is_asked(tenant: Tenant) -> None:
    await tenant.sends(sample("message_channel", deliveryMode="expectReplies"))
    assert tenant.asked() == ["19:team@thread.tacv2/members/29:user-0"]


@pytest.mark.parametrize("guest", GUESTS.values(), ids=GUESTS)
async def test_a_guest_gets_one_sentence_and_nothing_is_stored(
    tenant: Tenant, looking: Record, redis: Redis, guest: Json
) -> None:
    tenant.fake.members[ACCOUNT] = {field: value for field, value in (MEMBER | guest).items() if value}
    before = await everything(looking)
    with structlog.testing.capture_logs() as lines:
        answer = await tenant.says("add 5 licenses to Power BI Pro")
    assert ONLY_MEMBERS in answer.lines[0]
    assert (len(answer.lines), answer.buttons) == (1, {})
    assert [line["kind"] for line in lines if line["event"] == "outsider_refused"] == ["guest"]
    assert await everything(looking) == before
    assert await redis.keys("*") == []


@pytest.mark.parametrize(("role", "counted"), [("guest", 0), ("user", 1)])
async def test_how_fast_a_guest_writes_is_counted_in_the_process_alone(
    tenant: Tenant, redis: Redis, role: str, counted: int
) -> None:
    """The member is the positive control: her count is shared with other processes."""
    tenant.fake.members[ACCOUNT] = MEMBER | {"userRole": role}
    told = [str(await tenant.says("hi")) for _ in range(60)]
    assert any("more than I can follow" in answer for answer in told)
    assert len(await redis.keys("*:pace:*")) == counted


async def test_a_guest_is_kept_out_by_the_roster_alone(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: without a look at the entry the same guest is served."""
    tenant.fake.members[ACCOUNT] = MEMBER | {"userRole": "guest"}
    member = Introduction(Standing.MEMBER, "Ada")
    monkeypatch.setattr("bot.teams.roster._introduction", lambda *_: member)
    assert ONLY_MEMBERS not in str(await tenant.says("hi"))


async def test_a_guests_tap_is_refused_too(tenant: Tenant, looking: Record) -> None:
    tenant.fake.members[ACCOUNT] = MEMBER | {"userRole": "guest"}
    before = await everything(looking)
    tap = sample("invoke_adaptiveCard_action_personal", deliveryMode="expectReplies")
    assert ONLY_MEMBERS in str((await tenant.sends(tap))[0])
    assert await everything(looking) == before


async def test_a_member_who_becomes_a_guest_is_refused_from_then_on(tenant: Tenant) -> None:
    assert ONLY_MEMBERS not in str(await tenant.says("hi"))
    tenant.fake.members[ACCOUNT] = MEMBER | {"userRole": "guest"}
    tenant.clock.advance(timedelta(minutes=16))
    assert ONLY_MEMBERS in str(await tenant.says("hi"))


async def test_another_tenant_gets_the_same_sentence_without_any_roster_being_asked(
    tenant: Tenant, looking: Record, redis: Redis
) -> None:
    before = await everything(looking)
    foreign = {"channelData": {"tenant": {"id": ELSEWHERE}}, "conversation": {"id": "a:1", "tenantId": ELSEWHERE}}
    with structlog.testing.capture_logs() as lines:
        answer = await tenant.says("add 5 licenses", **foreign)
    assert ONLY_MEMBERS in answer.lines[0]
    assert [line["kind"] for line in lines if line["event"] == "outsider_refused"] == ["tenant"]
    assert tenant.asked() == []
    assert await everything(looking) == before
    assert await redis.keys("*") == []


async def test_a_second_tenant_is_served_when_it_is_on_the_list_and_knows_nothing_of_the_first(
    issuer: Issuer, fake: FakeConnector, database_url: str, valkey_url: str, clock: FrozenClock
) -> None:
    fake.members[ACCOUNT] = MEMBER
    listed = f"{TENANT},{ELSEWHERE}"
    async with serving(issuer, fake, database_url, valkey_url, clock, TENANTS=listed) as both:
        await both.says("hi")
        fake.members[ACCOUNT] = MEMBER | {"tenantId": ELSEWHERE, "name": "Ada Elsewhere"}
        foreign = {"channelData": {"tenant": {"id": ELSEWHERE}}, "conversation": {"id": "a:1"}}
        assert ONLY_MEMBERS not in str(await both.says("hi", **foreign))
        assert both.asked() == ["a:personal-ada/members/29:user-0", "a:1/members/29:user-0"]


@pytest.mark.parametrize("way", [500, 403, "cut"])
async def test_while_the_roster_is_away_only_those_who_are_known_are_served(tenant: Tenant, way: str | int) -> None:
    tenant.fake.modes["GET"] = [way]
    assert "I can't check at this moment" in (await tenant.says("hi")).lines[0]
    tenant.fake.modes.clear()
    assert "I can't check" not in str(await tenant.says("hi"))
    tenant.clock.advance(timedelta(minutes=16))
    tenant.fake.modes["GET"] = [way]
    assert "I can't check" not in str(await tenant.says("hi"))


async def test_whoever_installs_the_app_is_welcomed_as_a_member_or_not_at_all(tenant: Tenant) -> None:
    installed = sample("installationUpdate_personal_add", deliveryMode="expectReplies")
    account = installed["from"]["id"]
    tenant.fake.members[account] = MEMBER | {"aadObjectId": installed["from"]["aadObjectId"], "userRole": "guest"}
    assert ONLY_MEMBERS in str((await tenant.sends(installed))[0])


async def test_replies_carry_our_token_and_so_does_the_question_to_the_roster(tenant: Tenant) -> None:
    await tenant.sends(sample("message_personal", text="hi"))
    get, post = await tenant.fake.arrived(2)
    assert (get.method, post.method) == ("GET", "POST")
    assert get.headers["Authorization"] == post.headers["Authorization"]
    assert get.headers["Authorization"].startswith("Bearer ours-")
