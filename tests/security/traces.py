"""Ann has been everywhere: a person of the demo company who is in every table and in other people's words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.demo import TENANT, person_id
from storage.links import Purpose
from storage.models import Grant, PaymentMethod, ScheduledTotal
from storage.references import Reference
from storage.views import Actor, OperationStatus
from tests.small_company import Company

if TYPE_CHECKING:
    from storage.record import Record

ANN = (TENANT, person_id(13))
ALICE = Actor(TENANT, person_id(1))
PROJECT = "55555555-0000-4000-8000-000000000003"
POWER_BI = "55555555-0000-4000-8000-000000000001"
NAME, MAIL = "Ann Kanarienvögel 安", "Kanarie.Ann@contoso.example"
OWN_WORDS, TOKEN = "my own kanarie words", "tok-kanarie"
CALLED = (NAME, MAIL, OWN_WORDS, TOKEN, "Kanarie department", "Kanarie street", "a:kanarie-chat")


async def leave_traces(record: Record) -> None:
    """Ann is described, pays, may act for others, has given a license up, and is spoken about."""
    company, now = Company(record), record.clock.now()
    await record.people.seen(*ANN, name=NAME, mail=MAIL, department="Kanarie department", member=True)
    await record.people.prefer_language(*ANN, "en")
    await record.people.appoint(TENANT, [ANN[1], person_id(2)])
    await company.adds(_card())
    link = await record.links.issue(Actor(*ANN), Purpose.PAYMENT_ADD)
    await record.payments.begin(Actor(*ANN), link, "{setup}")
    await record.payments.keep_profile(Actor(*ANN), NAME, "Kanarie street 1")
    await record.chats.met(Reference(*ANN, "msteams", "a:kanarie-chat", "https://smba.example/", "29:ann", "28:desk"))
    await company.adds(Grant(tenant=TENANT, id="g", subscription_id=PROJECT, person_id=ANN[1], granted_at=now))
    await changes(record, ALICE, PROJECT, -1, f"take it from {NAME.upper()}", release=[ANN[1]])
    operation = await changes(record, Actor(*ANN), PROJECT, 2, OWN_WORDS)
    await changes(record, ALICE, POWER_BI, 1, f"for {MAIL}, please")
    visio = record.catalog.by_name("Visio Plan 1").id
    asked = await record.requests.quote(Actor(*ANN), visio, 1, [ANN[1]], note=OWN_WORDS)
    await company.does(Actor(*ANN), asked)
    await company.adds(
        ScheduledTotal(
            tenant=TENANT,
            subscription_id=POWER_BI,
            total=18,
            effective_on=(now + timedelta(days=20)).date(),
            releases=[ANN[1]],
            operation_id=operation,
        )
    )


async def changes(
    record: Record, actor: Actor, subscription: str, by: int, said: str, release: list[str] | None = None
) -> str:
    """The id of a change that the actor has asked for in these words, and confirmed."""
    understood = {"intent": "licenses.add", "said": said}
    quote = await record.licenses.quote(actor, subscription, by=by, release=release, said=said, understood=understood)
    outcome = await record.operations.commit(actor, quote.id)
    assert outcome.status is OperationStatus.DONE, outcome
    return quote.id


def _card() -> PaymentMethod:
    return PaymentMethod(
        tenant=TENANT,
        id="ann-visa",
        person_id=ANN[1],
        brand="Visa",
        last_four="4242",
        expiry_month=12,
        expiry_year=2030,
        holder=NAME,
        gateway_token=TOKEN,
    )
