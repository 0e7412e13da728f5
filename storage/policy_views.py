"""What an organisation has decided about buying, as people see it."""

from __future__ import annotations

from enum import StrEnum


class Sale(StrEnum):
    """How a product may be bought, in Microsoft's three values."""

    ENABLED = "enabled"
    TRIALS_ONLY = "trials_only"
    DISABLED = "disabled"


class Per(StrEnum):
    """Whose purchases a cap adds up."""

    ORGANISATION = "organisation"  # everybody's together
    TEAM = "team"  # those of a team's members together
    PERSON = "person"  # each person's alone
