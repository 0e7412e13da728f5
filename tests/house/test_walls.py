"""A wall that nothing can break through: every planted violation is caught, and named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import leaks, lockfiles, ruler

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "dialogs", "storage")
DOCSTRING = '"""Planted."""\n'

# Where an import is planted, what it imports, and how the gate must name it.
IMPORTS = [
    ("dialogs/planted.py", "import bot.settings", "dialogs.planted -> bot.settings"),
    ("storage/planted.py", "import dialogs.turn", "storage.planted -> dialogs.turn"),
    ("storage/back.py", "import bot", "storage.back -> bot"),
    ("bot/planted.py", "from botbuilder.core import TurnContext", "bot.planted -> botbuilder"),
    ("dialogs/sdk.py", "import botframework.connector", "dialogs.sdk -> botframework"),
    ("storage/sdk.py", "import botbuilder.schema", "storage.sdk -> botbuilder"),
    ("bot/web/planted.py", "import redis.asyncio", "bot.web.planted -> redis"),
    ("bot/teams/planted.py", "import sqlalchemy", "bot.teams.planted -> sqlalchemy"),
    ("dialogs/ledger.py", "from sqlalchemy import select", "dialogs.ledger -> sqlalchemy"),
    ("dialogs/wire.py", "import aiohttp", "dialogs.wire -> aiohttp"),
    ("storage/wire.py", "import aiohttp", "storage.wire -> aiohttp"),
    (
        "dialogs/understanding/planted.py",
        "from storage.catalog import Catalog",
        "dialogs.understanding.planted -> storage",
    ),
    ("dialogs/understanding/web.py", "import aiohttp", "dialogs.understanding.web -> aiohttp"),
]

# What is planted where, and the finding of the ruler.
UNRULY = [
    ("bot/long.py", "x = 1\n" * 300, "bot/long.py:301 longer than 300 lines"),
    ("bot/big.py", "def big() -> None:\n" + "    x()\n" * 40, "bot/big.py:2 big is longer than 40 lines"),
    ("bot/utils.py", "", "bot/utils.py:1 the name 'utils' says nothing"),
    ("storage/base/__init__.py", "", "storage/base/__init__.py:1 the name 'base' says nothing"),
    ("bot/desks.py", "class DeskManager: ...\n", "bot/desks.py:2 the name 'DeskManager' says nothing"),
    ("bot/late.py", "x = datetime.datetime.now()\n", "bot/late.py:2 asks the machine for the time"),
    ("dialogs/day.py", "x = date.today()\n", "dialogs/day.py:2 asks the machine for the time"),
    ("storage/cents.py", "PRICE = 14.0\n", "storage/cents.py:2 a float near money"),
    ("storage/sums.py", "PRICE = float('14')\n", "storage/sums.py:2 a float near money"),
    ("bot/says.py", "HELLO = '你好'\n", "bot/says.py:2 a sentence outside dialogs/texts"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the three rooms, with everything a gate reads."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def plant(house: Path, place: str, text: str) -> None:
    (house / place).parent.mkdir(parents=True, exist_ok=True)
    (house / place).write_text(text, encoding="utf-8")


def import_contracts(house: Path) -> subprocess.CompletedProcess[str]:
    wide = os.environ | {"PYTHONPATH": str(house), "COLUMNS": "200"}
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(linter, cwd=house, env=wide, capture_output=True, text=True, timeout=60, check=False)


def test_every_wall_between_the_rooms_catches_what_is_planted_behind_it(house: Path) -> None:
    assert import_contracts(house).returncode == 0
    for place, line, _ in IMPORTS:
        plant(house, place, f"{DOCSTRING}{line}\n")
    after = import_contracts(house)
    assert after.returncode != 0
    assert [named for _, _, named in IMPORTS if named not in after.stdout] == []


def test_words_and_tasks_run_without_sdk_server_or_database() -> None:
    absent = [
        "botbuilder",
        "botframework",
        "aiohttp",
        "sqlalchemy",
        "redis",
        "alembic",
        "aiosqlite",
        "asyncpg",
    ]
    program = f"import sys; sys.modules.update(dict.fromkeys({absent})); import dialogs.task, dialogs.understanding"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=True)


def test_the_house_passes_its_own_ruler() -> None:
    assert list(ruler.findings(ROOT)) == []


def test_the_ruler_names_every_unruly_file(house: Path) -> None:
    for place, text, _ in UNRULY:
        plant(house, place, DOCSTRING + text)
    plant(house, "bot/bare.py", "x = 1\n")
    found = "\n".join(ruler.findings(house))
    assert [named for _, _, named in UNRULY if named not in found] == []
    assert "bot/bare.py:1 no docstring" in found


def test_the_ruler_wants_half_of_all_functions_short(tmp_path: Path) -> None:
    nine_lines = "def slow() -> None:\n" + "    print()\n" * 8
    plant(tmp_path, "bot/slow.py", DOCSTRING + nine_lines)
    assert list(ruler.findings(tmp_path)) == ["half of all functions are longer than 8 lines"]


def test_the_lock_files_are_in_order() -> None:
    assert list(lockfiles.findings(ROOT)) == []


@pytest.mark.parametrize(
    ("planted", "finding"),
    [
        ("evil==1.0\n", "requirements.lock has no hash for evil==1.0"),
        ("--index-url https://packages.example/simple\n", "from an index, an address or a file"),
        ("evil @ file:///tmp/evil.whl\n", "from an index, an address or a file"),
    ],
)
def test_a_lock_file_lets_no_unknown_package_in(house: Path, planted: str, finding: str) -> None:
    with (house / "requirements.lock").open("a") as lock:
        lock.write(planted)
    assert any(finding in found for found in lockfiles.findings(house))


def test_a_lock_file_follows_the_project(house: Path) -> None:
    project = (house / "pyproject.toml").read_text(encoding="utf-8")
    newer = project.replace('"redis>=8.1"', '"redis>=99"').replace('"babel>=2.18"', '"babel>=2.18",\n  "evil>=1"')
    (house / "pyproject.toml").write_text(newer, encoding="utf-8")
    found = list(lockfiles.findings(house))
    assert "requirements.lock does not pin redis>=99: run `make lock`" in found
    assert "requirements.lock does not pin evil>=1: run `make lock`" in found


def test_secrets_registries_and_machine_paths_are_found_wherever_they_are_planted(tmp_path: Path) -> None:
    house = tmp_path
    subprocess.run(["git", "init", "-q", str(house)], check=True, timeout=30)
    plant(house, "bot/keys.py", f"{DOCSTRING}app_password = {'Xk8Q~' + 'w' * 35!r}\n")
    plant(house, "docs/notes.md", "It runs in /" + "work/main on my machine.\n")
    plant(house, "docs/more.md", "Get it from pypi" + ".org\n")
    plant(house, "key.pem", "-----BEGIN " + "RSA PRIVATE KEY-----\n")
    found = list(leaks.findings(house))
    assert "bot/keys.py:2 secret keyword" in found
    assert "docs/notes.md:1 names a path of one machine" in found
    assert "docs/more.md:1 names a package registry" in found
    assert "key.pem:1 private key" in found


def test_a_skipped_client_test_fails_in_ci_and_only_there(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "test_client.py",
        "import pytest\n\n@pytest.mark.browser\ndef test_page():\n    pytest.skip('no Chromium')\n",
    )
    runs = {}
    for ci in ("true", ""):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            str(tmp_path),
            "-p",
            "no:cacheprovider",
        ]
        environment = os.environ | {"CI": ci}
        runs[ci] = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert runs[""].returncode == 0, runs[""].stdout
    assert runs["true"].returncode == 1, runs["true"].stdout
    assert "no Chromium" in runs["true"].stdout
