"""The action behind every change of a total: its quote, and what carrying the quote out does to the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import update

from storage import assignments, audit, billing, invoices, outbox, scheduled, spares
from storage.actions import ActionName
from storage.answers import unpack
from storage.errors import Refused
from storage.license_rules import Plan, Standing, Wish, lots, plan, scheduled_after
from storage.models import ScheduledTotal, Subscription
from storage.quotes import ChangeQuote, Seat
from storage.subscriptions import views
from storage.terms import Period, amounts, prorated
from storage.views import Amounts, LicenseHolder, PersonView, SubscriptionView, When

if TYPE_CHECKING:
    from storage.catalog import Catalog
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.money import Money
    from storage.payments import Gateway
    from storage.quotes import RenewalQuote, SeatResult
    from storage.rights import Rights
    from storage.ruling import Ruling
    from storage.terms import Terms
    from storage.transaction import Transaction


@dataclass(frozen=True)
class ChangeTotal:
    """Adds licenses now, gives them back within the window, or schedules fewer for the renewal."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    _gateway: Gateway
    _ruling: Ruling
    name: ClassVar = ActionName.CHANGE_TOTAL
    quotes: ClassVar = ChangeQuote
    any_version: ClassVar = False

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused: "not_a_member", "unknown_subscription" or, for who may see it, "not_yours" with the owner."""
        await self._rights.member(tx)
        if await self._rights.may_change_total(tx, subscription):
            return
        raise await self._rights.refusal(tx, subscription, self._catalog.product(subscription.product_id).name)

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> ChangeQuote:
        """The quote for what `parameters`, a packed `Wish`, ask for."""
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        standing = await self._standing(tx, subscription, view)
        wished = unpack(Wish, parameters)
        gets, left_out = await _getting(tx, standing, wished)
        wish = wished.given_to([person.id for person in gets])
        planned = plan(standing, wish, tx.today)
        price = self._catalog.product(view.product).price(view.term, tx.currency)
        priced = await self._price(tx, subscription, standing, planned, price)
        await self._ruling.expect_change(tx, view, planned.new_total, priced.due_now)
        return ChangeQuote(
            id=quote_id,
            subscription=view,
            old_total=view.total,
            new_total=planned.new_total,
            when=planned.when,
            effective_on=planned.effective_on,
            why=planned.why,
            window_closes_at=planned.window_closes_at,
            returnable=planned.returnable,
            days_left=standing.period.days_left(tx.today),
            days_in_period=standing.period.days,
            amounts=priced,
            payment_method=view.payment_method,
            releases=await _releasing(tx, standing, wish, planned),
            assigns=gets,
            left_out=left_out,
            replaces=planned.replaces,
            keeps=planned.keeps,
            spare=await spares.besides(tx, view) if planned.new_total > view.total else 0,
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, subscription: Subscription, quote: ChangeQuote) -> bool:
        """Whether the period and the price are what they were, so that the quoted amounts are kept to.

        And whether the scheduled change stays or goes as was shown, which licenses handed out since may decide,
        everyone who is to give a license up still has one, and there is still one for everyone who is to get it.
        """
        if tx.today >= quote.subscription.period_end:
            return False
        product, shown = self._catalog.product(quote.subscription.product), quote.subscription
        if product.prices.get(tx.currency) is None or product.price(shown.term, tx.currency) != shown.price:
            return False
        if quote.when is When.NOW and not await self._schedule_holds(tx, subscription, quote):
            return False
        if quote.releases and not await _each_has_one(tx, subscription, quote):
            return False
        return not quote.assigns or await _each_gets_one(tx, subscription, quote)

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: ChangeQuote
    ) -> str | None:
        """Changes the subscription, the books, the trail and the outbox; the invoice's number if one was issued."""
        try:
            return await self._carry_out(tx, subscription, operation, quote)
        except Refused as refused:
            raise Refused(refused.code, **{"product": quote.subscription.product_name, **refused.values}) from None

    async def _carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: ChangeQuote
    ) -> str | None:
        await self._ruling.expect_change(tx, quote.subscription, quote.new_total, quote.amounts.due_now, to_buy=True)
        await _change(tx, quote)
        stay = await _schedule(tx, operation, quote)
        if quote.when is When.NOW:
            await assignments.release(tx, subscription.id, _people(quote))
            assignments.give(tx, subscription.id, _new_holders(quote))
            await scheduled.spare(tx, subscription.id, _new_holders(quote))
            billing.enter(tx, operation, delta=quote.change, total_after=quote.new_total)
        await _tell(tx, operation, quote, stay)
        return await self._settle(tx, subscription, operation, quote)

    async def _settle(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: ChangeQuote
    ) -> str | None:
        due = quote.amounts.due_now
        if due:
            sold = billing.Sold(quote.change, quote.subscription.price, due)
            charge = await billing.charge(tx, self._gateway, subscription, operation, sold)
            line = invoices.Line(charge, quote.effective_on, quote.subscription.period_end)
            return await invoices.issue(tx, subscription.purchaser_id, operation, line)
        if quote.when is When.NOW and quote.change < 0:
            returns = await billing.returns(tx, subscription, -quote.change, quote.days_left)
            billing.credit(tx, operation, returns)
        return None

    async def _schedule_holds(self, tx: Transaction, subscription: Subscription, quote: ChangeQuote) -> bool:
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        standing = await self._standing(tx, subscription, view)
        after = scheduled_after(standing, quote.new_total, tuple(_new_holders(quote)), tuple(_people(quote)))
        return after == (quote.replaces, quote.keeps)

    async def _standing(self, tx: Transaction, row: Subscription, view: SubscriptionView) -> Standing:
        began, window = await billing.began(tx, row), self._terms.return_window
        changes = await billing.changes_since(tx, row, tx.now - window)
        return Standing(
            view=view,
            product=self._catalog.product(row.product_id),
            terms=self._terms,
            period=Period(row.period_number, row.period_start, row.period_end),
            lots=lots(total=row.total, changes=changes, began=began, now=tx.now, window=window),
            leaving=await scheduled.leaving(tx, row.id),
            actor=tx.actor.person,
        )

    async def _price(
        self, tx: Transaction, subscription: Subscription, standing: Standing, planned: Plan, price: Money
    ) -> Amounts:
        priced = amounts(
            net=await _net(tx, subscription, standing, planned, price),
            each_period=price * planned.renewing(recurring=standing.view.recurring),
            open_credits=await billing.open_credits(tx, subscription),
        )
        if priced.due_now and standing.view.payment_method is None:
            raise standing.refuse("no_payment_method")
        return priced


