"""Log lines as an operator reads them: JSON, one event a line, and nothing that a person wrote."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot import logs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logs as the service writes them; afterwards as they were for the other tests."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    logs.configure()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    printed = captured.readouterr()
    assert printed.out == ""
    return [json.loads(line) for line in printed.err.splitlines()]


def test_an_event_is_one_line_of_json_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().error("turn_failed", reference="1a2b3c4d", ms=12)
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["reference"], line["ms"]) == ("turn_failed", "error", "1a2b3c4d", 12)
    assert line["timestamp"].endswith("Z")


def test_a_field_that_is_not_on_the_list_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().error("turn_failed", text="add 5 licenses", name="Alice Chen", token="eyJ", status=200)
    (line,) = lines(capsys)
    assert set(line) == {"event", "level", "timestamp", "status"}


def test_what_other_packages_quote_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        json.loads("{'text': 'add 5 licenses'}")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("cannot read %s", "{'text': 'add 5 licenses'}")
    (line,) = lines(capsys)
    assert (line["event"], line["kind"], line["where"].partition(":")[0]) == (
        "aiohttp.server",
        "JSONDecodeError",
        "test_logs",
    )
    assert "licenses" not in json.dumps(line)


def test_a_conversation_is_followed_without_being_named() -> None:
    assert logs.digest("a:personal-1") == logs.digest("a:personal-1") != logs.digest("a:personal-2")
    assert "personal" not in logs.digest("a:personal-1")
