"""Every setting: one table of environment variables, read once at start, all problems reported together."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import values
from storage.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_APP = (
    "APP_ID is not set: start the demo with `license-desk run --demo`, "
    "or set APP_ID, APP_TENANT_ID and APP_PASSWORD (docs/settings.md says where to find them)"
)


class Problems(Misconfigured):
    """Everything that is wrong with the settings at once; each of `problems` names a variable and its fix."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _variable(
    name: str, parse: Callable[[str], Any], default: Any, *, meaning: str, example: str, found: str = ""
) -> Any:
    """One row of the table; `found` says where an operator gets the value."""
    facts = {"name": name, "parse": parse, "meaning": meaning, "example": example, "found": found}
    return field(default=default, metadata=facts)


SECRET = frozenset({"APP_PASSWORD", "DATABASE_URL", "REDIS_URL"})  # never shown: addresses may hold passwords
_REGISTRATION = "Microsoft Entra admin center → App registrations → your app → "


@dataclass(frozen=True)
class Settings:
    """What the process was told, one variable a field; `repr` shows secrets as ***."""

    app_id: str = _variable(
        "APP_ID",
        values.object_id,
        "",
        meaning="The bot's application (client) id. Required outside the demo.",
        example="33333333-0000-4000-8000-000000000001",
        found=_REGISTRATION + "Overview",
    )
    app_password: str = _variable(
        "APP_PASSWORD",
        str,
        "",
        meaning="The bot's client secret. Required outside the demo.",
        example="(a secret of about 40 characters)",
        found=_REGISTRATION + "Certificates & secrets; the value, not its id",
    )
    app_tenant_id: str = _variable(
        "APP_TENANT_ID",
        values.object_id,
        "",
        meaning="The tenant in which the bot is registered. Required outside the demo.",
        example="22222222-0000-4000-8000-000000000001",
        found=_REGISTRATION + "Overview",
    )
    tenants: tuple[str, ...] = _variable(
        "TENANTS",
        values.object_ids,
        (),
        meaning="The tenants whose members are served, separated by commas; unset: APP_TENANT_ID alone.",
        example="22222222-0000-4000-8000-000000000001",
        found="Microsoft Entra admin center → Overview",
    )
    database_url: str = _variable(
        "DATABASE_URL",
        values.address("postgresql", "sqlite"),
        "",
        meaning="The record's database; unset: a SQLite file in DATA.",
        example="postgresql://desk@db.contoso.example/desk",
        found="Your database service",
    )
    redis_url: str = _variable(
        "REDIS_URL",
        values.address("redis", "rediss", "unix"),
        "",
        meaning="Where conversations are kept (Redis or Valkey); unset: an embedded Valkey in DATA.",
        example="rediss://cache.contoso.example:6380/0",
        found="Your Redis service",
    )
    host: str = _variable(
        "HOST",
        str,
        "127.0.0.1",
        meaning="The address listened on. The demo asks for no tokens and listens on loopback only.",
        example="::",
    )
    port: int = _variable(
        "PORT",
        values.port,
        3978,
        meaning="The port listened on; 0 takes any free one.",
        example="3978",
    )
    data: Path = _variable(  # noqa: RUF009 - a Path cannot change
        "DATA",
        Path,
        Path(".data"),
        meaning="The directory of the embedded database and the embedded Valkey; one process at a time.",
        example="/var/lib/license-desk",
    )
    cloud: str = _variable(
        "CLOUD",
        values.cloud,
        "worldwide",
        meaning="Which Microsoft cloud: worldwide or 21vianet (Azure China).",
        example="21vianet",
    )
    admins: tuple[str, ...] = _variable(
        "ADMINS",
        values.object_ids,
        (),
        meaning="Object ids of the people who see everybody's purchases, separated by commas.",
        example="11111111-0000-4000-8000-000000000002",
        found="Microsoft Entra admin center → Users → a person → Object ID",
    )
    public_url: str = _variable(
        "PUBLIC_URL",
        values.public_url,
        "",
        meaning="The https address under which Teams and browsers reach this process; unset: nothing is done on pages.",
        example="https://desk.contoso.example",
        found="Your reverse proxy or tunnel; register its /sign-in/back as a Web redirect URI of your app",
    )
    timezone: str = _variable(
        "TIMEZONE",
        values.zone,
        "UTC",
        meaning="When a day, and so a billing period, begins. Kept for an organization when it is first seen.",
        example="Europe/Berlin",
    )
    currency: str = _variable(
        "CURRENCY",
        values.currency,
        "USD",
        meaning="The currency everything is sold in. Kept for an organization when it is first seen.",
        example="EUR",
    )
    support: str = _variable(
        "SUPPORT",
        values.support,
        "",
        meaning="Where people are sent with what the bot cannot do: a mail address or an https page.",
        example="licenses@contoso.example",
    )

    words_kept_days: int = _variable(
        "WORDS_KEPT_DAYS",
        values.days,
        400,
        meaning="How many days the words that people said are kept beside what was done (docs/privacy.md).",
        example="90",
    )

    learn_from: tuple[str, ...] = _variable(
        "LEARN_FROM",
        values.object_ids,
        (),
        meaning="The tenants of which messages that were not understood are kept, names masked, separated by commas.",
        example="22222222-0000-4000-8000-000000000001",
    )

    messages_per_minute: int = _variable(
        "MESSAGES_PER_MINUTE",
        values.messages,
        60,
        meaning="How many messages a minute one person may send, and half of them at once; 0: any number.",
        example="120",
    )

    worker: str = _variable(
        "WORKER",
        values.worker,
        "here",
        meaning="Where subscriptions renew, notices are sent and the trail is sealed: here, in this process, or "
        "elsewhere, by `license-desk worker`. With a SQLite file always here.",
        example="elsewhere",
    )
    tenant_messages_per_second: int = _variable(
        "TENANT_MESSAGES_PER_SECOND",
        values.per_second,
        30,
        meaning="How many messages a second this process sends to one tenant; the others wait. Teams takes 50.",
        example="10",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, demo: bool | None = None) -> Settings:
        """Settings as the environment says, empty ones as unset. For what serves nobody leave `demo` out:
        then nothing is required. Raises `Problems` with all of them.
        """
        given: dict[str, Any] = {}
        refused: dict[str, str] = {}
        for row in fields(cls):
            name = row.metadata["name"]
            said = environment.get(name, "").strip()
            try:
                if said:
                    given[row.name] = row.metadata["parse"](said)
            except ValueError as wrong:
                shown = name if name in SECRET else f"{name} {said!r}"
                refused[name] = f"{shown} {wrong} (example: {row.metadata['example']})"
        settings = cls(**given)
        rules = {True: _not_for_a_demo(settings), False: _missing(settings, refused)}
        missing = rules.get(demo, []) if demo is not None else []
        if refused or missing:
            raise Problems((*refused.values(), *missing))
        return settings

    @property
    def served(self) -> tuple[str, ...]:
        """The tenants whose members are served."""
        return self.tenants or (self.app_tenant_id,)

    def __repr__(self) -> str:
        shown = {row.name: getattr(self, row.name) for row in fields(self)}
        hidden = {row.name for row in fields(self) if row.metadata["name"] in SECRET and shown[row.name]}
        inside = (f"{name}={'***' if name in hidden else repr(value)}" for name, value in shown.items())
        return f"Settings({', '.join(inside)})"