async def _net(tx: Transaction, subscription: Subscription, standing: Standing, planned: Plan, price: Money) -> Money:
    """Added licenses cost what they do today; those given back are worth what was paid for them."""
    change, days_left = planned.new_total - standing.view.total, standing.period.days_left(tx.today)
    if planned.when is When.RENEWAL:
        return price * 0
    if change > 0:
        return prorated(price, change, days_left, standing.period.days)
    given_back = await billing.returns(tx, subscription, -change, days_left)
    if any(each.unpaid for each in given_back):
        raise standing.refuse("nothing_to_credit")
    return -billing.worth(tx, given_back)


def _people(quote: ChangeQuote) -> list[str]:
    return [holder.person.id for holder in quote.releases]


def _new_holders(quote: ChangeQuote) -> list[str]:
    return [person.id for person in quote.assigns]


async def _releasing(tx: Transaction, standing: Standing, wish: Wish, planned: Plan) -> tuple[LicenseHolder, ...]:
    """Those who are needed; everyone who was named must hold a license."""
    if not planned.releasing:
        return ()
    try:
        named = await assignments.holding(tx, standing.view.id, wish.releases or ())
    except Refused as refused:
        raise standing.refuse(refused.code, **refused.values) from None
    return named[: len(planned.releasing)]


