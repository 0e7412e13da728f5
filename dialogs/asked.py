"""What a summary is asked for: read from words, carried by buttons and links, and changed by what is said next."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from dialogs.which import wanted_products
from storage.grouping import GroupBy
from storage.views import Status
from storage.wanted import Days, Only, Order, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalog import Catalog

T = TypeVar("T", bound=StrEnum)

YEAR: Final = 12  # months
QUARTER: Final = 3
_ABOUT: Final = {
    "unused": (Only.UNUSED, Order.UNUSED),
    "orphaned": (Only.ORPHANED, Order.PRICE),
    "expiry": (None, Order.EXPIRY),
}


class About(StrEnum):
    """What there is to know of what people bought."""

    BOUGHT = "bought"
    REASONS = "reasons"  # why they cancelled
    CHANGES = "changes"  # what they changed


@dataclass(frozen=True)
class Asked:
    """Which subscriptions, in what order or groups; or why they were cancelled, or who changed what."""

    wanted: Wanted = field(default_factory=Wanted)
    order: Order = Order.PRICE
    group_by: GroupBy | None = None
    about: About = About.BOUGHT

    def coded(self) -> str:
        """All of it as one line that buttons and links carry; nothing in it is secret, and nothing is trusted."""
        wanted = self.wanted
        parts = {
            "product": ",".join(wanted.products),
            "purchaser": ",".join(wanted.purchasers),
            "bought": _span(wanted.bought),
            "ends": _span(wanted.ends),
            "status": wanted.status or "",
            "only": wanted.only or "",
            "order": "" if self.order is Order.PRICE else self.order,
            "by": self.group_by or "",
            "about": "" if self.about is About.BOUGHT else self.about,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    @classmethod
    def decoded(cls, line: str) -> Asked:
        """What `coded` wrote; whatever cannot be read limits nothing."""
        said = dict(parse_qsl(line))
        wanted = Wanted(
            products=_ids(said.get("product")),
            purchasers=_ids(said.get("purchaser")),
            bought=_days(said.get("bought")),
            ends=_days(said.get("ends")),
            status=_one_of(Status, said.get("status")),
            only=_one_of(Only, said.get("only")),
        )
        order = _one_of(Order, said.get("order")) or Order.PRICE
        about = _one_of(About, said.get("about")) or About.BOUGHT
        return cls(wanted, order, _one_of(GroupBy, said.get("by")), about)

    def changed(self, slots: dict[str, Any], people: Sequence[str], today: date, catalog: Catalog) -> Asked:
        """The same with what these words say otherwise."""
        about = str(slots.get("about", ""))
        only, order = _ABOUT.get(about, (self.wanted.only, self.order))
        products = tuple(catalog.by_name(name).id for name in wanted_products(slots)) or self.wanted.products
        status = str(slots.get("status", ""))
        days = _period(slots.get("period"), today, ahead=about == "expiry")
        wanted = Wanted(
            products=tuple(each.id for each in catalog.products if each.id in products),
            purchasers=tuple(people) or self.wanted.purchasers,
            bought=days if days and about != "expiry" else self.wanted.bought,
            ends=days if days and about == "expiry" else self.wanted.ends,
            status=_one_of(Status, status) or self.wanted.status,
            only=_one_of(Only, status) or only,
        )
        group_by = _one_of(GroupBy, str(slots.get("group_by", ""))) or self.group_by
        return replace(self, wanted=wanted, order=order, group_by=group_by, about=_one_of(About, about) or self.about)


def refines(showed: Asked, slots: dict[str, Any]) -> bool:
    """Whether words with these slots only change the summary shown last: “by month”, “only Visio”, “as CSV”.

    Reasons and changes have no groups: “by month” asks for what was bought.
    """
    groups = {"group_by"} if showed.about is About.BOUGHT else set()
    return bool(slots) and slots.keys() <= {*groups, "product", "product_candidates", "file"}


def _period(said: object, today: date, *, ahead: bool) -> Days | None:
    match said:
        case {"months": int(months)}:
            other = _months_from(today, months if ahead else -months)
            return Days(min(today, other), max(today, other))
        case {"from": str(first), "to": str(last)}:
            days = Days(date.fromisoformat(first), date.fromisoformat(last))
            return Days(days.first, _whole(days)) if ahead and days.last == today else days
    return None


def _whole(days: Days) -> date:
    """The last day of the month, quarter or year that is under way: what expires in it has often yet to."""
    for months in (1, QUARTER, YEAR):
        end = _months_from(days.first, months) - timedelta(days=1)
        if days.first.day == 1 and (days.first.month - 1) % months == 0 and end >= days.last:
            return end
    return days.last


def _months_from(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, YEAR)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _span(days: Days | None) -> str:
    return f"{days.first}/{days.last}" if days else ""


def _days(said: str | None) -> Days | None:
    first, _, last = (said or "").partition("/")
    try:
        return Days(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None


def _ids(said: str | None) -> tuple[str, ...]:
    return tuple(said.split(",")) if said else ()


def _one_of(kind: type[T], said: str | None) -> T | None:
    return kind(said) if said in set(kind) else None
