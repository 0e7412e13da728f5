"""A crowd of customers who buy a license and give it back, at a rate that does not wait for the answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.clock import monotonic
from storage.demo import person_id
from storage.models import LedgerEntry, Operation, Subscription
from storage.models import Person as Known
from storage.views import Actor, OperationStatus
from tests.faults.writers import STARTED_WITH, TENANT
from tests.people import Person
from tests.small_company import Company

if TYPE_CHECKING:
    import aiohttp
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

BUSY = "Very many people are writing to me at this moment. Try again in a minute; nothing can be bought twice."
BUYING = ("add 1 license to Power BI Pro", "Buy", "One license of Power BI Pro added")
GIVING_BACK = ("remove 1 license from Power BI Pro", "Reduce", "One license of Power BI Pro given back")


async def bought_for(record: Record, customers: int) -> None:
    """A subscription for each of so many customers, new enough to be given back."""
    company, everybody = await Company.in_(record), [person_id(number) for number in range(1, customers + 1)]

    async def arrive(session: AsyncSession) -> None:
        session.add_all(Known(tenant=TENANT, id=each, name="Customer", member=True) for each in everybody)

    await record.database.write(arrive)
    for each in everybody:
        await company.buys(total=STARTED_WITH, who=Actor(TENANT, each), ago=timedelta(days=3))


@dataclass
class Customer(Person):
    """Buys one license and gives it back, again and again; `acknowledged` are the changes with a receipt."""

    tap: dict[str, str] | None = None
    acknowledged: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"Customer {self.number}"

    @property
    def owns(self) -> int:
        """The licenses that the receipts add up to."""
        return STARTED_WITH + len(self.acknowledged) % 2

    async def goes_on(self) -> bool:
        """Asks for the next card, or taps it; whether that was done. Who is told that there is no room tries again."""
        words, title, receipt = GIVING_BACK if len(self.acknowledged) % 2 else BUYING
        if self.tap is None:
            await self.says(words)
        else:
            await self.sends_tap(self.tap)
        if [str(each) for each in self.latest] == [BUSY]:
            return False
        if self.tap is None:
            self.tap = self.button(title)
            self.sees(title)
        else:
            self.sees(receipt)
            self.acknowledged.append(self.tap["op"])
            self.tap = None
        return True


class Crowd:
    """Customers at one desk: how long those waited who were answered, and how many were told that there is no room."""

    def __init__(self, http: aiohttp.ClientSession, url: str, customers: int) -> None:
        self.customers = [
            Customer(http, f"{url}/api/messages", number, tenant=TENANT) for number in range(1, customers + 1)
        ]
        self.waited: list[float] = []  # seconds
        self.excused = 0
        self._idle: asyncio.Queue[Customer] = asyncio.Queue()
        for customer in self.customers:
            self._idle.put_nowait(customer)

    async def one_goes_on(self, customer: Customer | None = None) -> bool:
        """Whether somebody who is waiting for nothing was answered, and not told to come again."""
        customer = customer or await self._idle.get()
        began = monotonic()
        if done := await customer.goes_on():
            self.waited.append(monotonic() - began)
        else:
            self.excused += 1
        self._idle.put_nowait(customer)
        return done

    async def capacity(self, at_once: int, seconds: float) -> float:
        """The answers a second to `at_once` customers who each wait for the answer before they go on."""
        answered, until = len(self.waited), monotonic() + seconds

        async def one_after_another() -> None:
            while monotonic() < until:
                await self.one_goes_on()

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(one_after_another())
        return (len(self.waited) - answered) / (seconds + monotonic() - until)

    async def offers_twice(self, capacity: float, seconds: int, excused: int) -> float:
        """Comes at twice the capacity for so many seconds at least, until as many have been excused; the last rate.

        The capacity is the most that was ever answered in a second: a machine may have more to give than a moment ago.
        """
        began = self.excused
        async with asyncio.TaskGroup() as group:
            while seconds > 0 or self.excused - began < excused:
                answered, second = len(self.waited), monotonic()
                for number in range(int(2 * capacity)):
                    await asyncio.sleep(max(0, second + number / (2 * capacity) - monotonic()))
                    group.create_task(self.one_goes_on(await self._idle.get()))
                await asyncio.sleep(max(0, second + 1 - monotonic()))
                capacity = max(capacity, (len(self.waited) - answered) / (monotonic() - second))
                seconds -= 1
        return 2 * capacity


async def without_a_receipt(record: Record, crowd: Crowd) -> tuple[set[str], set[str]]:
    """Receipts that the record has not exactly once, and people whose licenses are not as their receipts say."""
    company = Company(record)
    done = {each.id for each in await company.rows(Operation) if each.status is OperationStatus.DONE}
    entries = [each.operation_id for each in await company.rows(LedgerEntry)]
    bought = [each for each in await company.rows(Subscription) if each.tenant == TENANT]
    totals = {each.purchaser_id: each.total for each in bought}
    receipts = [each for customer in crowd.customers for each in customer.acknowledged]
    lost = {each for each in receipts if each not in done or entries.count(each) != 1}
    return lost, {each.name for each in crowd.customers if totals[person_id(each.number)] != each.owns}
