"""The port to a payment provider, and the sandbox behind it in the demo and the tests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from storage.views import PaymentMethodView

if TYPE_CHECKING:
    from datetime import date

    from storage.models import PaymentMethod
    from storage.money import Money

SANDBOX: Final = "/sandbox/"  # where the sandbox's own form stands, in the process that has it
WORKS: Final = "sandbox:works"
DECLINED: Final = "sandbox:declined"


class Declined(Exception):
    """The provider will not pay this; no money has moved."""


class Gateway(Protocol):
    """What moves money: it alone knows the card behind a token."""

    async def charge(self, token: str, amount: Money, key: str) -> None:
        """Takes `amount` at most once for each `key`; raises Declined."""

    async def refund(self, token: str, amount: Money, key: str) -> None:
        """Gives `amount` back at most once for each `key`, whatever the amount is then; raises Declined."""


@dataclass(frozen=True)
class Filed:
    """A card that the provider has on file, as far as anybody but the provider may know it."""

    token: str
    brand: str
    last_four: str
    expiry_month: int
    expiry_year: int
    holder: str


@dataclass(frozen=True)
class Hosted:
    """A page of the provider's own: its id there, and where the browser is sent."""

    id: str
    address: str


class PaymentGateway(Gateway, Protocol):
    """A payment provider with pages of its own, in Stripe's terms: only there is a number ever typed.

    `customer` is our name for whoever pays, `back` the address to which the provider sends the browser afterwards.
    """

    @property
    def takes_cards(self) -> bool:
        """Whether it has such pages; without them no card can be added."""

    async def set_up(self, customer: str, back: str, key: str) -> Hosted:
        """A page to put a card on file (a Checkout session in setup mode), the same one for the same `key`."""

    async def result(self, session: str) -> Filed | None:
        """The card that was put on file on that page; None while, or because, there is none."""

    async def portal(self, customer: str, token: str, back: str) -> Hosted:
        """A page to change what is on file of this card (a customer portal session)."""

    async def on_file(self, token: str) -> Filed | None:
        """What is on file of the card now; None for one the provider does not know."""

    async def detach(self, token: str) -> None:
        """Takes the card off the file; nothing happens for one that is not on it."""


class SandboxCard(StrEnum):
    """The sandbox's cards, picked by name."""

    WORKS = "works"
    DECLINED = "declined"  # goes on file, and is declined whenever it is charged
    EXPIRED = "expired"  # does not go on file
    CONFIRM = "confirm"  # goes on file once its bank has asked back


_CARDS: Final = {
    SandboxCard.WORKS: ("Visa", "4242", WORKS),
    SandboxCard.DECLINED: ("Mastercard", "0341", DECLINED),
    SandboxCard.CONFIRM: ("Visa", "3220", WORKS),
}


@dataclass
class _Session:
    """A page of the sandbox: for a new card, or to change the one behind `token`."""

    customer: str
    back: str
    token: str = ""


@dataclass(frozen=True)
class SandboxGateway:
    """Moves no money: the token says what becomes of a charge. What is on its file lives as long as the process."""

    takes_cards: bool = False
    _sessions: dict[str, _Session] = field(default_factory=dict)
    _by_key: dict[str, str] = field(default_factory=dict)
    _files: dict[str, Filed] = field(default_factory=dict)

    async def charge(self, token: str, amount: Money, key: str) -> None:
        if not token.startswith(WORKS):
            raise Declined(f"{amount} for {key} is declined by {token}")

    async def refund(self, token: str, amount: Money, key: str) -> None:
        """Cards that decline a charge take money back."""

    async def set_up(self, customer: str, back: str, key: str) -> Hosted:
        session = self._by_key.setdefault(key, secrets.token_urlsafe(16))
        return self._opened(session, _Session(customer, back))

    async def result(self, session: str) -> Filed | None:
        opened = self._sessions.get(session)
        return self._files.get(opened.token) if opened else None

    async def portal(self, customer: str, token: str, back: str) -> Hosted:
        return self._opened(secrets.token_urlsafe(16), _Session(customer, back, token))

    async def on_file(self, token: str) -> Filed | None:
        return self._files.get(token)

    async def detach(self, token: str) -> None:
        self._files.pop(token, None)

    def back_from(self, session: str) -> str | None:
        """Where the browser goes after that page; None where there is no such page."""
        opened = self._sessions.get(session)
        return opened.back if opened else None

    def changes(self, session: str) -> bool:
        """Whether the page is there to change a card, and not for a new one."""
        return bool(self._sessions[session].token)

    def pick(self, session: str, card: SandboxCard, today: date) -> None:
        """Puts this test card on file, good for three years, as a bank would that has nothing against it."""
        opened = self._sessions[session]
        if opened.token or card not in _CARDS:
            return
        brand, last_four, kind = _CARDS[card]
        opened.token = f"{kind}:{session}"
        year = today.year + 3
        self._files[opened.token] = Filed(opened.token, brand, last_four, today.month, year, opened.customer)

    def renew(self, session: str, today: date) -> None:
        """What a bank does when a card runs out: the same one is good for four years from now."""
        token = self._sessions[session].token
        filed = self._files.get(token, Filed(token, "", "", today.month, today.year, ""))
        self._files[token] = replace(filed, expiry_month=today.month, expiry_year=today.year + 4)

    def _opened(self, session: str, page: _Session) -> Hosted:
        self._sessions.setdefault(session, page)
        return Hosted(session, SANDBOX + session)


def payment_method_view(method: PaymentMethod | None) -> PaymentMethodView | None:
    """Brand and last four digits, which is all there is."""
    return PaymentMethodView(method.brand, method.last_four) if method else None
