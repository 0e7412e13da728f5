"""Contoso, the demo company: who its people are and, on request, a year of its record."""

from __future__ import annotations

TENANT = "22222222-0000-4000-8000-000000000001"
BOT_ID = "28:33333333-0000-4000-8000-000000000001"
SALES_TEAM = "44444444-0000-4000-8000-000000000001"
TEAM_CONVERSATION = "19:sales-team@thread.tacv2"
CHANNEL_CONVERSATION = "19:sales-licenses@thread.tacv2"
GROUP_CONVERSATION = "19:sales-group@thread.v2"


def person_id(number: int) -> str:
    """The Entra object id of person `number` of the company, counted from 1 (Alice)."""
    return f"11111111-0000-4000-8000-{number:012d}"


def account_id(number: int) -> str:
    """The account under which person `number` is known in Teams."""
    return f"29:contoso-{number}"


def personal_conversation(number: int) -> str:
    """The chat between person `number` and the bot."""
    return f"a:personal-{number}"
