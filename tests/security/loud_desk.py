"""The demo with every logger at DEBUG, standard error in a file.

`leaky` is the positive control: other packages' lines as they are, a fault's message, conversations by their id.

python -m tests.security.loud_desk FILE [leaky]
"""

from __future__ import annotations

import logging
import os
import sys
import traceback

import structlog

from bot import logs
from bot.__main__ import main

_configure = logs.configure


def loud() -> None:
    _configure()
    logging.getLogger().setLevel(logging.DEBUG)


def leaky() -> None:
    _configure()
    structlog.configure(processors=[structlog.processors.JSONRenderer(default=str)])
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, force=True)


if __name__ == "__main__":
    if "leaky" in sys.argv:  # before the modules that take these by name are imported
        logs.where = lambda fault: "".join(traceback.format_exception(fault))
        logs.digest = lambda conversation: conversation
    os.dup2(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), 2)
    logs.configure = leaky if "leaky" in sys.argv else loud
    sys.exit(main(["run", "--demo"]))
