"""What must never be committed: secrets, registry addresses and paths of somebody's machine."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detect_secrets.core.potential_secret import PotentialSecret

PLUGINS = [
    *("AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "GitHubTokenDetector"),
    *("JwtTokenDetector", "KeywordDetector", "NpmDetector", "PrivateKeyDetector", "SlackDetector"),
    *("StripeDetector", "TwilioKeyDetector"),
]
FILTERS = [
    "detect_secrets.filters.allowlist.is_line_allowlisted",  # for lines that say `pragma: allowlist secret`
    "detect_secrets.filters.heuristic.is_indirect_reference",
    "detect_secrets.filters.heuristic.is_templated_secret",
    "detect_secrets.filters.heuristic.is_not_alphanumeric_string",
]
# Written so that no pattern is found in its own line.
ELSEWHERE = {
    "names a package registry": re.compile(r"\b(pypi|npmjs|pythonhosted|yarnpkg)\.(org|com)\b"),
    "names a path of one machine": re.compile(r"(?<![\w.])/(work|root|home|Users)/[a-z]"),
}
# Passwords that earlier tests made up, by their SHA-1: each was looked at, and opens nothing.
FORGIVEN = frozenset(
    {
        "729b187d9abdc1ca83a8cba94beed66daf77262d",  # pragma: allowlist secret
        "f3bbbd66a63d4bf1747940578ec3d0103530e21d",  # pragma: allowlist secret
        "4eee6c0dab4d27b7883e9c8ee2d7f975f16c6fcc",  # pragma: allowlist secret
        "97716e46ea8b045b52147cc9c2d32566055c7660",  # pragma: allowlist secret
    }
)
GENERATED = re.compile(r"\.lock$|\.(?:png|ttf)$|^tests/schemas/")  # hashes, pictures, fonts and Microsoft's own file


def findings(root: Path) -> Iterator[str]:
    """Every line of a tracked or new file that must not be published; ignored files are not read."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in sorted(name for name in names if name and not GENERATED.search(name)):
        if (root / name).is_file():
            yield from _secrets(root / name, name)
            yield from _elsewhere(root / name, name)


def history(root: Path) -> Iterator[str]:
    """Every secret that a commit once held, in a file or in its message; what was deleted can still be read.

    Each line of a file's versions is read once; those still there are for `findings`. Yields nothing where there is
    no repository.
    """
    if not (root / ".git").exists():
        return
    with tempfile.TemporaryDirectory() as directory:
        for number, (name, lines) in enumerate(_ever_written(root).items()):
            path = Path(directory, f"{number}{Path(name).suffix}")  # what counts as a secret depends on the language
            today = _lines(root / name)
            path.write_text("\n".join(line for line in lines if line not in today), encoding="utf-8")
            for secret in _secrets_in(path):
                if secret.secret_hash not in FORGIVEN:
                    yield f"{name} {secret.type.lower()}, in the history"


def _lines(path: Path) -> set[str]:
    """What is in the file today; nothing when it is gone."""
    return set(path.read_text(encoding="utf-8", errors="replace").splitlines()) if path.is_file() else set()


def _ever_written(root: Path) -> dict[str, dict[str, None]]:
    """File name → every line that any of its versions held, in order of appearance; "commits" are the messages."""
    names: dict[str, str] = {}
    for line in _git(root, "rev-list", "--all", "--objects").decode().splitlines():
        blob, _, name = line.partition(" ")
        if name and not GENERATED.search(name):
            names[blob] = name
    written = {"commits": dict.fromkeys(_git(root, "log", "--all", "--format=%B").decode().splitlines())}
    for blob, kept in _contents(_git(root, "cat-file", "--batch", said="\n".join(names))):
        lines = kept.decode(errors="replace").splitlines()
        written.setdefault(names[blob], {}).update(dict.fromkeys(lines))
    return written


def _contents(batch: bytes) -> Iterator[tuple[str, bytes]]:
    """The blobs in what `git cat-file --batch` prints: a line "id type size", the content, a line feed."""
    at = 0
    while at < len(batch):
        header = batch.index(b"\n", at)
        name, kind, size = batch[at:header].decode().split()
        at = header + 1 + int(size) + 1
        if kind == "blob":
            yield name, batch[header + 1 : at - 1]


def _git(root: Path, *arguments: str, said: str = "") -> bytes:
    answer = subprocess.run(["git", *arguments], cwd=root, input=said.encode(), capture_output=True, check=True)
    return answer.stdout


def _secrets(path: Path, name: str) -> Iterator[str]:
    for secret in _secrets_in(path):
        yield f"{name}:{secret.line_number} {secret.type.lower()}"


def _secrets_in(path: Path) -> list[PotentialSecret]:
    found = SecretsCollection()
    plugins = [{"name": name} for name in PLUGINS]
    filters = [{"path": path} for path in FILTERS]
    with transient_settings({"plugins_used": plugins, "filters_used": filters}):
        found.scan_file(str(path))
    return [secret for _, secret in found]


def _elsewhere(path: Path, name: str) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for what, pattern in ELSEWHERE.items():
            if pattern.search(line):
                yield f"{name}:{number} {what}"
