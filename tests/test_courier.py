"""Notices reach people's own chats, and whatever Teams answers, nobody is told twice on our account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.deliver import Brought, Deliveries
from bot.teams.adapter import is_loopback
from bot.teams.connector import Connector, NoToken
from bot.teams.courier import TeamsCourier
from dialogs.turn import Reply
from storage.demo import TENANT, person_id
from storage.references import Reference
from storage.views import Delivery
from tests.clients.teams import connector
from tests.test_outbox import promise, stands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.clock import FrozenClock
    from storage.record import Record
    from tests.clients.teams import FakeConnector

ANN, BEN = person_id(13), person_id(14)
HELLO = Reply("Bo gave you a license.")


@pytest.fixture
async def fake() -> AsyncIterator[FakeConnector]:
    async with connector() as listening:
        yield listening


@pytest.fixture
async def courier(contoso: Record) -> AsyncIterator[TeamsCourier]:
    client = Connector(NoToken(), seconds=0.4)
    yield TeamsCourier(client, contoso.chats, is_loopback)
    await client.close()


@pytest.fixture
def met(contoso: Record, fake: FakeConnector) -> Callable[..., Reference]:
    """Where somebody has written from."""

    def reference(person: str, conversation: str = "a:1", service_url: str = "") -> Reference:
        return Reference(TENANT, person, "msteams", conversation, service_url or fake.url, "29:ann", "28:desk")

    return reference


async def test_a_notice_goes_to_the_persons_own_chat(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(ANN))
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.SENT)
    [call] = fake.calls
    assert (call.method, call.path) == ("POST", "a:1/activities")
    assert call.body == {
        "type": "message",
        "channelId": "msteams",
        "from": {"id": "28:desk"},
        "recipient": {"id": "29:ann"},
        "conversation": {"id": "a:1", "conversationType": "personal"},
        "text": "Bo gave you a license.",
        "textFormat": "plain",
    }


ALOUD = Reply("3 licenses handed out.", into="19:sales;messageid=7")


async def test_what_a_channel_may_hear_goes_there_as_the_person_is_served(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    assert await courier.bring(TENANT, ANN, ALOUD) == Brought(Delivery.PENDING)  # nobody knows yet where
    await contoso.chats.met(met(ANN))
    assert await courier.bring(TENANT, ANN, ALOUD) == Brought(Delivery.SENT)
    [call] = fake.calls
    assert call.path == "19:sales;messageid=7/activities"
    assert (call.body["conversation"], call.body["text"]) == ({"id": "19:sales;messageid=7"}, ALOUD.text)


@pytest.mark.parametrize("status", [403, 404])
async def test_a_channel_that_cannot_be_reached_is_left_at_that(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference], status: int
) -> None:
    fake.modes["POST"] = [status]
    await contoso.chats.met(met(ANN))
    assert await courier.bring(TENANT, ANN, ALOUD) == Brought(Delivery.FAILED)
    assert (await courier.bring(TENANT, ANN, HELLO)).how in (Delivery.BLOCKED, Delivery.GONE)


async def test_a_chat_is_opened_for_whoever_has_never_written_where_a_colleague_has(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(BEN))
    for _ in range(2):
        assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.SENT)
    assert [call.path for call in fake.calls] == ["", "sent-1/activities", "sent-1/activities"]
    assert fake.calls[0].body == {
        "isGroup": False,
        "bot": {"id": "28:desk"},
        "members": [{"id": ANN}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }


async def test_where_nobody_has_ever_written_it_is_tried_later(fake: FakeConnector, courier: TeamsCourier) -> None:
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.PENDING)
    assert fake.calls == []


@pytest.mark.parametrize("way", ["cut", "hang", 500, 502])
async def test_a_chat_that_may_have_been_opened_is_never_opened_again(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference], way: str | int
) -> None:
    await contoso.chats.met(met(BEN))
    fake.modes["POST"] = [way, "ok"]
    for _ in range(3):
        assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.WAITING)
    assert [call.path for call in fake.calls] == [""]
    await contoso.chats.met(met(ANN, "a:2"))
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.SENT)
    assert fake.calls[-1].path == "a:2/activities"


async def test_a_chat_that_was_refused_may_be_opened_later(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(BEN))
    fake.modes["POST"] = [403, "ok"]
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.BLOCKED)
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.SENT)


@pytest.mark.parametrize(
    ("way", "stand"),
    [
        (403, Delivery.BLOCKED),
        (404, Delivery.GONE),
        (400, Delivery.FAILED),
        (413, Delivery.FAILED),
        (401, Delivery.PENDING),
        (412, Delivery.PENDING),
        (502, Delivery.PENDING),
        (503, Delivery.PENDING),
        (500, Delivery.UNCONFIRMED),
        ("cut", Delivery.UNCONFIRMED),
        ("hang", Delivery.UNCONFIRMED),
    ],
)
async def test_what_teams_answers_says_where_a_notice_stands(
    contoso: Record,
    fake: FakeConnector,
    courier: TeamsCourier,
    met: Callable[..., Reference],
    way: str | int,
    stand: Delivery,
) -> None:
    await contoso.chats.met(met(ANN))
    fake.modes["POST"] = [way]
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(stand)


async def test_a_pause_that_teams_asks_for_is_kept(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(ANN))
    fake.modes["POST"], fake.retry_after = [429], "40"
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.PENDING, timedelta(seconds=40))


async def test_where_nobody_listens_nothing_has_arrived(
    contoso: Record, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(ANN, service_url="http://127.0.0.1:9"))
    assert await courier.bring(TENANT, ANN, HELLO) == Brought(Delivery.PENDING)


async def test_nothing_is_sent_to_an_address_that_is_no_longer_served(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(ANN, service_url="https://elsewhere.example"))
    for person in (ANN, BEN):
        assert await courier.bring(TENANT, person, HELLO) == Brought(Delivery.PENDING)
    assert fake.calls == []


async def test_a_promise_is_told_in_words_and_kept_as_told(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(ANN))
    await promise(contoso, ANN)
    deliveries = Deliveries(contoso.outbox, courier)
    assert [await deliveries.run() for _ in range(2)] == [1, 0]
    assert len(fake.calls) == 1
    assert "a license for Planner and Project Plan 3" in fake.calls[0].body["summary"]
    assert (await stands(contoso)).status is Delivery.SENT


async def test_a_connection_that_breaks_costs_one_repetition_at_most(
    contoso: Record,
    clock: FrozenClock,
    fake: FakeConnector,
    courier: TeamsCourier,
    met: Callable[..., Reference],
) -> None:
    await contoso.chats.met(met(ANN))
    await promise(contoso, ANN)
    fake.modes["POST"] = ["cut"]
    for _ in range(5):
        await Deliveries(contoso.outbox, courier).run()
        clock.advance(timedelta(hours=2))
    assert len(fake.calls) == 2
    assert (await stands(contoso)).status is Delivery.UNCONFIRMED


async def test_a_kind_that_only_a_newer_release_knows_is_left_for_it(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier, met: Callable[..., Reference]
) -> None:
    await contoso.chats.met(met(ANN))
    await promise(contoso, ANN, kind="of_tomorrow")
    await Deliveries(contoso.outbox, courier).run()
    assert fake.calls == []
    assert (await stands(contoso)).status is Delivery.PENDING


async def test_what_was_promised_to_somebody_unknown_is_not_told(
    contoso: Record, fake: FakeConnector, courier: TeamsCourier
) -> None:
    await promise(contoso, "nobody")
    await Deliveries(contoso.outbox, courier).run()
    assert (await stands(contoso, "nobody")).status is Delivery.FAILED
