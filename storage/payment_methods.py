"""How somebody pays: the cards on file and what each pays, cards that come and go, and whom invoices name.

A number is typed on the payment provider's own pages only. What happened there, the provider is asked, never the
browser that comes back from there.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import select

from storage import audit, outbox
from storage.buying import methods
from storage.card_numbers import has_card_number
from storage.errors import Refused
from storage.links import Opened, Purpose, use_up
from storage.models import BillingProfile, PaymentMethod, PaymentSetup, Subscription
from storage.subscriptions import views
from storage.switching import attach, one_after_the_other, paid_by
from storage.transaction import Transaction, could_be_id, new_id, storable
from storage.views import BillingView, CardView, PaymentMethodView, Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json
    from storage.payments import Filed, PaymentGateway
    from storage.rights import Rights
    from storage.views import Actor

T = TypeVar("T")

ADDED, REPLACED, EDITED, REMOVED = "payment.added", "payment.replaced", "payment.edited", "payment.removed"
PROFILE: Final = "billing.profile"
LONGEST_NAME: Final = 100
LONGEST_ADDRESS: Final = 400
REMEMBERED: Final = timedelta(days=1)  # how long it is asked what became of a page of the provider


@dataclass(frozen=True)
class PaymentMethods:
    """The actor's own cards and billing profile: nobody else's can be seen or changed."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights
    _gateway: PaymentGateway

    @property
    def takes_cards(self) -> bool:
        """Whether a payment provider is connected that cards can be put on file with."""
        return self._gateway.takes_cards

    async def of(self, actor: Actor) -> tuple[CardView, ...]:
        """The cards on file, the one charged last first, and what each pays. Raises Refused("not_a_member")."""

        async def cards(tx: Transaction) -> tuple[CardView, ...]:
            return tuple([await self._card(tx, method) for method in await methods(tx)])

        return await self._read(actor, cards)

    async def begin(self, actor: Actor, token: str, back: str) -> str:
        """Uses the link up; the address of the provider's page for a new card, after which the browser goes `back`.

        In `back`, {setup} stands for what `finish` is told. Raises as `Links.open`.
        """

        async def change(tx: Transaction) -> PaymentSetup:
            opened = await use_up(tx, token)
            setup = _setup(tx, opened)
            tx.session.add(setup)
            return setup

        setup = await self._write(actor, change)
        hosted = await self._gateway.set_up(_customer(actor), back.format(setup=setup.id), setup.id)

        async def note(tx: Transaction) -> None:
            begun = await tx.session.get_one(PaymentSetup, (tx.tenant, setup.id))
            begun.session = hosted.id

        await self._write(actor, note)
        return hosted.address

    async def finish(self, actor: Actor, setup_id: str) -> CardView | None:
        """The card that came of the actor's page, on file and in use where it was meant for that; None while none has.

        However often it is asked, it is one card. Raises Refused("link_late") for a page that is not the actor's.
        """

        async def question(tx: Transaction) -> str | None:
            setup = await tx.session.get(PaymentSetup, (tx.tenant, setup_id)) if could_be_id(setup_id) else None
            if setup is None or setup.person_id != tx.actor.person:
                raise Refused("link_late")
            return setup.session

        session = await self._read(actor, question)
        filed = await self._gateway.result(session) if session else None
        if filed is None:
            return None
        return await self._write(actor, lambda tx: self._keep(tx, setup_id, filed))

    async def catch_up(self, actor: Actor) -> None:
        """Finishes what was done on the provider's pages by somebody whose browser never came back from there."""

        async def question(tx: Transaction) -> list[str]:
            theirs = (PaymentSetup.tenant == tx.tenant, PaymentSetup.person_id == tx.actor.person)
            left_open = (PaymentSetup.payment_method_id.is_(None), PaymentSetup.begun_at > tx.now - REMEMBERED)
            return list(await tx.session.scalars(select(PaymentSetup.id).where(*theirs, *left_open)))

        for setup_id in await self._read(actor, question):
            await self.finish(actor, setup_id)

    async def edit(self, actor: Actor, method_id: str, back: str) -> str:
        """The address of the provider's page to change what is on file. Raises Refused("unknown_method")."""
        method = await self._read(actor, lambda tx: _own(tx, method_id))
        return (await self._gateway.portal(_customer(actor), method.gateway_token, back)).address

    async def edited(self, actor: Actor, method_id: str) -> CardView:
        """The card as the provider has it now. Raises Refused("unknown_method")."""
        method = await self._read(actor, lambda tx: _own(tx, method_id))
        filed = await self._gateway.on_file(method.gateway_token)

        async def change(tx: Transaction) -> CardView:
            await one_after_the_other(tx)
            known = await _own(tx, method_id)
            before = _expiry(known)
            if filed is not None and (filed.expiry_year, filed.expiry_month) != before:
                known.expiry_year, known.expiry_month = filed.expiry_year, filed.expiry_month
                await _note(tx, EDITED, known, before={"expiry": before}, after={"expiry": _expiry(known)})
            return await self._card(tx, known)

        return await self._write(actor, change)

    async def remove(self, actor: Actor, method_id: str) -> None:
        """Takes a card off the file. Raises Refused: "unknown_method", "method_in_use" and "last_method"."""

        async def change(tx: Transaction) -> str:
            await one_after_the_other(tx)
            method = await _own(tx, method_id)
            await self._expect_spare(tx, method)
            token, method.gateway_token, method.removed_at = method.gateway_token, "", tx.now
            await _note(tx, REMOVED, method, before={"method": method.id}, after={})
            return token

        await self._gateway.detach(await self._write(actor, change))

    async def profile(self, actor: Actor) -> BillingView | None:
        """Whom the actor's invoices name, and where; None where nothing was said of it."""

        async def question(tx: Transaction) -> BillingView | None:
            row = await tx.session.get(BillingProfile, (tx.tenant, tx.actor.person))
            return BillingView(row.name, row.address) if row else None

        return await self._read(actor, question)

    async def keep_profile(self, actor: Actor, name: str, address: str) -> None:
        """Whom invoices name. Raises Refused: "profile_incomplete", "profile_too_long" or "profile_number"."""
        name, address = (storable(each.replace("\r\n", "\n")).strip() for each in (name, address))
        if not (name and address):
            raise Refused("profile_incomplete")
        if len(name) > LONGEST_NAME or len(address) > LONGEST_ADDRESS:
            raise Refused("profile_too_long", name_length=LONGEST_NAME, address_length=LONGEST_ADDRESS)
        if has_card_number(f"{name}\n{address}"):
            raise Refused("profile_number")

        async def change(tx: Transaction) -> None:
            await one_after_the_other(tx)
            row = await tx.session.get(BillingProfile, (tx.tenant, tx.actor.person), populate_existing=True)
            if row and (row.name, row.address) == (name, address):
                return
            if row is None:
                row = BillingProfile(tenant=tx.tenant, person_id=tx.actor.person)
                tx.session.add(row)
            row.name, row.address, row.changed_at = name, address, tx.now
            await _note(tx, PROFILE, None, before={}, after={})  # the trail keeps no address: it cannot forget one

        await self._write(actor, change)

    async def _keep(self, tx: Transaction, setup_id: str, filed: Filed) -> CardView:
        """The card on file, and attached where it was meant for a subscription, or for all there are."""
        await one_after_the_other(tx)
        key = (tx.tenant, setup_id)
        setup = await tx.session.get_one(PaymentSetup, key, with_for_update=True, populate_existing=True)
        if setup.payment_method_id:
            return await self._card(tx, await tx.session.get_one(PaymentMethod, (tx.tenant, setup.payment_method_id)))
        method = _method(tx, filed, (await self._rights.member(tx)).name)
        tx.session.add(method)
        await tx.session.flush()
        setup.payment_method_id = method.id
        replaces = setup.purpose == Purpose.PAYMENT_REPLACE
        pays = await paid_by(tx, setup.subject) if replaces else []
        before = await attach(tx, method.id, pays)
        after = {"method": method.id, "cards": dict.fromkeys(pays, method.id)}
        await _note(tx, REPLACED if pays else ADDED, method, before={"cards": before}, after=after, operation=setup_id)
        return await self._card(tx, method)

    async def _card(self, tx: Transaction, method: PaymentMethod) -> CardView:
        mine = (Subscription.purchaser_id == tx.actor.person, Subscription.status != Status.DELETED)
        paid = await views(tx, self._catalog, *mine, Subscription.payment_method_id == method.id)
        year, month = _expiry(method)
        last_day = date(year, month, calendar.monthrange(year, month)[1])
        return CardView(
            method.id, PaymentMethodView(method.brand, method.last_four), last_day, last_day < tx.today, tuple(paid)
        )

    async def _expect_spare(self, tx: Transaction, method: PaymentMethod) -> None:
        """Raises Refused for a card that pays for something, or is the only one of somebody who has to pay."""
        brand, last_four = method.brand, method.last_four
        if in_use := (await self._card(tx, method)).pays:
            raise Refused("method_in_use", brand=brand, last_four=last_four, product=in_use[0].product_name)
        if len(await methods(tx)) == 1 and await paid_by(tx):
            raise Refused("last_method", brand=brand, last_four=last_four)

    async def _read(self, actor: Actor, question: Callable[[Transaction], Awaitable[T]]) -> T:
        async def ask(session: AsyncSession) -> T:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            return await question(tx)

        return await self._database.read(ask)

    async def _write(self, actor: Actor, change: Callable[[Transaction], Awaitable[T]]) -> T:
        async def carry_out(session: AsyncSession) -> T:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            return await change(tx)

        return await self._database.write(carry_out)


