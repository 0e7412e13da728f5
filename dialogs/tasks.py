"""The tasks there are, and which requests start them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.assign_licenses import AssignLicenses
from dialogs.buy_product import BuyProduct, ListProducts
from dialogs.cancel_subscription import CancelSubscription
from dialogs.change_licenses import ChangeLicenses
from dialogs.decide_requests import ApproveRequest, DenyRequest, WaitingRequests
from dialogs.explain_invoice import ExplainInvoice
from dialogs.holders import WhoHolds
from dialogs.invoices import ListInvoices, ShowInvoice
from dialogs.move_licenses import MoveLicenses
from dialogs.pay_open import PayOpen
from dialogs.payment import AddPayment, EditPayment, ShowPayment, SwitchCard
from dialogs.policy import LiftCap, NameApprover, SellProducts, SetCap, ShowPolicy, TakeRequests
from dialogs.purchase_summary import PurchaseSummary
from dialogs.renewals import Renewals, ScheduledReduction
from dialogs.request_licenses import OwnRequests, RequestLicenses, WithdrawRequest
from dialogs.several import Several
from dialogs.share import Share
from dialogs.spare_licenses import AskForSpare
from dialogs.subscriptions import ListSubscriptions, ShowSubscription
from dialogs.unassign_licenses import UnassignLicenses

if TYPE_CHECKING:
    from dialogs.task import Change, Lookup, Task
    from dialogs.understanding import Request

CHANGES: tuple[Change[Any], ...] = (
    ChangeLicenses(),
    BuyProduct(),
    CancelSubscription(),
    Renewals(),
    ScheduledReduction(),
    PayOpen(),
    SwitchCard(),
    Share(),
    RequestLicenses(),
    AskForSpare(),
    WithdrawRequest(),
    ApproveRequest(),
    DenyRequest(),
    AssignLicenses(),
    UnassignLicenses(),
    MoveLicenses(),
    SellProducts(),
    SetCap(),
    LiftCap(),
    NameApprover(),
    TakeRequests(),
)
LOOKUPS: tuple[Lookup, ...] = (
    ListSubscriptions(),
    ShowSubscription(),
    ListProducts(),
    WhoHolds(),
    ListInvoices(),
    ShowInvoice(),
    ExplainInvoice(),
    PurchaseSummary(),
    OwnRequests(),
    WaitingRequests(),
    ShowPayment(),
    AddPayment(),
    EditPayment(),
    ShowPolicy(),
)
ALL: tuple[Task, ...] = (*CHANGES, *LOOKUPS)

_BY_ACTION = {action: task for task in CHANGES for action in task.actions}
PLAN = Several({task.name: task for task in CHANGES}, _BY_ACTION)
_BY_NAME: dict[str, Task] = {task.name: task for task in (*ALL, PLAN)}
_CHANGE_FOR = {intent: task for task in CHANGES for intent in task.intents}
_BY_INTENT = {intent: task for task in ALL for intent in task.intents}


def task_named(name: str) -> Task | None:
    """The task of a frame; None when a newer or older release knew it by another name."""
    return _BY_NAME.get(name)


def task_for(intent: str) -> Task | None:
    """The task that a request starts; None when it is small talk, or not built yet."""
    return _BY_INTENT.get(intent)


def is_change(request: Request) -> bool:
    """Whether it asks for something that would change the record."""
    return request.intent in _CHANGE_FOR


def change_for(request: Request) -> Change[Any]:
    """The task of a request that is one for a change."""
    return _CHANGE_FOR[request.intent]


def task_of(action: str) -> Change[Any]:
    """The task that draws the quotes and outcomes of an operation."""
    return _BY_ACTION[action]
