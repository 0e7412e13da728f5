"""What real clients send, and what the conversation gets to read of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.teams.activities import message_of
from bot.teams.roster import demo_directory
from bot.teams.wire import ActivityError, activity_of
from dialogs.turn import Message, Scope, Tap
from tests.clients.teams import sample

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOT = "28:33333333-0000-4000-8000-000000000001"
TENANT = "22222222-0000-4000-8000-000000000001"


def read(activity: dict[str, Any]) -> Message:
    return message_of(activity_of(activity), NOON, demo_directory)


def said(text: str, mentions: Sequence[tuple[str, str]] = ()) -> Message:
    """`mentions` are (account, entity text)."""
    entities = [
        {"type": "mention", "mentioned": {"id": account, "name": "whoever"}, "text": tag} for account, tag in mentions
    ]
    return read(sample("message_channel", text=text, entities=entities))


def test_a_personal_message_is_read_whole() -> None:
    assert read(sample("message_personal")) == Message(
        id="df018bde-8d5f-4914-8431-6a45a3480132",
        channel="msteams",
        tenant=TENANT,
        person="11111110-0000-4000-8000-000000000000",
        name="Ada Admin",
        conversation="a:personal-ada",
        scope=Scope.PERSONAL,
        text="hello there",
        at=NOON,
        locale="en-US",
    )


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("message_channel", Scope.CHANNEL),
        ("message_channel_reply_in_thread", Scope.CHANNEL),
        ("message_group", Scope.GROUP),
    ],
)
def test_in_public_the_mention_of_the_bot_is_cut_out(name: str, scope: Scope) -> None:
    message = read(sample(name))
    assert message.scope is scope
    assert message.text in ("hello there", "reply")
    assert message.mentions == ()


def test_a_conversation_of_an_unknown_kind_counts_as_public() -> None:
    conversation = {"id": "x", "conversationType": "meeting"}
    assert read(sample("message_personal", conversation=conversation)).scope is Scope.GROUP


@pytest.mark.parametrize(
    ("text", "mentions", "expected", "names"),
    [
        ("<at>Desk</at> add 5", [(BOT, "<at>Desk</at>")], "add 5", []),
        ("hey <at>Desk</at>, add 5", [(BOT, "<at>Desk</at>")], "hey , add 5", []),
        ("add 5 <at>Desk</at>", [(BOT, "<at>Desk</at>")], "add 5", []),
        ("<at>Desk</at>&nbsp;add\u200b 5&nbsp;", [(BOT, "<at>Desk</at>")], "add 5", []),
        (
            "<at>Desk</at> give <at>Ann Lee</at> Visio",
            [(BOT, "<at>Desk</at>"), ("29:contoso-5", "<at>Ann Lee</at>")],
            "give Ann Lee Visio",
            [("29:contoso-5", "Ann Lee")],
        ),
        (  # a person who is named like the bot is not cut out
            "<at>Desk</at> give <at>Desk</at> Visio",
            [(BOT, "<at>Desk</at>"), ("29:contoso-7", "<at>Desk</at>")],
            "give Desk Visio",
            [("29:contoso-7", "Desk")],
        ),
        (  # the same text twice: the order of the entities is the order in the text
            "<at>Ann</at> to <at>Ann</at>",
            [("29:contoso-5", "<at>Ann</at>"), ("29:contoso-7", "<at>Ann</at>")],
            "Ann to Ann",
            [("29:contoso-5", "Ann"), ("29:contoso-7", "Ann")],
        ),
        (  # entities in another order than the text
            "give <at>Ann</at> and <at>Bob</at> Visio",
            [("29:contoso-2", "<at>Bob</at>"), ("29:contoso-5", "<at>Ann</at>")],
            "give Ann and Bob Visio",
            [("29:contoso-5", "Ann"), ("29:contoso-2", "Bob")],
        ),
        (  # the bot mentioned twice, and in Chinese without spaces
            "<at>Desk</at>给<at>李华</at>加5个<at>Desk</at>",
            [(BOT, "<at>Desk</at>"), ("29:contoso-3", "<at>李华</at>"), (BOT, "<at>Desk</at>")],
            "给李华加5个",
            [("29:contoso-3", "李华")],
        ),
        (  # tags that somebody typed mention nobody
            "&lt;at&gt;Ann&lt;/at&gt; and <at>Bob</at>",
            [],
            "<at>Ann</at> and <at>Bob</at>",
            [],
        ),
        ("nobody here", [("29:contoso-5", "<at>Ann</at>"), ("29:contoso-5", "")], "nobody here", []),
        (
            '<at id="0">R&amp;D</at> 5',
            [("29:contoso-9", '<at id="0">R&amp;D</at>')],
            "R&D 5",
            [("29:contoso-9", "R&D")],
        ),
    ],
)
def test_a_mention_is_where_its_entity_says(
    text: str, mentions: list[tuple[str, str]], expected: str, names: list[tuple[str, str]]
) -> None:
    message = said(text, mentions)
    assert message.text == expected
    assert [(mention.account, mention.name) for mention in message.mentions] == names
    assert [message.text[mention.start : mention.end] for mention in message.mentions] == [name for _, name in names]


def test_a_mentioned_person_has_the_object_id_that_the_roster_knows() -> None:
    message = said("<at>Chen</at> <at>New</at>", [("29:contoso-12", "<at>Chen</at>"), ("29:someone", "<at>New</at>")])
    assert [mention.person for mention in message.mentions] == ["11111111-0000-4000-8000-000000000012", None]


def test_invisible_signs_and_control_characters_do_not_reach_the_conversation() -> None:
    assert said("a\u200bdd\u202e 5\x00\t li\u2060censes\nplease").text == "add 5 licenses\nplease"


def test_a_cards_inputs_come_within_the_buttons_data() -> None:
    tap = read(sample("invoke_adaptiveCard_action_with_inputs")).tap
    assert tap is not None
    assert tap.data["k"] == 1
    assert tap.data["points"] == "7"


def test_a_submit_is_a_tap_with_its_data() -> None:
    message = read(sample("message_action_submit_channel"))
    assert message.tap == Tap({"kind": "submit"})
    assert message.text == ""


def test_words_that_come_with_a_value_are_what_the_person_said() -> None:
    message = read(sample("message_personal", text="add 5", value={"op": "x"}))
    assert (message.text, message.tap) == ("add 5", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channelData": {}}, "channelData.tenant.id"),
        ({"channelData": {"tenant": {"id": ""}}}, "channelData.tenant.id"),
        ({"from": {"id": "29:x", "name": "Ada"}}, "from.aadObjectId"),
    ],
)
def test_without_tenant_or_person_there_is_no_message(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ActivityError, match=field):
        read(sample("message_personal", **changes))


def test_two_different_tenants_in_one_activity_are_refused() -> None:
    with pytest.raises(ActivityError, match="another tenant"):
        read(sample("message_personal", channelData={"tenant": {"id": "33333333-0000-4000-8000-000000000001"}}))
