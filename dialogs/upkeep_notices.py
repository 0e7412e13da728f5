"""What people are told of what happens by itself, or soon will: renewals, failed charges, ends. Money to who pays."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from dialogs.elements import Button
from dialogs.pay_cards import pay_buttons
from storage.money import Money

if TYPE_CHECKING:
    from dialogs.texts import Reader, Value
    from storage.news import News

# Kinds of messages and the sentence that whoever gets one may say to it.
KINDS: Final = {
    "renewed": "example.show",
    "charge_failed": None,
    "renewal_near": "example.show",
    "window_closes": "example.remove",
    "card_expires": "method.show.replace",
    "subscription_expired": "example.reactivate",
    "subscription_disabled": "example.reactivate",
    "subscription_deleted": None,
    "license_ended": None,
}
DAYS: Final = {"on": "date", "again": "again", "until": "until", "stops": "stops"}
STOPPABLE: Final = frozenset({"renewal_near", "window_closes", "card_expires", "charge_failed"})
AGAIN_LATER: Final = frozenset({"renewal_near", "card_expires"})  # of these a second one comes a week later or more


def words(reader: Reader, news: News) -> str:
    """The sentences of one of KINDS.

    `payload` holds days and instants in ISO's way, `total` and `assigned` licenses, `amount` with `currency`, of the
    card `brand` and `last_four`, and `products` that it pays for.
    """
    told = news.payload
    values: dict[str, Value] = {"product": news.product}
    values |= {name: date.fromisoformat(told[key]) for key, name in DAYS.items() if key in told}
    if "total" in told:
        values["count"] = told["total"]
    if "assigned" in told:
        values["used"] = told["assigned"]
    if "amount" in told:
        values["amount"] = Money(told["amount"], told["currency"])
    if "brand" in told:
        values["card"] = reader.text("fact.card", brand=told["brand"], digits=told["last_four"])
    if "closes_at" in told:
        values["closes"] = datetime.fromisoformat(told["closes_at"])
    if "products" in told:
        values["products"] = reader.names(told["products"])
    return reader.text(_key(news), **values)


def buttons(reader: Reader, news: News) -> tuple[Button, ...]:
    """What to do about it: to pay, or a sentence to say; of what comes again, to hear later or not at all."""
    return (*_does(reader, news), *_quiet(reader, news))


def _does(reader: Reader, news: News) -> tuple[Button, ...]:
    told, sentence = news.payload, KINDS[news.kind]
    if news.kind == "charge_failed" or told.get("unpaid"):
        return pay_buttons(reader, told["subscription"])
    if sentence is None or told.get("trial"):
        return ()
    said = [sentence, *(["method.show.edit"] if news.kind == "card_expires" else [])]
    return tuple(Button(say, (("say", say),)) for say in (reader.text(key, product=news.product) for key in said))


def _quiet(reader: Reader, news: News) -> tuple[Button, ...]:
    if news.kind not in STOPPABLE:
        return ()
    later = news.kind in AGAIN_LATER and news.payload["time"] == 1
    return tuple(
        Button(reader.text(f"button.quiet_{how}"), (("quiet", news.kind), ("do", how)))
        for how in (*(["later"] if later else []), "stop")
    )


def _key(news: News) -> str:
    told = news.payload
    match news.kind:
        case "renewed":
            return f"notice.renewed.{'charged' if told['amount'] else 'nothing_due'}"
        case "charge_failed":
            return f"notice.charge_failed.{'declined' if 'brand' in told else 'no_card'}"
        case "renewal_near":
            return f"notice.renewal_near.{'charged' if 'brand' in told else 'no_card'}"
        case "subscription_expired":
            why = "trial" if told["trial"] else "unpaid" if told["unpaid"] else "not_renewed"
            return f"notice.subscription_expired.{why}"
    return f"notice.{news.kind}"
