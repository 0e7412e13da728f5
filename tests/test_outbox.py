"""A promise is kept once by any number of workers, and a worker that dies lets it be told at most once more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from storage import outbox
from storage.demo import TENANT, person_id
from storage.models import Operation, OutboxMessage, Person
from storage.outbox import FIRST_PAUSE, FULFIL, LEASE, LONGEST_PAUSE, MICROSOFT, SECOND_THOUGHTS, TRIES
from storage.references import Reference
from storage.transaction import Transaction
from storage.views import Actor, Delivery
from tests.small_company import Company

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.outbox import Message
    from storage.record import Record

ALICE = Actor(TENANT, person_id(1))
ANN, BEN = person_id(13), person_id(14)
PROJECT = "55555555-0000-4000-8000-000000000003"


async def promise(record: Record, *people: str, kind: str = "license_given") -> None:
    """Promises each of these people a message, as a change of Alice's does."""

    async def change(session: AsyncSession) -> None:
        tx = await Transaction.of(session, ALICE, record.clock.now())
        operation = next(iter(await Company(record).rows(Operation)))
        for person in people:
            outbox.post(tx, operation, kind, person, {"subscription": PROJECT})

    await record.database.write(change)


async def stands(record: Record, recipient: str = ANN) -> OutboxMessage:
    [row] = [row for row in await Company(record).rows(OutboxMessage) if row.recipient == recipient]
    assert isinstance(row, OutboxMessage)
    return row


async def taken(record: Record) -> Message:
    """The one message that is due, about to be sent."""
    [message] = await record.outbox.lease(10)
    assert await record.outbox.trying(message)
    return message


def chat(person: str = ANN, **changes: Any) -> Reference:
    told = {"conversation": "a:1", "service_url": "https://smba.example/", "account": "29:1", "bot_account": "28:1"}
    return Reference(tenant=TENANT, person_id=person, channel="msteams", **{**told, **changes})


async def test_what_is_promised_is_taken_once_however_many_ask_at_once(contoso: Record) -> None:
    await promise(contoso, *map(person_id, range(10, 40)))
    shares = await asyncio.gather(*(contoso.outbox.lease(10) for _ in range(6)))
    ids = [message.id for share in shares for message in share]
    assert len(ids) == len(set(ids)) == 30


