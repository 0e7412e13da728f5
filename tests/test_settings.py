"""Settings as an operator meets them: one table, every problem at once, each with its fix."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bot.settings import Problems, Settings, reference

APP = {
    "APP_ID": "33333333-0000-4000-8000-000000000001",
    "APP_TENANT_ID": "22222222-0000-4000-8000-000000000001",
    "APP_PASSWORD": "a long secret",  # pragma: allowlist secret
}


def problems(environment: dict[str, str], *, demo: bool = False) -> tuple[str, ...]:
    with pytest.raises(Problems) as told:
        Settings.from_environment(environment, demo=demo)
    return told.value.problems


def test_the_demo_needs_nothing() -> None:
    settings = Settings.from_environment({}, demo=True)
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 3978, Path(".data"))
    assert (settings.timezone, settings.currency, settings.cloud) == ("UTC", "USD", "worldwide")


def test_a_service_needs_only_its_id_its_tenant_and_a_credential() -> None:
    settings = Settings.from_environment(APP, demo=False)
    assert (settings.database_url, settings.redis_url) == ("", "")


def test_a_command_that_serves_nobody_needs_nothing_but_what_is_set_must_be_right() -> None:
    assert Settings.from_environment({"HOST": "0.0.0.0"}).app_id == ""  # noqa: S104 - nothing listens
    with pytest.raises(Problems, match="PORT"):
        Settings.from_environment({"PORT": "x"})


def test_an_empty_variable_is_an_unset_one() -> None:
    assert Settings.from_environment({"PORT": " ", "APP_ID": ""}, demo=True).port == 3978


def test_without_an_app_id_one_line_says_what_to_do() -> None:
    (line,) = problems({})
    assert "APP_ID" in line
    assert "--demo" in line
    assert "\n" not in line


def test_all_problems_are_reported_at_once() -> None:
    told = problems(
        {"APP_ID": APP["APP_ID"], "PORT": "3978.5", "TIMEZONE": "Mars/Base", "ADMINS": "bob", "CLOUD": "home"}
    )
    named = [problem.split()[0] for problem in told]
    assert sorted(named) == ["ADMINS", "APP_PASSWORD", "APP_TENANT_ID", "CLOUD", "PORT", "TIMEZONE"]


@pytest.mark.parametrize(
    ("variable", "value", "fix"),
    [
        ("APP_ID", "license-desk", "36 characters"),
        ("APP_TENANT_ID", "contoso.example", "36 characters"),
        ("TENANTS", f"{APP['APP_TENANT_ID']};{APP['APP_TENANT_ID']}", "36 characters"),
        ("DATABASE_URL", "mysql://db", "postgresql: or sqlite:"),
        ("REDIS_URL", "http://cache", "redis:"),
        ("PORT", "-1", "0 to 65535"),
        ("PORT", "65536", "0 to 65535"),
        ("CLOUD", "usgov", "worldwide or 21vianet"),
        ("PUBLIC_URL", "http://desk.contoso.example", "https"),
        ("TIMEZONE", "../etc/passwd", "Europe/Berlin"),
        ("CURRENCY", "BTC", "USD"),
        ("SUPPORT", "ask Bob", "mail address"),
        ("HOST", "0.0.0.0", "leave HOST unset"),  # noqa: S104 - refused
        ("HOST", "contoso.example", "leave HOST unset"),
    ],
)
def test_each_problem_names_its_variable_and_the_fix(variable: str, value: str, fix: str) -> None:
    (problem,) = problems({variable: value}, demo=True)
    assert problem.startswith(variable)
    assert fix in problem


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_demo_listens_on_loopback(host: str) -> None:
    assert Settings.from_environment({"HOST": host}, demo=True).host == host


def test_lists_are_split_and_ids_are_compared_in_lower_case() -> None:
    admins = "AAAAAAAA-0000-4000-8000-000000000001, 11111111-0000-4000-8000-000000000002,"
    settings = Settings.from_environment({"ADMINS": admins}, demo=True)
    assert settings.admins == ("aaaaaaaa-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002")


def test_no_secret_is_shown_by_settings_or_by_a_problem() -> None:
    database = "postgresql://desk:hunter2@db/desk"  # pragma: allowlist secret
    cache = "http://desk:hunter2@cache"  # pragma: allowlist secret
    settings = Settings.from_environment({**APP, "DATABASE_URL": database}, demo=False)
    assert APP["APP_PASSWORD"] not in repr(settings)
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in " ".join(problems({"REDIS_URL": cache}, demo=True))


def test_every_example_of_the_table_is_accepted() -> None:
    examples = {row.metadata["name"]: row.metadata["example"] for row in fields(Settings)}
    settings = Settings.from_environment(examples, demo=False)
    assert all(getattr(settings, row.name) not in ("", ()) for row in fields(settings))


def test_the_settings_page_is_the_table() -> None:
    page = Path(__file__).parents[1] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == reference(), "run `make docs`"
