"""No package runs here, or is pinned, below the version in which its last known hole was closed."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.version import Version

from tests.house import lockfiles

ROOT = Path(__file__).parents[2]
FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))
LOCKS = (lockfiles.RUN, lockfiles.TEST)


def below(versions: dict[str, str]) -> list[str]:
    """Every package of the table that is missing, or older than its floor."""
    found = []
    for package, row in FLOORS.items():
        version = versions.get(package)
        if version is None or Version(version) < Version(row["floor"]):
            found.append(f"{package} {version} is below {row['floor']}: {row['advisory']}")
    return found


def test_what_is_installed_is_above_every_floor() -> None:
    assert below({package: metadata.version(package) for package in FLOORS}) == []


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_pinned_is_above_every_floor(name: str) -> None:
    assert below(lockfiles._pins(ROOT / name)) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_pin_below_its_floor_is_named(name: str, tmp_path: Path) -> None:
    lowered = re.sub(r"^aiohttp==\S+", "aiohttp==3.14.4", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    (tmp_path / name).write_text(lowered, encoding="utf-8")
    assert [each.partition(":")[0] for each in below(lockfiles._pins(tmp_path / name))] == [
        "aiohttp 3.14.4 is below 3.14.5"
    ]


def test_every_floor_names_its_advisory() -> None:
    assert [package for package, row in FLOORS.items() if not re.search(r"CVE-\d{4}-\d+", row["advisory"])] == []


def test_an_audit_that_could_not_look_would_fail() -> None:
    """pip-audit exits 0 when it has audited nothing, unless it is told to be strict."""
    steps = (ROOT / ".ci" / "run").read_text("utf-8") + (ROOT / "Makefile").read_text("utf-8")
    assert [line for line in steps.splitlines() if "pip-audit" in line and "--strict" not in line] == []
