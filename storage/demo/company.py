"""Who Contoso is: its people, teams and cards, and the names Teams knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.models import PaymentMethod, Person, Row, Team, TeamMember
from storage.payments import DECLINED, WORKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

TENANT = "22222222-0000-4000-8000-000000000001"
BOT_ID = "28:33333333-0000-4000-8000-000000000001"
TEAM_CONVERSATION = "19:sales-team@thread.tacv2"
CHANNEL_CONVERSATION = "19:sales-licenses@thread.tacv2"
GROUP_CONVERSATION = "19:sales-group@thread.v2"

Given = dict[str, Any]


def person_id(number: int | str) -> str:
    """The Entra object id of person `number` of the company, counted from 1 (Alice)."""
    return f"11111111-0000-4000-8000-{int(number):012d}"


def account_id(number: int) -> str:
    """The account under which person `number` is known in Teams."""
    return f"29:contoso-{number}"


def personal_conversation(number: int) -> str:
    """The chat between person `number` and the bot."""
    return f"a:personal-{number}"


def people(given: Given, now: datetime) -> Iterator[Row]:
    """All rows of data/contoso.toml that are not about subscriptions."""
    for number, person in given["people"].items():
        yield Person(
            tenant=TENANT,
            id=person_id(number),
            name=person["name"],
            mail=f"{person['mail']}@contoso.example",
            department=person["department"],
            member=person.get("member", True),
            enabled=person.get("enabled", True),
            language=person.get("language", "en"),
        )
    for team in given["team"]:
        yield from _team(team)
    for key, card in given["cards"].items():
        yield _card(key, card, given, now)


def _team(team: Given) -> Iterator[Row]:
    yield Team(tenant=TENANT, id=team["id"], name=team["name"])
    for number in (*team["owners"], *team["members"]):
        owner = number in team["owners"]
        yield TeamMember(tenant=TENANT, team_id=team["id"], person_id=person_id(number), owner=owner)


def _card(key: str, card: Given, given: Given, now: datetime) -> Row:
    return PaymentMethod(
        tenant=TENANT,
        id=key,
        person_id=person_id(card["person"]),
        brand=card["brand"],
        last_four=card["last_four"],
        expiry_month=8,
        expiry_year=now.year + 3,
        holder=given["people"][str(card["person"])]["name"],
        gateway_token=f"{DECLINED if card.get('declined') else WORKS}:{key}",
    )
