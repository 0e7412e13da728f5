"""What can be done to the record: the name of every kind of change, and what each must know how to do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from storage.views import Quote

if TYPE_CHECKING:
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.transaction import Transaction


class ActionName(StrEnum):
    """What an operation is called in the record and its audit trail: noun.verb."""

    CHANGE_TOTAL = "licenses.change_total"
    ASSIGN = "licenses.assign"
    UNASSIGN = "licenses.unassign"
    MOVE = "licenses.move"
    BUY = "subscriptions.buy"
    CANCEL = "subscriptions.cancel"
    RENEW = "subscriptions.renew"  # recurring billing on or off, reactivation, a scheduled change dropped
    PAY = "subscriptions.pay"  # what could not be charged
    SHARE = "subscriptions.share"
    SWITCH = "payment.switch"
    SELL = "policy.sale"
    CAP = "policy.cap"
    APPROVERS = "policy.approvers"
    REQUESTS = "policy.requests"
    REQUEST = "requests.make"
    ASK_FOR_SPARE = "requests.spare"  # of somebody else's unused licenses
    WITHDRAW = "requests.withdraw"
    DENY = "requests.deny"  # to approve one is to buy for it


class Unasked(StrEnum):
    """What License Desk does by itself: the worker's operations, which nobody is shown before."""

    RENEWED = "subscriptions.renewed"
    CHARGED_AGAIN = "subscriptions.charged_again"
    EXPIRED = "subscriptions.expired"
    DISABLED = "subscriptions.disabled"
    DELETED = "subscriptions.deleted"
    REQUEST_PASSED_ON = "requests.passed_on"  # to every admin, since nobody decided in time
    REQUEST_EXPIRED = "requests.expired"
    REMINDED = "notices.reminded"  # changes nothing, and has no entry in the trail


Q_co = TypeVar("Q_co", bound=Quote, covariant=True)


class Action(Protocol[Q_co]):
    """A kind of change. `subscription` is the locked row it is about, or None where there is none yet: a purchase."""

    @property
    def name(self) -> str:
        """What the record calls it: noun.verb."""

    @property
    def quotes(self) -> type[Q_co]:
        """The kind of quote it draws."""

    @property
    def any_version(self) -> bool:
        """Whether a quote may outlive other changes of the subscription: then `still_holds` alone decides."""

    async def authorise(self, tx: Transaction, subscription: Any) -> None:
        """Raises Refused when the actor may not do this, as things are now."""

    async def draw(self, tx: Transaction, subscription: Any, parameters: Json, quote_id: str) -> Q_co:
        """What would happen and what it would cost; changes nothing. Raises Refused."""

    async def still_holds(self, tx: Transaction, subscription: Any, quote: Any) -> bool:
        """Whether what would happen, and its price, are still what was shown."""

    async def carry_out(self, tx: Transaction, subscription: Any, operation: Operation, quote: Any) -> str | None:
        """Does what the quote says and returns the invoice's number, if there is one. Raises Refused."""
