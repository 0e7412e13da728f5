"""The record: one door to everything that is true about people, subscriptions, licenses and money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from storage.assignments import Assignments
from storage.buying import Buy
from storage.cancellations import Cancel, Cancellations
from storage.caps import Restrict
from storage.catalog import Catalog
from storage.change_total import ChangeTotal
from storage.database import Database
from storage.errors import RecordUnavailable
from storage.explaining import Explanations
from storage.history import History
from storage.invoice_book import Invoices
from storage.leaving import Leaving
from storage.licenses import Licenses
from storage.life_cycle import LifeCycle
from storage.links import Links
from storage.new_periods import NewPeriods
from storage.operations import Operations
from storage.outbox import Outbox
from storage.paying import Pay, Paying
from storage.payment_methods import PaymentMethods
from storage.payments import Gateway, PaymentGateway, SandboxGateway
from storage.people import People
from storage.plans import Plans
from storage.policies import Policies
from storage.policy_actions import NameApprover, Sell, TakeRequests
from storage.privacy import Privacy
from storage.purchases import Purchases
from storage.references import Chats
from storage.rehearsal import WillingBank
from storage.reminders import Reminders
from storage.renewals import Renew, Renewals
from storage.request_views import RequestStatus
from storage.requesting import EndRequest, MakeRequest
from storage.requests import Requests
from storage.rights import Rights
from storage.ruling import Ruling
from storage.schema import expect_newest, migrate
from storage.seals import Trail
from storage.seats import SEATS, Seats
from storage.sharing import Share, Sharing
from storage.spares import AskForSpare
from storage.subscriptions import Subscriptions
from storage.summaries import Summaries
from storage.switching import Switch, Switching
from storage.teams import Teams
from storage.terms import Terms
from storage.unclear import Unclear

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.actions import Action, ActionName
    from storage.clock import Clock


@dataclass(frozen=True)
class Record:
    """What the conversation may ask and do, by noun."""

    database: Database
    clock: Clock
    timezone: ZoneInfo
    catalog: Catalog
    people: People
    teams: Teams
    subscriptions: Subscriptions
    summaries: Summaries
    history: History
    leaving: Leaving
    licenses: Licenses
    assignments: Assignments
    purchases: Purchases
    cancellations: Cancellations
    renewals: Renewals
    paying: Paying
    life_cycle: LifeCycle
    reminders: Reminders
    sharing: Sharing
    policies: Policies
    requests: Requests
    invoices: Invoices
    explanations: Explanations
    operations: Operations
    plans: Plans
    privacy: Privacy
    outbox: Outbox
    chats: Chats
    trail: Trail
    unclear: Unclear
    links: Links
    payments: PaymentMethods
    switching: Switching

    @classmethod
    async def open(
        cls,
        database_url: str,
        clock: Clock,
        *,
        timezone: ZoneInfo,
        currency: str,
        catalog: Catalog | None = None,
        terms: Terms | None = None,
        gateway: PaymentGateway | None = None,
        looking: bool = False,
    ) -> Record:
        """The record in this database, brought to the newest schema.

        `timezone` and `currency` (ISO 4217) are those of organisations seen for the first time. `looking` changes
        nothing and may stand beside a running License Desk, also on SQLite. Raises as `_opened` does.
        """
        database = await _opened(database_url, looking=looking)
        provider = gateway or SandboxGateway()
        does = _Actions.of(catalog or Catalog(), terms or Terms(), Rights(), provider, provider)
        return cls._with(database, clock, timezone, currency, does)

    @classmethod
    def _with(cls, database: Database, clock: Clock, timezone: ZoneInfo, currency: str, does: _Actions) -> Record:
        people = People(database, timezone, currency)
        rehearsed = partial(cls._rehearsed, clock, timezone, currency, does, people)
        operations = Operations(database, clock, does.rights, {action.name: action for action in does.all()})
        return cls(
            database=database,
            clock=clock,
            timezone=timezone,
            catalog=does.catalog,
            people=people,
            teams=Teams(database),
            subscriptions=Subscriptions(database, clock, does.catalog, does.rights),
            summaries=Summaries(database, clock, does.catalog, does.rights),
            history=History(database, clock, does.catalog, does.rights),
            leaving=Leaving(database, clock, does.catalog, does.rights),
            licenses=Licenses(database, clock, operations, does.change_total),
            assignments=Assignments(database, clock, does.catalog, does.rights, operations, does.seats),
            purchases=Purchases(database, clock, does.catalog, does.rights, does.ruling, operations, does.buy),
            cancellations=Cancellations(operations, does.cancel),
            renewals=Renewals(operations, does.renew),
            paying=Paying(operations, does.pay),
            reminders=Reminders(database, clock, does.catalog, does.terms),
            life_cycle=LifeCycle(database, clock, does.terms, does.new_periods),
            sharing=Sharing(database, clock, operations, does.share),
            policies=Policies(database, clock, does.catalog, does.rights, does.ruling, operations, *does.policy),
            requests=Requests(database, clock, does.catalog, does.terms, does.rights, operations, *does.requests),
            invoices=Invoices(database, clock, does.catalog, does.rights),
            explanations=Explanations(database, clock, does.catalog, does.rights),
            operations=operations,
            plans=Plans(database, operations, rehearsed),
            privacy=Privacy(database, clock),
            outbox=Outbox(database, clock, does.catalog),
            chats=Chats(database, clock),
            trail=Trail(database, clock),
            unclear=Unclear(database, clock),
            links=Links(database, clock, does.rights),
            payments=PaymentMethods(database, clock, does.catalog, does.rights, does.provider),
            switching=Switching(operations, does.switch),
        )

    @classmethod
    def _rehearsed(
        cls, clock: Clock, timezone: ZoneInfo, currency: str, does: _Actions, people: People, stage: Database
    ) -> Record:
        record = cls._with(stage, clock, timezone, currency, does.without_bank())
        return replace(record, people=replace(people, _database=stage))  # their directory is at hand

    async def close(self) -> None:
        """Ends every connection."""
        await self.database.close()

    async def ready(self) -> bool:
        """Whether the database answers."""

        try:
            await _reach(self.database)
        except RecordUnavailable:
            return False
        return True


@dataclass(frozen=True)
class _Actions:
    """Every kind of change there is, and what they all go by."""

    catalog: Catalog
    terms: Terms
    rights: Rights
    provider: PaymentGateway
    change_total: ChangeTotal
    buy: Buy
    cancel: Cancel
    renew: Renew
    pay: Pay
    share: Share
    switch: Switch
    requests: tuple[MakeRequest, EndRequest, EndRequest, AskForSpare]  # made, withdrawn, denied, to owners
    ruling: Ruling
    policy: tuple[Sell, Restrict, NameApprover, TakeRequests]
    new_periods: NewPeriods
    seats: dict[ActionName, Seats]

    @classmethod
    def of(cls, catalog: Catalog, terms: Terms, rights: Rights, gateway: Gateway, provider: PaymentGateway) -> _Actions:
        seats = {name: Seats(catalog, terms, rights, name) for name in SEATS}
        paid = (catalog, terms, rights, gateway)
        ruling = Ruling(catalog)
        bought = ChangeTotal(*paid, ruling), Buy(*paid, ruling), Cancel(*paid), Renew(*paid), Pay(*paid)
        about = (catalog, terms, rights)
        policy = Sell(*about), Restrict(*about), NameApprover(*about), TakeRequests(*about)
        ends = EndRequest(*about, RequestStatus.WITHDRAWN), EndRequest(*about, RequestStatus.DENIED)
        free = Share(*about), Switch(*about), (MakeRequest(*about), *ends, AskForSpare(*about))
        unasked = NewPeriods(catalog, terms, gateway)
        return cls(catalog, terms, rights, provider, *bought, *free, ruling, policy, unasked, seats)

    def without_bank(self) -> _Actions:
        """The same where no money moves."""
        return self.of(self.catalog, self.terms, self.rights, WillingBank(), self.provider)

    def all(self) -> tuple[Action[Any], ...]:
        bought = self.change_total, self.buy, self.cancel, self.renew, self.pay
        return *bought, self.share, self.switch, *self.requests, *self.policy, *self.seats.values()


async def _opened(database_url: str, *, looking: bool) -> Database:
    """Raises Misconfigured for an address, a file in use or a schema it cannot work with, and RecordUnavailable."""
    database = Database.connect(database_url, looking=looking)
    try:
        await _reach(database)
        await (expect_newest if looking else migrate)(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _reach(database: Database) -> None:
    async def question(session: AsyncSession) -> None:
        await session.execute(text("SELECT 1"))

    await database.read(question)
