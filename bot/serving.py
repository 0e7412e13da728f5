"""Wires what people reach the desk through: Teams, the try-it page of the demo, and pages behind links in both."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import http
from bot.teams.adapter import DeskAdapter, is_loopback
from bot.teams.auth import Authentication
from bot.teams.connector import Connector, NoToken
from bot.teams.courier import TeamsCourier
from bot.teams.keys import SigningKeys
from bot.teams.meetings import Meetings
from bot.teams.pacing import Pacing
from bot.teams.roster import Roster, demo_directory, no_directory
from bot.teams.tokens import EntraTokens
from bot.web import page
from bot.web.cards import CardPages
from bot.web.choosing import Choosing
from bot.web.courier import DemoCourier
from bot.web.door import Door
from bot.web.download import Download
from bot.web.links import Links
from bot.web.printed import printed
from bot.web.sandbox import SandboxPages
from bot.web.seal import Seal, key_from
from bot.web.sign_in import DemoSignIn, EntraSignIn
from storage.demo import TENANT
from storage.links import Purpose

if TYPE_CHECKING:
    from aiohttp import web

    from bot.deliver import Courier
    from bot.load import Load
    from bot.settings import Settings
    from bot.teams.clouds import Cloud
    from bot.web.visitors import Visitor
    from dialogs.desk import Desk
    from storage.clock import Clock
    from storage.payments import SandboxGateway
    from storage.progress import Files
    from storage.record import Record


class Pages:
    """Where browsers reach our pages: known once this process listens."""

    def __init__(self) -> None:
        self._address = ""

    def begin(self, address: str) -> None:
        """From now on, links lead there; empty where they would lead nowhere."""
        self._address = address

    def address(self) -> str:
        return self._address


@dataclass(frozen=True)
class Wired:
    """A desk that answers, the record behind it, the room for turns at it, and where its pages are."""

    record: Record
    desk: Desk
    load: Load
    pages: Pages
    sandbox: SandboxGateway
    files: Files  # that somebody is waiting for


def demonstration(wired: Wired, visitors: tuple[Visitor, ...]) -> tuple[web.Application, Courier]:
    """The demo: no token is asked for, none is sent, there is a page to try it, and links ask who one wants to be."""
    record = wired.record
    connector = Connector(NoToken())
    adapter = DeskAdapter(
        wired.desk,
        record.clock,
        connector,
        directory=demo_directory,
        load=wired.load,
        meetings=Meetings(record.chats),
    )
    application = http.build_app(adapter, auth=None, ready=record.ready)
    tried = page.mount(application, wired.load.over(wired.desk), visitors, tenant=TENANT, clock=record.clock)
    people = {visitor.number: visitor.id for visitor in visitors}
    door = Door(DemoSignIn(TENANT, people), Seal(secrets.token_bytes(32), record.clock), secure=False)
    provider = SandboxPages(wired.sandbox, record.clock)
    application.add_routes([*Choosing(visitors).routes(), *provider.routes(), *_behind(door, wired)])
    return application, DemoCourier(tried, TeamsCourier(connector, record.chats, is_loopback, opens=False))


def service(wired: Wired, settings: Settings, cloud: Cloud) -> tuple[web.Application, Courier]:
    """The service: Teams proves who it is with each activity, so do we with each reply, and people at Entra."""
    clock, record = wired.record.clock, wired.record
    connector = connector_to(cloud, clock, settings)
    adapter = DeskAdapter(
        wired.desk,
        clock,
        connector,
        directory=no_directory,
        serves=cloud.serves,
        roster=Roster(connector, clock, settings.served),
        load=wired.load,
        meetings=Meetings(record.chats),
    )
    auth = Authentication(SigningKeys(cloud.metadata, clock), cloud, app_id=settings.app_id, clock=clock)
    application = http.build_app(adapter, auth=auth, ready=record.ready)
    if settings.public_url:
        entra = EntraSignIn(settings.app_id, settings.app_password, cloud, settings.served, settings.public_url)
        door = Door(entra, Seal(key_from(settings.app_password), clock), secure=True)
        application.add_routes(_behind(door, wired))
    return application, TeamsCourier(connector, record.chats, cloud.serves)


def connector_to(cloud: Cloud, clock: Clock, settings: Settings) -> Connector:
    """What sends to that cloud's Teams, with our own token."""
    authority = cloud.authority(settings.app_tenant_id)
    tokens = EntraTokens(settings.app_id, settings.app_password, authority=authority, scope=cloud.scope, clock=clock)
    return Connector(tokens, pacing=Pacing(settings.tenant_messages_per_second))


def _behind(door: Door, wired: Wired) -> list[web.RouteDef]:
    """Every page behind the door."""
    record = wired.record
    cards = CardPages(record, door, wired.pages.address)
    download = Download(record, wired.files)
    shows = {**cards.shows, **download.shows, Purpose.INVOICE: printed(record)}
    links = Links(record, door, shows=shows, takes=cards.takes, parts=download.parts, lasting=download.lasting)
    return [*door.routes(), *links.routes(), *cards.routes()]