async def test_without_a_lease_everybody_would_take_the_same(contoso: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    await promise(contoso, ANN)
    monkeypatch.setattr(outbox, "LEASE", timedelta(0))
    assert len(await contoso.outbox.lease(10) + await contoso.outbox.lease(10)) == 2


async def test_what_has_arrived_is_told_no_second_time(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    await contoso.outbox.settle(await taken(contoso), Delivery.SENT)
    clock.advance(timedelta(days=2))
    assert await contoso.outbox.lease(10) == []
    assert (await stands(contoso)).status is Delivery.SENT


async def test_a_worker_that_dies_while_it_sends_leaves_one_repetition_and_no_more(
    contoso: Record, clock: FrozenClock
) -> None:
    await promise(contoso, ANN)
    for _ in range(2):
        await taken(contoso)  # and then the power fails
        assert await contoso.outbox.lease(10) == []
        clock.advance(LEASE)
    assert await contoso.outbox.lease(10) == []
    assert (await stands(contoso)).status is Delivery.UNCONFIRMED


async def test_a_worker_that_dies_before_it_sends_costs_nothing(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    for _ in range(5):
        assert len(await contoso.outbox.lease(10)) == 1
        clock.advance(LEASE)
    await contoso.outbox.settle(await taken(contoso), Delivery.SENT)
    assert (await stands(contoso)).status is Delivery.SENT


async def test_what_no_worker_can_ever_say_anything_about_is_given_up(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    for _ in range(TRIES):
        assert len(await contoso.outbox.lease(10)) == 1  # and then its words cannot be found
        clock.advance(LEASE)
    assert await contoso.outbox.lease(10) == []
    assert (await stands(contoso)).status is Delivery.FAILED


async def test_a_worker_that_was_too_slow_sends_nothing(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    [slow] = await contoso.outbox.lease(10)
    clock.advance(LEASE)
    quick = await taken(contoso)
    assert not await contoso.outbox.trying(slow)
    await contoso.outbox.settle(slow, Delivery.BLOCKED)
    await contoso.outbox.settle(quick, Delivery.SENT)
    assert (await stands(contoso)).status is Delivery.SENT


async def test_what_has_not_arrived_is_tried_again_later_and_later_for_days(
    contoso: Record, clock: FrozenClock
) -> None:
    await promise(contoso, ANN)
    pauses = []
    for _ in range(TRIES):
        await contoso.outbox.settle(await taken(contoso), Delivery.PENDING)
        row = await stands(contoso)
        if row.next_try_at:
            pauses.append(row.next_try_at - clock.now())
            clock.advance(pauses[-1])
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(days=2) < sum(pauses, timedelta()) < timedelta(days=4)
    assert (await stands(contoso)).status is Delivery.FAILED


async def test_a_pause_that_teams_asked_for_is_kept(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    await contoso.outbox.settle(await taken(contoso), Delivery.PENDING, after=timedelta(seconds=42))
    assert (await stands(contoso)).next_try_at == clock.now() + timedelta(seconds=42)


async def test_what_may_have_arrived_is_sent_once_more(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    await contoso.outbox.settle(await taken(contoso), Delivery.UNCONFIRMED)
    assert await contoso.outbox.lease(10) == []
    clock.advance(SECOND_THOUGHTS)
    await contoso.outbox.settle(await taken(contoso), Delivery.UNCONFIRMED)
    assert (await stands(contoso)).status is Delivery.UNCONFIRMED


@pytest.mark.parametrize("how", [Delivery.BLOCKED, Delivery.GONE])
async def test_who_could_not_be_reached_is_told_after_writing_again(
    contoso: Record, clock: FrozenClock, how: Delivery
) -> None:
    await contoso.chats.met(chat())
    await promise(contoso, ANN, BEN)
    for message in await contoso.outbox.lease(10):
        await contoso.outbox.trying(message)
        await contoso.outbox.settle(message, how)
    clock.advance(timedelta(days=1))
    await contoso.chats.met(chat())
    assert (await taken(contoso)).recipient == ANN
    assert (await stands(contoso, BEN)).status is how


async def test_old_news_is_told_to_nobody_who_comes_back(contoso: Record, clock: FrozenClock) -> None:
    await promise(contoso, ANN)
    await contoso.outbox.settle(await taken(contoso), Delivery.BLOCKED)
    clock.advance(outbox.STALE)
    await contoso.chats.met(chat())
    assert await contoso.outbox.lease(10) == []


async def test_fulfilment_waits_for_a_connection_and_is_counted(contoso: Record, clock: FrozenClock) -> None:
    quote = await contoso.licenses.quote(ALICE, PROJECT, by=1)
    await contoso.operations.commit(ALICE, quote.id)
    clock.advance(timedelta(days=9))
    assert await contoso.outbox.lease(10) == []
    assert await contoso.outbox.counted() == {Delivery.WAITING: 1}
    waiting = [row for row in await Company(contoso).rows(OutboxMessage) if row.status is Delivery.WAITING]
    assert [(row.kind, row.recipient) for row in waiting] == [(FULFIL, MICROSOFT)]


async def test_a_change_rings_the_bell_and_a_look_at_the_price_does_not(contoso: Record) -> None:
    bell = contoso.database.bell.next()
    quote = await contoso.licenses.quote(ALICE, PROJECT, by=1)
    assert not bell.is_set()
    await contoso.operations.commit(ALICE, quote.id)
    assert bell.is_set()


async def test_a_message_that_waits_for_a_chat_is_told_when_the_chat_is_there(contoso: Record) -> None:
    await promise(contoso, ANN)
    assert await contoso.chats.begin(chat(conversation=None))
    await contoso.outbox.settle(await taken(contoso), Delivery.WAITING)
    assert (await stands(contoso)).status is Delivery.WAITING
    await contoso.chats.opened(chat(conversation=None), "a:2")
    assert (await taken(contoso)).recipient == ANN


async def test_a_message_whose_chat_has_just_been_opened_does_not_wait_for_ever(contoso: Record) -> None:
    await promise(contoso, ANN)
    message = await taken(contoso)
    await contoso.chats.met(chat())
    await contoso.outbox.settle(message, Delivery.WAITING)
    assert (await taken(contoso)).recipient == ANN


async def test_a_chat_is_begun_by_one_and_may_be_begun_again_only_after_a_clear_no(contoso: Record) -> None:
    opening = chat(conversation=None)
    begun = await asyncio.gather(*(contoso.chats.begin(opening) for _ in range(4)))
    assert sorted(begun) == [False, False, False, True]
    await contoso.chats.refused(opening)
    assert await contoso.chats.begin(opening)


async def test_a_chat_that_is_open_is_not_forgotten_by_a_refusal(contoso: Record) -> None:
    await contoso.chats.met(chat())
    await contoso.chats.refused(chat(conversation=None))
    assert await contoso.chats.find(TENANT, ANN, "msteams") == chat()


async def test_a_chat_is_written_down_only_when_it_has_changed(contoso: Record, clock: FrozenClock) -> None:
    written = contoso.clock.now()
    for minutes, locale in ((0, "en-US"), (1, "en-US"), (2, "zh-CN")):
        clock.advance(timedelta(minutes=minutes))
        await contoso.chats.met(chat(locale=locale))
        row = await Company(contoso).row(outbox.Chat, TENANT, ANN, "msteams")
        written = {0: written, 1: written, 2: clock.now()}[minutes]
        assert (row.met_at, row.locale) == (written, locale)


async def test_nothing_is_kept_of_people_who_are_no_members(contoso: Record) -> None:
    guest = person_id(6)
    for stranger in (guest, "nobody"):
        await contoso.chats.met(chat(stranger))
        assert await contoso.chats.find(TENANT, stranger, "msteams") is None


async def test_who_is_forgotten_leaves_no_chat_and_is_told_nothing_more(contoso: Record) -> None:
    await contoso.chats.met(chat())
    await promise(contoso, ANN)
    await contoso.privacy.erase(TENANT, ANN)
    await contoso.chats.met(chat())
    assert await contoso.chats.find(TENANT, ANN, "msteams") is None
    assert await contoso.outbox.lease(10) == []
    await contoso.people.seen(TENANT, ANN, name="Ann", member=True)
    await contoso.chats.met(chat())
    assert await contoso.outbox.lease(10) == []


async def test_the_news_names_people_and_products_as_they_are_now(contoso: Record) -> None:
    await contoso.chats.met(chat(locale="zh-CN"))
    await promise(contoso, ANN)
    operation = next(iter(await Company(contoso).rows(Operation)))

    async def renamed(session: AsyncSession) -> None:
        theirs = (Person.tenant == TENANT, Person.id == operation.person_id)
        await session.execute(update(Person).where(*theirs).values(name="Renamed"))

    await contoso.database.write(renamed)
    news = await contoso.outbox.news(await taken(contoso))
    assert news is not None
    assert (news.by, news.product, news.locale) == ("Renamed", "Planner and Project Plan 3", "zh-CN")
    assert news.person.id == ANN
