"""`python -m tests.house`: the gates that are not a tool's, run over this checkout."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

from tests.house import leaks, lockfiles, ruler


def main() -> int:
    """Prints every finding; 0 when there is none."""
    root = Path(__file__).parents[2]
    found = list(chain(ruler.findings(root), lockfiles.findings(root), leaks.findings(root), leaks.history(root)))
    sys.stdout.writelines(f"{finding}\n" for finding in found)
    return 1 if found else 0


sys.exit(main())
