"""A conversation without a business: says what it is told to, so that only the edge is under test."""

from __future__ import annotations

import asyncio

from dialogs.elements import Button, Card, Heading, Line, Option
from dialogs.turn import Message, Place, Reply

ASK = Card((Heading("Sure?"), Line("20 → 25 (+5)")), (Button("Buy", (("op", "q1"), ("do", "confirm"))),))
DONE = Card((Heading("Bought"),))


class EchoDesk:
    """Does as it is told: asks, tells a secret privately, breaks, or draws too much. A tap is done in its place."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    async def handle(self, message: Message) -> list[Reply]:
        self.heard.append(message)
        if message.tap:
            return self._tapped(message)
        match message.text:
            case "card":
                return [Reply("Sure? 20 → 25", ASK)]
            case "secret":
                return [
                    Reply("$35.00", ASK, Place.PRIVATE, otherwise="I cannot write to you yet."),
                    Reply("I have written to you."),
                ]
            case "lines":
                return [Reply("one\ntwo")]
            case "boom":
                raise LookupError("a secret value")
            case "big":
                return [Reply("big", Card((Line("x" * 30_000),)))]
            case text:
                return [Reply(f"You said: {text}")]

    def _tapped(self, message: Message) -> list[Reply]:
        match message.tap and message.tap.data.get("do"):
            case "decline":
                return [Reply("Nothing was bought.", place=Place.TAPPED)]
            case "other":
                return [Reply("This card is Alice's.")]
            case "secret":
                return [Reply("$35.00", place=Place.PRIVATE, otherwise="I cannot write to you yet.")]
            case _:
                return [Reply("Bought", DONE, Place.TAPPED, language="en"), Reply("Anything else?")]

    async def welcome(self, message: Message) -> list[Reply]:
        return [Reply(f"Welcome, {message.person[-3:]}")]

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        return [Option(message.person, f"{typed} {message.name}", "Sales")]

    def apology(self, message: Message, reference: str) -> Reply:
        return Reply(f"Sorry, {message.name}: {reference}")


class HeldDesk(EchoDesk):
    """An echo that ends no turn until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self._waiting = asyncio.Semaphore(0)

    async def handle(self, message: Message) -> list[Reply]:
        self._waiting.release()
        await self.let_go.wait()
        return await super().handle(message)

    async def held(self, turns: int) -> None:
        """Returns when so many turns have come to wait."""
        async with asyncio.timeout(20):
            for _ in range(turns):
                await self._waiting.acquire()
