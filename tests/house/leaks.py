"""What must never be committed: secrets, registry addresses and paths of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
GENERATED = re.compile(r"\.lock$|\.png$|^tests/schemas/")  # hashes, pictures and Microsoft's own file


def findings(root: Path) -> Iterator[str]:
    """Every line of a tracked or new file that must not be published; ignored files are not read."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in sorted(name for name in names if name and not GENERATED.search(name)):
        if (root / name).is_file():
            yield from _secrets(root / name, name)
            yield from _elsewhere(root / name, name)


def _secrets(path: Path, name: str) -> Iterator[str]:
    found = SecretsCollection()
    plugins = [{"name": name} for name in PLUGINS]
    filters = [{"path": path} for path in FILTERS]
    with transient_settings({"plugins_used": plugins, "filters_used": filters}):
        found.scan_file(str(path))
    for _, secret in found:
        yield f"{name}:{secret.line_number} {secret.type.lower()}"


def _elsewhere(path: Path, name: str) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for what, pattern in ELSEWHERE.items():
            if pattern.search(line):
                yield f"{name}:{number} {what}"
