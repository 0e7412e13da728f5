"""What was committed once can be read for ever: secrets are found in the history, too, where `make check` looks."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.house import leaks

if TYPE_CHECKING:
    from pathlib import Path

KEY = "-----BEGIN " + "RSA PRIVATE KEY-----"


def commit(house: Path, message: str, **files: str | None) -> None:
    """A commit in which these files are as given; None removes one."""
    for name, text in files.items():
        path = house / f"{name}.py"
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    git = ["git", "-C", str(house), "-c", "user.name=a", "-c", "user.email=a@contoso.example"]
    subprocess.run([*git, "add", "-A"], check=True, timeout=30)
    subprocess.run([*git, "commit", "-q", "-m", message], check=True, timeout=30)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, timeout=30)
    commit(tmp_path, "Begin", settings="PORT = 3978\n")
    return tmp_path


def test_a_secret_that_was_deleted_is_found_all_the_same(repository: Path) -> None:
    commit(repository, "Add a key", key=f"# {KEY}\n", settings=f"app_password = {'Xk8Q~' + 'w' * 35!r}\n")
    commit(repository, "Take it away again", key=None, settings="PORT = 3978\n")
    assert list(leaks.findings(repository)) == []
    assert sorted(leaks.history(repository)) == [
        "key.py private key, in the history",
        "settings.py secret keyword, in the history",
    ]


def test_a_secret_in_a_message_and_on_another_branch_is_found(repository: Path) -> None:
    subprocess.run(["git", "-C", str(repository), "checkout", "-q", "-b", "aside"], check=True, timeout=30)
    commit(repository, f"Add {KEY}", other="x = 1\n")
    subprocess.run(["git", "-C", str(repository), "checkout", "-q", "-"], check=True, timeout=30)
    assert list(leaks.history(repository)) == ["commits private key, in the history"]


def test_a_history_without_secrets_is_clean(repository: Path) -> None:
    assert list(leaks.history(repository)) == []