def _customer(actor: Actor) -> str:
    """Our name, with the provider, for whoever pays."""
    return f"{actor.tenant}/{actor.person}"


def _setup(tx: Transaction, opened: Opened) -> PaymentSetup:
    who = {"tenant": tx.tenant, "person_id": tx.actor.person}
    return PaymentSetup(**who, id=new_id(), purpose=opened.purpose, subject=opened.subject, begun_at=tx.now)


def _method(tx: Transaction, filed: Filed, name: str) -> PaymentMethod:
    return PaymentMethod(
        tenant=tx.tenant,
        id=new_id(),
        person_id=tx.actor.person,
        brand=filed.brand,
        last_four=filed.last_four,
        expiry_month=filed.expiry_month,
        expiry_year=filed.expiry_year,
        holder=filed.holder or name,
        gateway_token=filed.token,
    )


def _expiry(method: PaymentMethod) -> tuple[int, int]:
    return method.expiry_year, method.expiry_month


async def _own(tx: Transaction, method_id: str) -> PaymentMethod:
    found = next((method for method in await methods(tx) if method.id == method_id), None)
    if found is None:
        raise Refused("unknown_method")
    return found


async def _note(
    tx: Transaction, action: str, method: PaymentMethod | None, *, before: Json, after: Json, operation: str = ""
) -> None:
    """The operation that was done on a page, its entry in the trail, and the news of it for the chat."""
    done = await audit.unasked(tx, action, operation_id=operation)
    audit.note(tx, done, before=before, after=after)
    card = {"brand": method.brand, "last_four": method.last_four} if method else {}
    outbox.post(tx, done, action, tx.actor.person, card)
