"""Brings notices in the demo: to the try-it page, and to a Teams client on this machine that the person has used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.deliver import Brought
from bot.web.rooms import CHANNEL, conversation
from storage.views import Delivery

if TYPE_CHECKING:
    from bot.deliver import Courier
    from bot.web.page import TryItPage
    from dialogs.turn import Reply


@dataclass(frozen=True)
class DemoCourier:
    """Whatever becomes of it in Teams, it stands on the page."""

    page: TryItPage
    teams: Courier

    async def bring(self, tenant: str, person: str, reply: Reply) -> Brought:
        """Tells this person alone, or the channel, as `bot.deliver.Courier`."""
        self.page.tell(person, reply)
        if reply.into != conversation(CHANNEL):
            await self.teams.bring(tenant, person, reply)
        return Brought(Delivery.SENT)
