"""Protections switched off one at a time: a line of the product is changed in memory, to see that a test notices."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import reduce
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from storage import assignments, buying, change_total, deciding, operations, outbox, renewals, ruling, seats, sharing

if TYPE_CHECKING:
    from types import ModuleType

    import pytest


@dataclass(frozen=True)
class Mutant:
    """A function or method of the product (`name`, with dots) in which one piece of text is another."""

    module: ModuleType
    name: str
    protection: str
    instead: str

    def plant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Puts the changed function in place until the test ends; fails when the protection is not written there."""
        *path, last = self.name.split(".")
        owner: Any = reduce(getattr, path, self.module)
        source = dedent(inspect.getsource(getattr(owner, last)))
        assert source.count(self.protection) == 1, f"{self.name} does not hold {self.protection!r} once"
        changed = source.replace(self.protection, self.instead)
        code = compile(changed, f"<{self.name}>", "exec", flags=annotations.compiler_flag)
        defined: dict[str, Any] = {}
        exec(code, self.module.__dict__, defined)  # noqa: S102 - our own source
        monkeypatch.setattr(owner, last, defined[last])


NO_CLAIM = Mutant(operations, "Operations._end", "if operation.status is OperationStatus.OPEN:", "if True:")
NO_WAITING_CLAIM = Mutant(operations, "_claim", "with_for_update=True, ", "")
NO_VERSION_CHECK = Mutant(
    operations, "Operations._carry_out", "_version(subscription) == operation.subscription_version", "True"
)
NO_ROW_LOCK = Mutant(operations, "_subscription", ".with_for_update(read=not to_change)", "")
NO_GUARD = Mutant(change_total, "_change", "Subscription.assigned + more <= quote.new_total,", "")
NO_GUARD_OF_THE_TOTAL = Mutant(change_total, "_change", "Subscription.total == quote.old_total,", "")
NO_GUARD_OF_THE_SEATS = Mutant(assignments, "move", "assigned <= Subscription.total,", "")
NO_LOOK_AT_THE_PEOPLE = Mutant(
    seats, "Seats.still_holds", "return as_shown and subscription.assigned", "return True or subscription.assigned"
)
NO_COUNT_OF_THE_TAKEN = Mutant(
    assignments, "release", "await _expect(tx, people, {row.person_id for row in taken})", ""
)
NO_HOLD_ON_THE_PEOPLE = Mutant(assignments, "seats", ".with_for_update(read=True)", "")
NO_HOLD_ON_THE_DEPUTY = Mutant(sharing, "_check_deputy", "with_for_update=lock, ", "")
NO_RIGHT_AT_THE_TAP = Mutant(
    operations, "Operations._carry_out", "await _authorise_still(tx, action, subscription, quote)", ""
)
NO_LOOK_AT_THE_PRICE = Mutant(buying, "Buy.still_holds", "same_days and fresh.amounts == quote.amounts", "same_days")
NO_LOOK_AT_THE_RENEWAL = Mutant(renewals, "Renew.still_holds", "fresh.amounts == quote.amounts", "True")
NO_SUBSCRIPTION_TO_TAKE_BACK = Mutant(renewals, "_take_back", "Cancellation.subscription_id == subscription.id,", "")
NO_TENANT_TO_REVIVE = Mutant(outbox, "revivable", "OutboxMessage.tenant == tenant,", "")
NO_OTHER_TO_DECIDE = Mutant(deciding, "deciders", "Person.id.not_in([requester, *people])", "Person.id.is_not(None)")
NO_END_OF_A_REQUEST = Mutant(deciding, "pending", "row.status is not RequestStatus.PENDING or ", "")
NO_RULE_FOR_PRODUCTS = Mutant(ruling, "Ruling.expect", "await _expect_on_sale(tx, buying)", "pass")
NO_CAP_ON_MONEY = Mutant(ruling, "Ruling._expect_within", "max(cap.amount - used, 0)", "cap.amount")
