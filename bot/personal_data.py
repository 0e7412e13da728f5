"""What an operator does with personal data: export it, erase a person, forget old words (docs/privacy.md)."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.app import conversations_of, record_of
from dialogs.desk import PRIVATE_CHAT
from storage.clock import SystemClock
from storage.conversations import ConversationsUnavailable
from storage.errors import Misconfigured
from storage.privacy import PersonUnknown, StillPurchaser

if TYPE_CHECKING:
    from bot.settings import Settings

UNKNOWN: Final = "The record knows nobody of this object id in this tenant."
STILL_BUYING: Final = "This person pays for subscriptions that are not deleted; cancel or hand over these first:"
NO_REDIS: Final = "Redis does not answer: check REDIS_URL. Repeat the command, it is safe to."


async def export(settings: Settings, tenant: str, person: str) -> int:
    """Prints everything about the person as one JSON object: 0, or 1 for nobody. Raises as `bot.app.run`."""
    clock = SystemClock()
    try:
        async with conversations_of(settings) as conversations, record_of(settings, clock, looking=True) as record:
            known = await record.privacy.export(tenant, person)
            conversation = await conversations.kept(tenant, PRIVATE_CHAT, person)
    except ConversationsUnavailable:
        raise Misconfigured(NO_REDIS) from None
    if not known:
        return _fail(UNKNOWN)
    everything = {"tenant": tenant, "person": person, "exported_at": clock.now().isoformat()}
    _say(json.dumps({**everything, "record": known, "conversation": conversation}, ensure_ascii=False, indent=2))
    return 0


async def erase(settings: Settings, tenant: str, person: str) -> int:
    """Forgets the person in the record and in Redis: 0, or 1 with what stands in the way. Raises as `bot.app.run`."""
    try:
        async with conversations_of(settings) as conversations, record_of(settings, SystemClock()) as record:
            erasure = await record.privacy.erase(tenant, person)
            await conversations.forget(tenant, PRIVATE_CHAT, person)
    except PersonUnknown:
        return _fail(UNKNOWN)
    except StillPurchaser as purchaser:
        return _fail("\n".join((STILL_BUYING, *purchaser.subscriptions)))
    except ConversationsUnavailable:
        raise Misconfigured(NO_REDIS) from None
    _say(f"Erased at {erasure.at:%Y-%m-%d %H:%M} UTC; licenses given back now: {erasure.licenses}.")
    return 0


async def forget_words(settings: Settings) -> int:
    """Forgets what was said more than WORDS_KEPT_DAYS days ago; 0. Raises as `bot.app.run`."""
    clock = SystemClock()
    async with record_of(settings, clock) as record:
        rows = await record.privacy.forget_words(clock.now() - timedelta(days=settings.words_kept_days))
    _say(f"Words older than {settings.words_kept_days} days are forgotten; rows changed: {rows}.")
    return 0


def _fail(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