async def _getting(
    tx: Transaction, standing: Standing, wish: Wish
) -> tuple[tuple[PersonView, ...], tuple[SeatResult, ...]]:
    """Who gets a license of those who were named, and who cannot hold one or has it already."""
    try:
        return assignments.parted(await assignments.seats(tx, standing.view.id, wish.assigns))
    except Refused as refused:
        raise standing.refuse(refused.code, **refused.values) from None


async def _each_has_one(tx: Transaction, subscription: Subscription, quote: ChangeQuote) -> bool:
    holding = {holder.person.id for holder in await assignments.holders(tx, subscription.id)}
    return holding.issuperset(_people(quote))


async def _each_gets_one(tx: Transaction, subscription: Subscription, quote: ChangeQuote) -> bool:
    results = await assignments.seats(tx, subscription.id, _new_holders(quote))
    enough = subscription.assigned + len(quote.assigns) <= quote.new_total
    return enough and all(each.seat is Seat.ASSIGNED for each in results)


async def _change(tx: Transaction, quote: ChangeQuote) -> None:
    """The guarded statement: it changes one row, or the record has moved on and nothing changes."""
    view, more = quote.subscription, len(quote.assigns) - len(quote.releases)
    values: dict[str, object] = {"version": Subscription.version + 1}
    if quote.when is When.NOW:
        values |= {"total": quote.new_total, "assigned": Subscription.assigned + more}
    if view.purchaser.id == tx.actor.person:
        values["last_used_at"] = tx.now
    changed = await tx.session.execute(
        update(Subscription)
        .where(
            Subscription.tenant == tx.tenant,
            Subscription.id == view.id,
            Subscription.total == quote.old_total,
            Subscription.assigned + more <= quote.new_total,
        )
        .values(values)
        .returning(Subscription.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        row = await tx.session.get_one(Subscription, (tx.tenant, view.id), populate_existing=True)
        to_free = row.assigned - quote.new_total
        raise Refused("below_assigned", assigned=row.assigned, lowest=row.assigned, to_free=to_free)


async def _schedule(tx: Transaction, operation: Operation, quote: ChangeQuote) -> frozenset[str]:
    """The ids of those who keep a license that they would have lost with what was scheduled before."""
    told = await scheduled.drop(tx, quote.subscription.id) if quote.replaces else frozenset()
    if quote.when is When.RENEWAL:
        tx.session.add(
            ScheduledTotal(
                tenant=tx.tenant,
                subscription_id=quote.subscription.id,
                total=quote.new_total,
                effective_on=quote.effective_on,
                releases=_people(quote),
                operation_id=operation.id,
            )
        )
    return told - set(_people(quote))


async def _tell(tx: Transaction, operation: Operation, quote: ChangeQuote, stay: frozenset[str]) -> None:
    view = quote.subscription
    what = {"subscription": view.id, "total": quote.new_total, "on": quote.effective_on.isoformat()}
    before = {"total": quote.old_total, "scheduled": view.scheduled.total if view.scheduled else None}
    after = {
        "total": quote.new_total if quote.when is When.NOW else quote.old_total,
        "scheduled": quote.new_total if quote.when is When.RENEWAL else (quote.keeps.total if quote.keeps else None),
        "released": _people(quote) if quote.when is When.NOW else [],
        "given": _new_holders(quote),
    }
    audit.note(tx, operation, before=before, after=after)
    outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, what)
    await tell_purchaser(tx, operation, quote, what)
    await outbox.tell(tx, operation, "license_given_up", _people(quote), what)
    await spares.handed_out(tx, operation, view, _new_holders(quote))
    await outbox.tell(tx, operation, "license_stays", sorted(stay), {"subscription": view.id})


async def tell_purchaser(
    tx: Transaction, operation: Operation, quote: ChangeQuote | RenewalQuote, what: dict[str, object]
) -> None:
    """Promises whoever pays a word on what a deputy did to the total, with the money in minor units."""
    each = quote.amounts.each_period
    cost = {
        "net": quote.amounts.net.amount,
        "each_period": each.amount,
        "currency": each.currency,
        "term": quote.subscription.term.value,
    }
    await outbox.tell(tx, operation, "changed_by_deputy", [quote.subscription.purchaser.id], what | cost)
