"""A card number that somebody types is in no store, no line and no answer, wherever it was typed."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from dialogs import desk
from storage.demo import BOT_ID
from storage.models import Chat
from storage.verify import verify
from tests.databases import PATIENCE
from tests.security.dumps import everything, memory

if TYPE_CHECKING:
    import pytest
    from redis.asyncio import Redis
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record
    from tests.people import Person

CARD = "5105105105105100"  # a test number of the schemes, and none of its parts stands in our ids
PARTS = [CARD[start : start + 6] for start in range(len(CARD) - 5)]
GROUPS = ["5105", "1051", "0510", "5100"]
WRITTEN = {
    "plain": CARD,
    "grouped": " ".join(GROUPS),
    "dots": ".".join(GROUPS),
    "dashes": "–".join(GROUPS),
    "lines": "\n".join(GROUPS),
    "commas": ", ".join(GROUPS),
    "wide": "".join(chr(ord(digit) + 0xFEE0) for digit in CARD),
    "arabic": "".join(chr(0x660 + int(digit)) for digit in CARD),
    "in words": f"pay with {CARD} please",
    "beside a request": f"add 5 licenses to Power BI Pro, my card is {' '.join(GROUPS)} 12/28",
    "beside a request in chinese": f"把Power BI Pro加5个许可证，卡号{CARD}",
}


def digits_of(text: str) -> str:
    """The digits in any script, as one would read them, nothing between them but what is no separator."""
    plain = (str(unicodedata.digit(char, char)) for char in text)
    return "".join(char for char in plain if char not in " .,-–/_\n\t")


def found(*kept: str) -> list[str]:
    """The parts of six digits or more that stand in any of it."""
    return [part for part in PARTS if any(part in digits_of(text) for text in kept)]


async def type_it_everywhere(alice: Person, card: str) -> str:
    """What was answered to the card typed into every place that a client has."""
    await alice.says("add 5 licenses")
    await alice.says(card)
    answered = [*alice.latest]
    mention = {"type": "mention", "mentioned": {"id": "29:contoso-5", "name": card}, "text": f"<at>{card}</at>"}
    named = {"id": "29:contoso-1", "name": card, "aadObjectId": alice.activity({})["from"]["aadObjectId"]}
    half = len(card) // 2
    taps: list[dict[str, Any]] = [
        {"say": card},
        {"op": card, "do": "confirm"},
        {"ask": card, "pick": card},
        {**alice.button("Visio Plan 2"), "pick": card},
        {**alice.button("Visio Plan 2"), "pick": card[:half], "more": card[half:]},
        {**alice.button("Visio Plan 2"), "note": {"inside": [card]}},
    ]
    for data in taps:
        await alice.sends_tap(data)
        answered += alice.latest
    for more in (
        {"text": f"add 5 licenses to Power BI Pro <at>{card}</at>", "entities": [mention]},
        {"text": "add 5 licenses to Power BI Pro", "from": named},
        {"text": "add 5 licenses to Visio Plan 2", "attachments": [{"contentType": "text/plain", "name": card}]},
        {"text": "", "value": {"pick": card, "ask": "x"}},
        {"text": "hi", "locale": card[:30].replace("\n", " "), "recipient": {"id": BOT_ID, "name": card}},
    ):
        await alice._send({"type": "message", **more})
        answered += alice.latest
    return "\n".join(map(str, answered))


async def test_a_card_number_is_nowhere_afterwards(
    alice: Person, looking: Record, redis: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = {}
    for how, card in WRITTEN.items():
        answered = await type_it_everywhere(alice, card)
        printed = capfd.readouterr()
        kept[how] = found(answered, await everything(looking), await memory(redis), printed.out, printed.err)
    assert not any(kept.values()), kept
    assert [each for each in await verify(looking) if each.invariant == "I12"] == []


async def test_one_in_place_of_a_language_is_not_kept_with_the_chat(alice: Person, looking: Record) -> None:
    async def question(session: AsyncSession) -> Row[Any] | None:
        return (await session.execute(select(Chat.account, Chat.locale))).first()

    await alice._send({"type": "message", "text": "hi", "locale": "-".join(GROUPS)})
    kept = None
    async with asyncio.timeout(PATIENCE):
        while kept is None:  # it comes a moment after the answer
            await asyncio.sleep(0.01)
            kept = await looking.database.read(question)
    assert (kept.account, kept.locale) == ("29:contoso-1", None)


async def test_whoever_types_one_is_told_to_delete_it(alice: Person) -> None:
    await alice.says(WRITTEN["grouped"])
    alice.sees("card number")


async def test_without_the_search_for_them_card_numbers_are_kept_and_found(
    alice: Person, looking: Record, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control."""
    monkeypatch.setattr(desk, "has_card_number", lambda _: False)
    await alice.says(f"add 5 licenses to Power BI Pro {CARD}")
    assert found(await memory(redis)), "it is asked what is meant, and the words wait"
    await alice.taps("add licenses")
    await alice.says("5")
    assert found(await everything(looking))
    assert "I12" in {each.invariant for each in await verify(looking)}
