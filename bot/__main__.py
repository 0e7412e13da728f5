"""`license-desk`: run the service, its worker and the demo, verify books, forget people, build the app."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo_clock import advance, span
from bot.settings import Settings
from storage.clock import SystemClock
from storage.errors import Misconfigured, RecordUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

# sysexits.h: a supervisor that knows them restarts after the second and not after the first.
MISCONFIGURED, UNAVAILABLE = 78, 75
INTERRUPTED = 130  # 128 + SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code is 0, 1 for findings, 2 for a wrong command line, 75 or 78 with one line each."""
    chosen = _parser().parse_args(arguments)
    try:
        status: int = chosen.command(chosen)
    except Misconfigured as wrong:
        sys.stderr.write(f"{wrong}\n")
        return MISCONFIGURED
    except RecordUnavailable:
        sys.stderr.write("The database does not answer: check DATABASE_URL and that it is running.\n")
        return UNAVAILABLE
    except KeyboardInterrupt:  # before the service listens, or in a terminal chat
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="license-desk", description="Microsoft 365 licenses by chat.")
    commands = parser.add_subparsers(required=True, metavar="command", title="commands")

    run = commands.add_parser("run", help="start the service (settings: docs/settings.md)")
    run.add_argument("--demo", action="store_true", help="with a demo company, a page to try it, and no sign-in")
    run.set_defaults(command=_run)

    worker = commands.add_parser("worker", help="renew, notify and seal the trail, beside `run` with WORKER=elsewhere")
    worker.set_defaults(command=_work)

    chat = commands.add_parser("chat", help="talk to the demo in this terminal")
    chat.add_argument("--as", dest="number", type=int, default=1, metavar="N", help="as person N of Contoso (1 to 48)")
    chat.set_defaults(command=_chat)

    demo = commands.add_parser("demo", help="move the demo's clock ahead, to see a renewal")
    moved = demo.add_subparsers(required=True, metavar="what", title="what")
    ahead = moved.add_parser("advance", help="by a time such as 12h, 30d or 2w")
    ahead.add_argument("span", type=span, metavar="TIME", help="how far: 12h, 30d, 2w")
    ahead.set_defaults(command=_advance)

    understand = commands.add_parser("understand", help="print how a message is understood, and why, as JSON")
    said = understand.add_mutually_exclusive_group(required=True)
    said.add_argument("text", nargs="?", help="what somebody says")
    said.add_argument("--jsonl", action="store_true", help='read lines {"id", "text"}, write what each asks for')
    said.add_argument("--learn", action="store_true", help="train the model anew from its examples (make understand)")
    said.add_argument("--unclear", action="store_true", help="print what was not understood so far, a line a message")
    understand.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the messages")
    understand.set_defaults(command=_understand)

    verify = commands.add_parser("verify", help="check that the record's books add up; exit code 1 if they do not")
    verify.set_defaults(command=_verify)

    person = commands.add_parser("person", help="export or forget what is known about a person (docs/privacy.md)")
    _person(person.add_subparsers(required=True, metavar="what", title="what"))

    package = commands.add_parser("package", help="build license-desk.zip, the app to upload to Teams")
    package.set_defaults(command=_package)
    return parser


def _person(what: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = what.add_parser("export", help="print everything about a person as JSON")
    export.set_defaults(command=_export)
    erase = what.add_parser("erase", help="forget a person; invoices and books keep the object id alone")
    erase.set_defaults(command=_erase)
    for parser in (export, erase):
        parser.add_argument("--tenant", required=True, metavar="ID", help="the person's tenant")
        parser.add_argument("person", metavar="ID", help="the person's object id in Microsoft Entra")
    words = what.add_parser("forget-words", help="forget what anybody said more than WORDS_KEPT_DAYS days ago")
    words.set_defaults(command=_forget_words)


# Each command imports what it needs when it is chosen, so that none waits for the others' libraries.


def _run(chosen: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, demo=chosen.demo)
    gc.disable()  # what is imported stays: looking for garbage in it costs a sixth of the start
    from bot import app

    gc.freeze()
    gc.enable()
    return asyncio.run(app.run(settings, demo=chosen.demo))


def _work(_: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, demo=False)
    from bot import app

    return asyncio.run(app.work(settings))


def _chat(chosen: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ, demo=True)
    from bot import app

    return asyncio.run(app.chat(settings, chosen.number))


def _advance(chosen: argparse.Namespace) -> int:
    return advance(Settings.from_environment(os.environ, demo=True).data, chosen.span)


def _understand(chosen: argparse.Namespace) -> int:
    from bot import understanding
    from bot.app import understander
    from dialogs.understanding import Context
    from dialogs.understanding.explain import explain

    today = chosen.today or SystemClock().now().date()
    if chosen.learn:
        return understanding.learn(sys.stderr)
    if chosen.unclear:
        return asyncio.run(understanding.say_unclear(Settings.from_environment(os.environ), sys.stdout))
    if chosen.jsonl:
        return understanding.answer_lines(sys.stdin, sys.stdout, sys.stderr, today)
    why = explain(understander(), chosen.text, Context(today=today))
    sys.stdout.write(json.dumps(why, ensure_ascii=False, indent=2) + "\n")
    return 0


def _verify(_: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    from bot import app

    return asyncio.run(app.check_books(settings))


def _export(chosen: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    from bot import personal_data

    return asyncio.run(personal_data.export(settings, chosen.tenant, chosen.person))


def _erase(chosen: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    from bot import personal_data

    return asyncio.run(personal_data.erase(settings, chosen.tenant, chosen.person))


def _forget_words(_: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    from bot import personal_data

    return asyncio.run(personal_data.forget_words(settings))


def _package(_: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    from bot.package import build

    target = Path("license-desk.zip")
    app_id = build(target, app_id=settings.app_id, public_url=settings.public_url)
    whose = "" if settings.app_id else ", the demo's: set APP_ID for your own bot"
    sys.stdout.write(f"{target} for bot {app_id}{whose}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
