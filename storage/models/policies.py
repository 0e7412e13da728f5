"""What the admins of an organisation have decided about buying."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference, whole
from storage.policy_views import Per, Sale


class Policy(Row):
    """There is one once anything was decided; what counts against a cap comes one after the other at this row."""

    __tablename__ = "policies"

    tenant: Mapped[str] = mapped_column(ForeignKey("organisations.tenant"), primary_key=True)
    sale: Mapped[Sale] = mapped_column(default=Sale.ENABLED)  # of products that have no row of their own
    requests: Mapped[bool] = mapped_column(default=True)  # whether what is blocked may be asked for


class ProductPolicy(Row):
    """How one product may be bought."""

    __tablename__ = "product_policies"

    tenant: Mapped[str] = mapped_column(ForeignKey("policies.tenant"), primary_key=True)
    product_id: Mapped[str] = mapped_column(primary_key=True)
    sale: Mapped[Sale]


class Cap(Row):
    """The most that may be bought: for so much money in a calendar month, or so many licenses of a product."""

    __tablename__ = "caps"
    __table_args__ = (
        reference("team_id", to="teams"),
        CheckConstraint("(team_id IS NULL) = (per <> 'team')", name="of_a_team"),
        CheckConstraint("(amount IS NULL) <> (licenses IS NULL)", name="money_or_licenses"),
        CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="money_has_a_currency"),
        CheckConstraint("(licenses IS NULL) = (product_id IS NULL)", name="licenses_of_a_product"),
        CheckConstraint("COALESCE(amount, licenses) >= 0", name="never_negative"),
        whole("amount", "licenses"),
    )

    tenant: Mapped[str] = mapped_column(ForeignKey("policies.tenant"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    per: Mapped[Per]
    team_id: Mapped[str | None]
    product_id: Mapped[str | None]
    licenses: Mapped[int | None]
    amount: Mapped[int | None]  # in minor units
    currency: Mapped[str | None]


class Approver(Row):
    """Somebody who decides about requests; where nobody is named, the admins do."""

    __tablename__ = "approvers"
    __table_args__ = (reference("person_id", to="people"),)

    tenant: Mapped[str] = mapped_column(ForeignKey("policies.tenant"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
