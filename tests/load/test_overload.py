"""More is asked than can be answered: some are told so in words, nobody is left without an answer, and it passes."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import TYPE_CHECKING

from bot.load import Load
from storage.clock import monotonic
from tests.clients.desks import EchoDesk, HeldDesk
from tests.clients.teams import sample, teams
from tests.load.crowd import BUSY

if TYPE_CHECKING:
    from dialogs.turn import Message, Reply
    from tests.clients.teams import Teams

TURNS = 8
TURN = 0.1  # seconds
CAPACITY = TURNS / TURN  # turns a second
SECONDS = 30 if os.environ.get("SOAK") else 3
RECOVERY = 5  # seconds
ANSWER = "You said: hello there"


class BusyDesk(EchoDesk):
    """Needs a while for each turn, and remembers how many there were at once."""

    def __init__(self) -> None:
        super().__init__()
        self._now = self.most = 0

    async def handle(self, message: Message) -> list[Reply]:
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(TURN)
            return await super().handle(message)
        finally:
            self._now -= 1


def load(turns: int = TURNS) -> Load:
    return Load(turns=turns, queue=2 * turns, patience=2 * TURN)


async def said(client: Teams) -> str:
    [reply] = (await client.expect(sample("message_personal")))["activities"]
    return str(reply["text"])


async def open_loop(client: Teams, rate: float) -> Counter[str]:
    """What was answered to `rate` people a second, who do not wait for each other, over `SECONDS`."""
    began, asking = monotonic(), []
    for number in range(int(rate * SECONDS)):
        await asyncio.sleep(max(0, began + number / rate - monotonic()))
        asking.append(asyncio.create_task(said(client)))
    return Counter(await asyncio.gather(*asking))


async def test_at_twice_the_capacity_the_rest_is_told_so_and_soon_after_nobody_is() -> None:
    desk = BusyDesk()
    async with teams(desk, load=load()) as client:
        answers = await open_loop(client, 2 * CAPACITY)
        assert answers.keys() == {ANSWER, BUSY}
        assert answers.total() == int(2 * CAPACITY * SECONDS)
        assert len(desk.heard) == answers[ANSWER]  # who was told to come again had nothing done
        assert desk.most == TURNS
        async with asyncio.timeout(RECOVERY):
            while await said(client) == BUSY:
                pass


async def test_without_a_bound_everybody_is_let_in_at_once() -> None:
    """The positive control."""
    desk = BusyDesk()
    async with teams(desk, load=load(turns=10_000)) as client:
        answers = await open_loop(client, 2 * CAPACITY)
    assert answers.keys() == {ANSWER}
    assert desk.most > TURNS


async def test_a_queue_that_is_full_lets_nobody_wait() -> None:
    """Patience does not end in this test, so whoever is told so is told at once."""
    desk = HeldDesk()
    async with teams(desk, load=Load(turns=2, queue=3, patience=3_600)) as client:
        asking = {asyncio.create_task(said(client)) for _ in range(9)}
        told: set[asyncio.Task[str]] = set()
        while len(told) < 4:
            told |= (await asyncio.wait(asking - told, timeout=20, return_when=asyncio.FIRST_COMPLETED))[0]
        assert [await task for task in told] == [BUSY] * 4
        desk.let_go.set()
        assert [await task for task in asking - told] == [ANSWER] * 5


async def test_a_turn_that_was_given_up_while_it_waited_leaves_its_room_to_others() -> None:
    desk, room = HeldDesk(), Load(turns=1, patience=3_600)
    async with teams(desk, load=room) as client:
        first = asyncio.create_task(said(client))
        waiting = asyncio.create_task(said(client))
        async with asyncio.timeout(5):
            while not room._waiting:  # noqa: ASYNC110 - there is nothing to be told by
                await asyncio.sleep(0.005)
        waiting.cancel()
        desk.let_go.set()
        assert [await first, await said(client)] == [ANSWER, ANSWER]
