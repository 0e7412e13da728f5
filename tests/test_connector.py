"""How replies reach Teams, and what happens when Teams does not take them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from bot.teams.connector import Connector, ConnectorError, NoToken
from tests.clients.desks import EchoDesk
from tests.clients.teams import connector, sample, teams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.teams import FakeConnector, Json

CHANNEL = "19:team@thread.tacv2;messageid=1795362314896"


@pytest.fixture
async def fake() -> AsyncIterator[FakeConnector]:
    async with connector() as listening:
        yield listening


async def calls_after(fake: FakeConnector, activity: Json, count: int) -> list[tuple[str, str, Json]]:
    async with teams(EchoDesk(), fake.url) as client:
        status, _ = await client.post(activity)
        assert status == 200
        await fake.arrived(count)
    return [(call.method, call.path, call.body) for call in fake.calls]


def said(text: str, name: str = "message_personal", **changes: Any) -> Json:
    return sample(name, text=text, **({"entities": None} | changes))


async def test_a_reply_goes_to_the_conversation_and_answers_the_message(fake: FakeConnector) -> None:
    [(method, path, body)] = await calls_after(fake, said("hello"), 1)
    assert (method, path) == ("POST", "a:personal-ada/activities")
    assert body == {
        "type": "message",
        "channelId": "msteams",
        "from": {"id": "28:33333333-0000-4000-8000-000000000001", "name": "Scrum Bot"},
        "recipient": {
            "id": "29:user-0",
            "name": "Ada Admin",
            "aadObjectId": "11111110-0000-4000-8000-000000000000",
        },
        "conversation": {"id": "a:personal-ada", "conversationType": "personal"},
        "replyToId": "df018bde-8d5f-4914-8431-6a45a3480132",
        "text": "You said: hello",
        "textFormat": "plain",
    }


async def test_a_card_is_announced_by_its_summary_and_has_no_text_beside_it(fake: FakeConnector) -> None:
    [(_, _, body)] = await calls_after(fake, said("card"), 1)
    assert body["summary"] == body["attachments"][0]["content"]["fallbackText"] == "Sure? 20 → 25"
    assert body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert "text" not in body


async def test_a_line_break_is_one_that_teams_draws(fake: FakeConnector) -> None:
    [(_, _, body)] = await calls_after(fake, said("lines"), 1)
    assert body["text"] == "one\n\ntwo"


async def test_the_thread_of_a_channel_is_kept(fake: FakeConnector) -> None:
    [(_, path, _)] = await calls_after(fake, said("hello", "message_channel"), 1)
    assert path == f"{CHANNEL}/activities"


@pytest.mark.parametrize(
    "tap",
    [
        sample("message_action_submit_channel", value={"do": "confirm"}),
        sample("invoke_adaptiveCard_action_channel", value={"action": {"data": {"do": "confirm"}}}),
    ],
)
async def test_the_answer_to_a_tap_takes_the_tapped_cards_place(fake: FakeConnector, tap: Json) -> None:
    put, post = await calls_after(fake, tap, 2)
    assert put[:2] == ("PUT", f"{tap['conversation']['id']}/activities/{tap['replyToId']}")
    assert put[2]["attachments"][0]["content"]["body"][0]["text"] == "Bought"
    assert post[2]["text"] == "Anything else?"


async def test_a_text_in_a_cards_place_is_a_card_of_one_line(fake: FakeConnector) -> None:
    tap = sample("message_action_submit_personal", value={"do": "decline"})
    [(method, _, body)] = await calls_after(fake, tap, 1)
    assert method == "PUT"
    assert [element["text"] for element in body["attachments"][0]["content"]["body"]] == ["Nothing was bought."]


async def test_a_card_that_cannot_be_replaced_is_followed_by_its_answer(fake: FakeConnector) -> None:
    fake.modes["PUT"] = [404]
    tap = sample("message_action_submit_personal", value={"do": "decline"})
    put, post = await calls_after(fake, tap, 2)
    assert (put[0], post[0]) == ("PUT", "POST")
    assert post[2]["summary"] == "Nothing was bought."


async def test_a_quoted_message_is_not_mistaken_for_a_tapped_card(fake: FakeConnector) -> None:
    [(method, _, _)] = await calls_after(fake, said("hello", replyToId="1795362281223"), 1)
    assert method == "POST"


async def test_what_is_private_is_told_in_a_chat_of_its_own(fake: FakeConnector) -> None:
    opened, told, here = await calls_after(fake, said("secret", "message_channel"), 3)
    assert opened[:2] == ("POST", "")
    assert opened[2] == {
        "isGroup": False,
        "bot": {"id": "28:33333333-0000-4000-8000-000000000001", "name": "Scrum Bot"},
        "members": [{"id": "29:user-0", "aadObjectId": "11111110-0000-4000-8000-000000000000"}],
        "tenantId": "22222222-0000-4000-8000-000000000001",
        "channelData": {"tenant": {"id": "22222222-0000-4000-8000-000000000001"}},
    }
    assert told[1] == "sent-1/activities"
    assert told[2]["summary"] == "$35.00"
    assert told[2]["conversation"] == {"id": "sent-1", "conversationType": "personal"}
    assert here[1] == f"{CHANNEL}/activities"
    assert "35.00" not in str(here[2])


@pytest.mark.parametrize("ways", [[403], ["cut"], ["hang", "ok"], ["ok", 403, "ok"]])
async def test_when_the_private_chat_fails_the_channel_gets_a_link_and_no_amount(
    fake: FakeConnector, ways: list[str | int]
) -> None:
    fake.modes["POST"] = [*ways, "ok"]
    sent = await calls_after(fake, said("secret", "message_channel"), len(ways) + 1 if ways[0] == "ok" else 3)
    public = [body for _, path, body in sent if path == f"{CHANNEL}/activities"]
    assert public[0]["text"] == (
        "I cannot write to you yet.\n\n"
        "https://teams.microsoft.com/l/chat/0/0?users=28%3A33333333-0000-4000-8000-000000000001"
    )
    assert "35.00" not in str(public)


async def test_in_a_personal_chat_private_is_here(fake: FakeConnector) -> None:
    first, _ = await calls_after(fake, said("secret"), 2)
    assert first[1] == "a:personal-ada/activities"


@pytest.mark.parametrize("way", [500, 404, "cut", "hang"])
async def test_a_connector_that_fails_neither_fails_nor_delays_the_turn(fake: FakeConnector, way: str | int) -> None:
    fake.modes = {"POST": [way], "PUT": [way]}
    async with teams(EchoDesk(), fake.url, seconds=3.0) as client:
        began = time.monotonic()
        assert await client.post(said("hello")) == (200, {})
        status, body = await client.post(sample("invoke_adaptiveCard_action_personal"))
        assert time.monotonic() - began < 2.5
    assert (status, body["value"]["body"][0]["text"]) == (200, "Bought")


async def test_nobody_listening_at_the_service_url_does_not_matter() -> None:
    async with teams(EchoDesk()) as client:
        assert await client.post(said("hello")) == (200, {})


@pytest.mark.parametrize(("way", "count"), [(500, 1), ("cut", 1), ("hang", 1), (404, 1), (429, 2)])
async def test_a_message_is_sent_again_only_when_teams_certainly_did_not_take_it(
    fake: FakeConnector, way: str | int, count: int
) -> None:
    fake.modes["POST"] = [way]
    client = Connector(NoToken(), seconds=0.2)
    with pytest.raises(ConnectorError):
        await client.send(fake.url, "a:1", {"type": "message"})
    await client.close()
    assert len(fake.calls) == count


@pytest.mark.parametrize("way", [500, "cut", "hang"])
async def test_an_update_is_tried_once_more(fake: FakeConnector, way: str | int) -> None:
    fake.modes["PUT"] = [way, "ok"]
    client = Connector(NoToken(), seconds=0.2)
    await client.update(fake.url, "a:1", "7", {"type": "message"})
    await client.close()
    assert [call.method for call in fake.calls] == ["PUT", "PUT"]


async def test_a_pause_that_teams_asks_for_is_kept(fake: FakeConnector) -> None:
    fake.modes["POST"] = [429, "ok"]
    fake.retry_after = "1"
    client = Connector(NoToken())
    began = time.monotonic()
    assert await client.send(fake.url, "a:1", {}) == "sent-2"
    assert time.monotonic() - began >= 1.0
    await client.close()


async def test_a_pause_too_long_for_a_turn_is_a_failure_at_once(fake: FakeConnector) -> None:
    fake.modes["POST"] = [429, "ok"]
    fake.retry_after = "60"
    client = Connector(NoToken())
    with pytest.raises(ConnectorError, match="429"):
        await client.send(fake.url, "a:1", {})
    await client.close()


async def test_a_redirect_is_not_followed(fake: FakeConnector) -> None:
    fake.modes["POST"] = [307]
    client = Connector(NoToken())
    with pytest.raises(ConnectorError, match="307"):
        await client.send(fake.url, "a:1", {})
    await client.close()
    assert len(fake.calls) == 1


async def test_a_token_travels_where_there_is_one(fake: FakeConnector) -> None:
    class OneToken:
        async def token(self) -> str | None:
            return "t0ken"

    with_token, without = Connector(OneToken()), Connector(NoToken())
    await with_token.delete(fake.url, "a:1", "7")
    await without.delete(fake.url, "a:1", "7")
    await with_token.close()
    await without.close()
    assert [call.headers.get("Authorization") for call in fake.calls] == ["Bearer t0ken", None]
    assert [call.path for call in fake.calls] == ["a:1/activities/7"] * 2
