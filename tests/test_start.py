"""`license-desk` as a newcomer and an operator meet it: real processes, started, talked to and ended."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import COMMAND, ROOT, Running, address, environment, gone, status
from tests.servers import process_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

APP = {
    "APP_ID": "33333333-0000-4000-8000-000000000001",
    "APP_TENANT_ID": "22222222-0000-4000-8000-000000000001",
    "APP_PASSWORD": "a long secret",  # pragma: allowlist secret
}


@pytest.fixture
def data() -> Iterator[Path]:
    """A directory for the process's data, at a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="ld-") as directory:
        yield Path(directory) / "data"


@pytest.fixture
def run(data: Path) -> Iterator[Callable[..., Running]]:
    """Starts `license-desk run …` with its data in `data`; whatever still runs at the end is killed."""
    started: list[Running] = []

    def start(*arguments: str, **more: str) -> Running:
        started.append(Running(["run", *arguments], environment(data, **more)))
        return started[-1]

    yield start
    for running in started:
        running.clear()


@pytest.fixture
def ask(data: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command that ends by itself; `said` is what is typed at it."""

    def asked(*arguments: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=environment(data, **more),
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return asked


def test_the_demo_says_where_its_page_is_and_what_to_say(run: Callable[..., Running]) -> None:
    demo = run("--demo")
    demo.prints("Ctrl-C ends it")
    for expected in ("add 5 licenses", "hand out Power BI Pro", "加 5 个许可证"):
        assert expected in demo.printed
    assert status(f"{address(demo)}/") == 200
    assert status(f"{address(demo)}/readyz") == 200


def test_a_later_start_needs_less_than_two_seconds_and_keeps_what_there_was(
    run: Callable[..., Running], data: Path
) -> None:
    first = run("--demo")
    address(first)
    first.end(signal.SIGTERM)
    written = (data / "record.sqlite").stat().st_ino
    # The machine may be busy with other tests, so what counts is the processor time that a whole life takes.
    before = getrusage(RUSAGE_CHILDREN)
    again = run("--demo")
    address(again)
    again.end(signal.SIGTERM)
    after = getrusage(RUSAGE_CHILDREN)
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 2
    assert (data / "record.sqlite").stat().st_ino == written


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_within_five_seconds(
    run: Callable[..., Running], data: Path, number: signal.Signals
) -> None:
    demo = run("--demo")
    port = int(address(demo).rpartition(":")[2])
    valkey = process_id(f"unix://{data}/conversations/valkey.sock")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as window:
        window.sendall(b"GET /try/as/1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in window.recv(1000)
        code, seconds = demo.end(number)
    assert code == 0, demo.errors()
    assert seconds < 5
    assert gone(valkey)


def test_a_kill_leaves_nothing_behind_that_keeps_the_next_from_starting(
    run: Callable[..., Running], data: Path
) -> None:
    killed = run("--demo")
    address(killed)
    valkey = process_id(f"unix://{data}/conversations/valkey.sock")
    killed.end(signal.SIGKILL)
    assert status(f"{address(run('--demo'))}/readyz") == 200
    assert gone(valkey)


def test_without_an_app_id_nothing_starts_and_one_line_says_why(ask: Callable[..., Any]) -> None:
    refused = ask("run")
    assert (refused.returncode, refused.stdout) == (78, "")
    assert refused.stderr.count("\n") == 1
    assert "license-desk run --demo" in refused.stderr


def test_a_port_in_use_is_said_in_one_line_with_another_to_choose(ask: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = ask("run", "--demo", PORT=str(port))
    assert refused.returncode == 78
    assert refused.stderr == f"PORT {port} is in use: choose another, for example PORT={port % 65535 + 1}\n"


def test_a_directory_in_use_is_said_in_one_line(run: Callable[..., Running], ask: Callable[..., Any]) -> None:
    address(run("--demo"))
    refused = ask("run", "--demo")
    assert refused.returncode == 78
    assert refused.stderr.count("\n") == 1


def test_a_directory_that_cannot_be_is_said_in_one_line(ask: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = ask("run", "--demo", DATA=str(tmp_path / "file" / "data"))
    assert refused.returncode == 78
    assert refused.stderr.startswith("DATA ")
    assert refused.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_said_in_one_line(ask: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refused = ask("run", "--demo", DATABASE_URL=f"postgresql://desk@127.0.0.1:{port}/desk")
    assert (refused.returncode, refused.stderr.count("\n")) == (75, 1)
    assert "DATABASE_URL" in refused.stderr


def test_a_service_asks_every_caller_for_a_token(run: Callable[..., Running]) -> None:
    service = address(run(**APP))
    assert status(f"{service}/livez") == 200
    assert status(f"{service}/api/messages", b"{}") == 401
    assert status(f"{service}/try/as/1/say", b"{}") == 404


def test_a_demo_does_not_borrow_the_app_of_a_real_bot(ask: Callable[..., Any]) -> None:
    refused = ask("run", "--demo", **APP)
    assert (refused.returncode, refused.stdout) == (78, "")
    assert refused.stderr == "APP_ID is set: the demo asks for no tokens; unset it, or leave --demo out\n"


def test_outside_the_demo_there_is_no_page_to_be_somebody_on(run: Callable[..., Running]) -> None:
    assert status(f"{address(run(**APP))}/") == 404


def test_the_terminal_holds_the_same_conversation(ask: Callable[..., Any]) -> None:
    talked = ask("chat", "--as", "1", said="add 5 licenses to Power BI Pro\n/1\n")
    assert talked.returncode == 0, talked.stderr
    assert "20 → 25 (+5)" in talked.stdout
    assert re.search(r"G\d{9}", talked.stdout)


def test_nobody_talks_as_a_person_contoso_does_not_have(ask: Callable[..., Any]) -> None:
    refused = ask("chat", "--as", "99")
    assert (refused.returncode, refused.stderr) == (78, "Contoso has no person 99: choose one from 1 to 48\n")


def test_the_books_of_the_demo_add_up(run: Callable[..., Running], ask: Callable[..., Any]) -> None:
    demo = run("--demo")
    address(demo)
    demo.end(signal.SIGTERM)
    checked = ask("verify")
    assert (checked.returncode, checked.stdout) == (0, "The books add up.\n"), checked.stdout


def test_books_that_do_not_add_up_are_named(run: Callable[..., Running], ask: Callable[..., Any], data: Path) -> None:
    demo = run("--demo")
    address(demo)
    demo.end(signal.SIGTERM)
    with closing(sqlite3.connect(data / "record.sqlite")) as books, books:
        books.execute("UPDATE subscriptions SET total = total + 1 WHERE id = (SELECT min(id) FROM subscriptions)")
    checked = ask("verify")
    assert checked.returncode == 1
    assert re.search(r"^I3  subscription .* its ledger says", checked.stdout, re.MULTILINE)


def test_why_a_message_is_understood_is_printed_as_json(ask: Callable[..., Any]) -> None:
    why = ask("understand", "把Power BI Pro加5个许可证")
    assert "licenses.add" in json.dumps(json.loads(why.stdout))


def test_every_command_explains_itself(ask: Callable[..., Any]) -> None:
    overview = ask("--help").stdout
    for command in ("run", "chat", "understand", "verify", "package"):
        assert command in overview
        assert ask(command, "--help").returncode == 0


def test_make_alone_explains_itself() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets == set(re.findall(r"^  make ([a-z]+)  ", told, re.MULTILINE))
