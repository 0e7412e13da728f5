"""One turn over HTTP: what each kind of activity is answered with, in the response or through the connector."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.answer import answer
from bot.teams.activities import message_of
from bot.teams.wire import activity_of
from dialogs.turn import Reply
from storage.clock import SystemClock
from tests.clients.desks import EchoDesk
from tests.clients.teams import connector, sample, teams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from dialogs.turn import Message
    from tests.clients.teams import Json, Teams


@pytest.fixture
async def client() -> AsyncIterator[Teams]:
    async with teams(EchoDesk()) as running:
        yield running


@pytest.mark.parametrize(
    "quiet",
    [
        sample("messageReaction_custom"),
        sample("mock_uninstall_application"),
        sample("conversationUpdate_channel"),
        sample("invoke_composeExtension_query"),
        sample("message_personal", type="messageUpdate"),
        sample("message_personal", type="messageDelete"),
        sample("message_personal", type="typing"),
        sample("message_personal", type="event"),
        sample("message_personal", type="event", value=[1]),
        sample("messageReaction_custom", value="words"),
        sample("invoke_composeExtension_query", value="words"),
        sample("conversationUpdate_channel", **{"from": {"id": "29:nobody"}}),
        sample("mock_uninstall_application", **{"from": {"id": "29:nobody"}}),
        sample("message_personal", type="somethingNew"),
    ],
    ids=lambda quiet: quiet["type"],
)
async def test_what_the_desk_does_not_answer_is_taken_quietly(quiet: Json) -> None:
    desk = EchoDesk()
    async with connector() as fake, teams(desk, fake.url) as client:
        assert await client.post(quiet) == (200, {})
        assert (desk.heard, fake.calls) == ([], [])


async def test_with_expect_replies_everything_shown_is_in_the_answer(client: Teams) -> None:
    shown = (await client.expect(sample("message_personal", text="card")))["activities"]
    assert [reply["type"] for reply in shown] == ["message"]
    card = shown[0]["attachments"][0]["content"]
    assert card["actions"][0]["data"] == {"op": "q1", "do": "confirm"}
    replaced, more = (await client.expect(sample("message_action_submit_personal", value={"do": "confirm"})))[
        "activities"
    ]
    tapped = sample("message_action_submit_personal")["replyToId"]
    assert (replaced["id"], replaced["replyToId"]) == (tapped, tapped)
    assert replaced["attachments"][0]["content"]["body"][0]["text"] == "Bought"
    assert more["text"] == "Anything else?"


async def test_with_expect_replies_what_is_private_says_so(client: Teams) -> None:
    private, here = (await client.expect(sample("message_channel", text="secret", entities=None)))["activities"]
    assert private["conversation"] == {"conversationType": "personal"}
    assert here["conversation"]["conversationType"] == "channel"


@pytest.mark.parametrize("mode", ["normal", "expectReplies"])
async def test_the_next_card_is_in_the_invokes_answer(client: Teams, mode: str) -> None:
    tap = sample("invoke_adaptiveCard_action_personal", value={"action": {"data": {"do": "confirm"}}})
    status, answered = await client.post(tap | {"deliveryMode": mode})
    assert status == 200
    assert (answered["statusCode"], answered["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert answered["value"]["body"][0]["text"] == "Bought"


@pytest.mark.parametrize(("do", "text"), [("other", "This card is Alice's."), ("secret", "")])
async def test_an_invoke_without_a_card_is_answered_in_words_for_the_one_who_tapped(do: str, text: str) -> None:
    tap = sample("invoke_adaptiveCard_action_channel", value={"action": {"data": {"do": do}}})
    async with connector() as fake, teams(EchoDesk(), fake.url) as client:
        _, answered = await client.post(tap)
        assert answered == {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}
        assert [call.path for call in fake.calls] == ([] if text else ["", "sent-1/activities"])


@pytest.mark.parametrize("value", [{}, {"action": "x"}, {"action": {"data": [1]}}, {"action": {"data": "x"}}])
async def test_a_tap_of_a_wrong_shape_is_refused_or_empty_and_never_a_fault(client: Teams, value: Json) -> None:
    status, _ = await client.post(sample("invoke_adaptiveCard_action_personal", value=value))
    assert status == (200 if value == {} else 400)


@pytest.mark.parametrize("first", ["conversationUpdate_personal", "installationUpdate_personal_add"])
async def test_a_newcomer_is_welcomed_once_whatever_comes_first(client: Teams, first: str) -> None:
    both = ["conversationUpdate_personal", "installationUpdate_personal_add"]
    order = sorted(both, key=lambda name: name != first)
    answers = await asyncio.gather(*(client.expect(sample(name)) for name in [*order, *order]))
    assert [reply["text"] for body in answers for reply in body["activities"]] == ["Welcome, 000"]
    removed = sample("installationUpdate_personal_add", action="remove")
    assert (await client.expect(removed))["activities"] == []
    assert len((await client.expect(sample(first)))["activities"]) == 1


@pytest.mark.parametrize("text", ["boom", "big"])
async def test_a_fault_is_answered_politely_and_has_the_logs_number(client: Teams, text: str) -> None:
    with structlog.testing.capture_logs() as lines:
        [reply] = (await client.expect(sample("message_personal", text=text)))["activities"]
    [line] = [line for line in lines if line["event"] == "turn_failed"]
    assert reply["text"] == f"Sorry, Ada Admin: {line['reference']}"
    assert re.fullmatch("[0-9a-f]{8}", line["reference"])
    assert "secret" not in str(lines)
    assert (await client.expect(sample("message_personal", text="hi")))["activities"][0]["text"] == "You said: hi"


async def test_a_desk_that_hangs_is_answered_for() -> None:
    class HangingDesk(EchoDesk):
        async def handle(self, message: Message) -> list[Reply]:
            await asyncio.Event().wait()
            return [Reply(message.text)]

    message = message_of(activity_of(sample("message_personal")), SystemClock().now(), lambda _: None)
    with structlog.testing.capture_logs() as lines:
        [reply] = await answer(HangingDesk(), message, within=0.05)
    assert reply.text.startswith("Sorry, Ada Admin: ")
    assert lines[0]["where"].startswith("answer:"), "the line of ours that waited, not the timer's"
