"""What is sent waits in line: never faster than Teams takes it, and never dropped."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.teams import pacing
from bot.teams.pacing import CONVERSATION, Line, Pacing


def within(instants: list[float], seconds: float) -> int:
    """The most that fall into any window of so many seconds."""
    return max(sum(first <= other < first + seconds for other in instants) for first in instants)


@given(st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=300))
def test_no_window_of_a_conversation_holds_more_than_teams_takes(pauses: list[float]) -> None:
    line, now, instants = Line(CONVERSATION), 100.0, []
    for pause in pauses:
        now += pause
        instants.append(line.place(now))
        assert instants[-1] >= now
    assert all(one <= other for one, other in pairwise(instants))
    for count, seconds in CONVERSATION:
        assert within(instants, seconds - 1e-6) <= count


def test_without_the_longer_window_a_conversation_would_get_too_many() -> None:
    """The positive control."""
    line = Line(CONVERSATION[:1])
    assert within([line.place(100.0) for _ in range(200)], 30.0) > 60


def test_the_first_seven_go_at_once_and_the_eighth_a_second_later() -> None:
    line = Line(CONVERSATION)
    assert [line.place(100.0) for _ in range(8)] == [100.0] * 7 + [101.0]


async def test_a_full_line_holds_nobody_up_in_another() -> None:
    pace = Pacing(tenant=1000)
    waiting = asyncio.gather(*(pace.turn("t", "busy") for _ in range(8)))
    await pace.turn("t", "quiet")
    assert not waiting.done()
    waiting.cancel()


async def test_a_tenant_has_a_line_of_its_own() -> None:
    pace = Pacing(tenant=2)
    for conversation in ("a", "b"):
        await pace.turn("t", conversation)
    third = asyncio.create_task(pace.turn("t", "c"))
    await pace.turn("other", "d")
    assert not third.done()
    third.cancel()


async def test_no_more_lines_are_remembered_than_there_is_room_for() -> None:
    pace = Pacing(tenant=10_000_000)
    for number in range(pacing.MOST_LINES + 50):
        await pace.turn("t", str(number))
    assert len(pace._lines) == pacing.MOST_LINES
