"""The port to a payment provider, and the sandbox behind it in the demo and the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from storage.views import PaymentMethodView

if TYPE_CHECKING:
    from storage.models import PaymentMethod
    from storage.money import Money


class Declined(Exception):
    """The provider will not pay this; no money has moved."""


class Gateway(Protocol):
    """A payment provider, which alone knows the card behind a token."""

    async def charge(self, token: str, amount: Money, key: str) -> None:
        """Takes `amount` at most once for each `key`; raises Declined."""

    async def refund(self, token: str, amount: Money, key: str) -> None:
        """Gives `amount` back at most once for each `key`, whatever the amount is then; raises Declined."""


@dataclass(frozen=True)
class SandboxGateway:
    """Moves no money: the token says what becomes of a charge."""

    async def charge(self, token: str, amount: Money, key: str) -> None:
        if token != "sandbox:works":  # noqa: S105 - a word, no secret
            raise Declined(f"{amount} for {key} is declined by {token}")

    async def refund(self, token: str, amount: Money, key: str) -> None:
        """Cards that decline a charge take money back."""


def payment_method_view(method: PaymentMethod | None) -> PaymentMethodView | None:
    """Brand and last four digits, which is all there is."""
    return PaymentMethodView(method.brand, method.last_four) if method else None
