"""The lock files: every package pinned with hashes, in step with pyproject.toml, naming no index."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN, TEST = "requirements.lock", "requirements-test.lock"
ADDRESS = re.compile(r"://|^-|file:")
PIN = re.compile(r"(?P<name>[\w.-]+)(\[[\w,-]+\])?==(?P<version>[^\s;]+)")
COMMENT = re.compile(r"^\s*(#|$)")


def findings(root: Path) -> Iterator[str]:
    """Everything about the lock files under `root` that would let an unknown package in."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["build"]]
    pinned = {name: _pins(root / name) for name in (RUN, TEST)}
    for name in (RUN, TEST):
        yield from _unsafe(name, (root / name).read_text(encoding="utf-8"))
    yield from _out_of_step(RUN, pinned[RUN], needed)
    yield from _out_of_step(TEST, pinned[TEST], [*needed, *extras["test"]])
    for package, version in pinned[RUN].items():
        if pinned[TEST].get(package) != version:
            yield f"{TEST} does not pin {package}=={version} as {RUN} does: run `make lock`"


def _unsafe(name: str, text: str) -> Iterator[str]:
    for entry in _entries(text):
        if ADDRESS.search(entry) or not PIN.match(entry):
            yield f"{name} takes {entry.split()[0]} from an index, an address or a file"
        elif "--hash=sha256:" not in entry:
            yield f"{name} has no hash for {entry.split()[0]}"


def _out_of_step(name: str, pins: dict[str, str], needed: list[str]) -> Iterator[str]:
    for line in needed:
        wanted = Requirement(line)
        version = pins.get(canonicalize_name(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            yield f"{name} does not pin {line}: run `make lock`"


def _pins(path: Path) -> dict[str, str]:
    """Package → version."""
    pins = (PIN.match(entry) for entry in _entries(path.read_text(encoding="utf-8")))
    return {canonicalize_name(pin["name"]): pin["version"] for pin in pins if pin}


def _entries(text: str) -> Iterator[str]:
    """One string a pinned package: continued lines joined, comments and empty lines dropped."""
    lines = text.replace("\\\n", " ").splitlines()
    return (line for line in lines if not COMMENT.match(line))
