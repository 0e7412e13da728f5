"""Where somebody can be written to is learnt from what Teams brought of them, and from private chats alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.teams.meetings import Meeting, Meetings
from bot.teams.wire import activity_of
from dialogs.turn import Introduction, Message, Scope, Standing
from storage.clock import SystemClock
from storage.demo import TENANT
from tests.clients.desks import EchoDesk
from tests.clients.teams import sample, teams

if TYPE_CHECKING:
    from storage.record import Record
    from storage.references import Reference

ADA = "11111110-0000-4000-8000-000000000000"
SERVED_AT = "http://127.0.0.1:9"


async def after(record: Record, *names: str) -> Reference | None:
    """What is kept of Ada after these activities, whose desk's answers nobody takes."""
    await record.people.seen(TENANT, ADA, name="Ada Admin", member=True)
    async with teams(EchoDesk(), SERVED_AT, meetings=Meetings(record.chats)) as client:
        for name in names:
            assert (await client.post(sample(name)))[0] == 200
    return await record.chats.find(TENANT, ADA, "msteams")


@pytest.mark.parametrize("name", ["message_personal", "message_action_submit_personal"])
async def test_whoever_writes_in_private_can_be_written_to(contoso: Record, name: str) -> None:
    kept = await after(contoso, name)
    assert kept is not None
    assert (kept.conversation, kept.service_url, kept.account) == ("a:personal-ada", SERVED_AT, "29:user-0")
    assert kept.bot_account == "28:33333333-0000-4000-8000-000000000001"


@pytest.mark.parametrize("name", ["message_channel", "message_group"])
async def test_a_channel_or_a_group_is_no_place_for_notices(contoso: Record, name: str) -> None:
    assert await after(contoso, name) is None


async def test_nothing_else_of_the_activity_is_kept(contoso: Record) -> None:
    kept = await after(contoso, "message_personal")
    assert sample("message_personal")["text"] not in repr(kept)


@pytest.mark.parametrize(
    ("standing", "kept"), [(Standing.MEMBER, True), (Standing.OUTSIDER, False), (Standing.UNCHECKED, False)]
)
async def test_only_a_member_is_kept(contoso: Record, standing: Standing, kept: bool) -> None:
    await contoso.people.seen(TENANT, ADA, name="Ada Admin", member=True)
    meetings = Meetings(contoso.chats)
    activity = activity_of(sample("message_personal", serviceUrl=SERVED_AT))
    message = Message(
        id="1",
        channel="msteams",
        tenant=TENANT,
        person=ADA,
        name="Ada",
        conversation="a:personal-ada",
        scope=Scope.PERSONAL,
        text="hello",
        at=SystemClock().now(),
        introduction=Introduction(standing),
    )
    assert await Meeting(EchoDesk(), meetings, activity).handle(message)
    await meetings.close()
    assert (await contoso.chats.find(TENANT, ADA, "msteams") is not None) == kept