def _not_for_a_demo(settings: Settings) -> list[str]:
    """What would let strangers in: a door to the network, or the app of a bot that people trust."""
    problems = []
    if settings.host not in LOOPBACK:
        problems.append(f"HOST {settings.host!r} is not loopback: the demo asks for no tokens; leave HOST unset")
    if settings.app_id:
        problems.append("APP_ID is set: the demo asks for no tokens; unset it, or leave --demo out")
    return problems


def _missing(settings: Settings, refused: Mapping[str, str]) -> list[str]:
    """What a service cannot do without; a variable that was set but refused is not also called missing."""
    if not settings.app_id and "APP_ID" not in refused:
        return [NO_APP]
    rows = {row.metadata["name"]: row for row in fields(settings)}
    return [
        f"{name} is not set: find it in the {rows[name].metadata['found']}"
        for name in ("APP_TENANT_ID", "APP_PASSWORD")
        if not getattr(settings, rows[name].name) and name not in refused
    ]


def reference() -> str:
    """The table as Markdown: the whole of `docs/settings.md` (`make docs` writes it, a test compares)."""
    lines = [
        "# Settings",
        "",
        "Environment variables, read once at start. The demo needs none of them; outside it `APP_ID`,",
        "`APP_TENANT_ID` and `APP_PASSWORD` are required. What is wrong is reported all at once, each with",
        "its fix, and the process ends with exit code 78.",
        "",
        "| variable | meaning | default | example | where to find it |",
        "|---|---|---|---|---|",
    ]
    for row in fields(Settings):
        facts = row.metadata
        default = f"`{row.default}`" if row.default not in ("", ()) else "–"
        cells = (
            f"`{facts['name']}`",
            facts["meaning"],
            default,
            f"`{facts['example']}`",
            facts["found"] or "–",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
