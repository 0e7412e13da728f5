"""No log line holds anything that a person wrote, is called, or keeps secret, whatever goes wrong."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import text, update

from bot import logs
from storage import models
from storage.clock import SystemClock
from storage.demo import TENANT, person_id, seed
from storage.record import Record
from tests.people import Person
from tests.processes import COMMAND, ROOT, Running, address, environment
from tests.test_card_pages import Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy.ext.asyncio import AsyncSession

CANARY = "kanarie"  # every canary begins with it; the number behind it says where it was planted
SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("*.json"))
LOUD_DESK = [sys.executable, "-m", "tests.security.loud_desk"]
NOWHERE = "http://127.0.0.1:9/"
HEADERS = (
    "Authorization",
    "User-Agent",
    "Cookie",
    "X-Request-Id",
    "X-Ms-Conversation-Id",
    "Accept-Language",
    "Referer",
)
# A fault whose message quotes what was said, in the database's own words.
BREAKS = {
    "postgresql": [
        "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not %', NEW.said USING ERRCODE = 'check_violation'; END $$",
        "CREATE TRIGGER fault BEFORE INSERT ON operations FOR EACH ROW WHEN (NEW.said LIKE '%break%') "
        "EXECUTE FUNCTION fault()",
    ],
    "sqlite": [
        "CREATE TRIGGER fault BEFORE INSERT ON operations WHEN NEW.said LIKE '%break%' "
        "BEGIN INSERT INTO operations (tenant, id) VALUES (NEW.said, NEW.said); END"
    ],
}


@pytest.fixture
async def desk_database(database_url: str) -> str:
    """Contoso with canaries for names; words with `break` in them cannot be stored; 陈伟 fits on no card."""
    record = await Record.open(database_url, SystemClock(), timezone=ZoneInfo("UTC"), currency="USD")
    await seed(record)

    async def change(session: AsyncSession) -> None:
        described = {"mail": f"{CANARY}-mail", "department": f"{CANARY}-department"}
        for number, name in ((1, f"{CANARY}-alice"), (12, f"{CANARY}-chen" * 3000)):
            this = (models.Person.tenant == TENANT, models.Person.id == person_id(number))
            await session.execute(update(models.Person).where(*this).values(name=name, **described))
        for statement in BREAKS["postgresql" if record.database.is_postgresql else "sqlite"]:
            await session.execute(text(statement))

    await record.database.write(change)
    await record.close()
    return database_url.replace("postgres@/", f"postgres:{CANARY}-database@/")


@asynccontextmanager
async def listening(where: Path, database_url: str, valkey_url: str, *more: str) -> AsyncIterator[tuple[str, Path]]:
    """A loud desk's address, and the file that everything it prints is in once it has ended."""
    log = where / "stderr"
    redis_url = valkey_url.replace("unix://", f"unix://default:{CANARY}-redis@")
    secrets = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "APP_PASSWORD": f"{CANARY}-app-secret"}
    desk = Running([str(log), *more], environment(where, **secrets), LOUD_DESK)
    try:
        yield address(desk), log
        code, _ = desk.end(signal.SIGTERM)
        assert code == 0
        desk._reader.join(timeout=20)
        (where / "stdout").write_text(desk.printed)
    finally:
        desk.clear()


def planted(activity: Any) -> Iterator[dict[str, Any]]:
    """The activity once for every string in it, with a canary in that place."""
    whole = json.dumps(activity | {"serviceUrl": NOWHERE})
    for number in count():
        places = count()

        def plant(value: Any, chosen: int = number, places: Iterator[int] = places) -> Any:
            if isinstance(value, dict):
                return {name: plant(inner) for name, inner in value.items()}
            if isinstance(value, list):
                return [plant(inner) for inner in value]
            return f"{CANARY}-{chosen}" if isinstance(value, str) and next(places) == chosen else value

        changed = plant(json.loads(whole))
        if next(places) <= number:
            return
        yield changed


async def send_everything(url: str) -> Counter[int]:
    """Canaries into every place a caller can fill, and every fault we can cause; how often each status was answered."""
    answered: Counter[int] = Counter()
    async with ClientSession() as http:

        async def post(path: str, **what: Any) -> None:
            async with http.post(f"{url}{path}", **what) as response:
                answered[response.status] += 1
                await response.read()

        for sample in SAMPLES:
            for activity in planted(json.loads(sample.read_text("utf-8"))):
                await post("/api/messages", json=activity | {"deliveryMode": "expectReplies"})
        for header in HEADERS:
            await post("/api/messages", json={}, headers={header: f"Bearer {CANARY}-{header}"})
        await post(f"/{CANARY}-path?{CANARY}-query={CANARY}", json={})
        await post("/api/messages", data=f'{{"text": "{CANARY}-body', headers={"Content-Type": "application/json"})
        await post("/api/messages", data=f"{CANARY}-text", headers={"Content-Type": f"text/{CANARY}"})
        await converse(http, f"{url}/api/messages")
    await browse(url)
    return answered


async def converse(http: ClientSession, url: str) -> None:
    alice, chenwei = Person(http, url, 1), Person(http, url, 12)
    await alice.says(f"{CANARY}-typed")
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.taps("Buy", more={"note": f"{CANARY}-tap"})
    await alice.says(f"add 5 licenses to Power BI Pro {CANARY}-break")  # the database refuses the words
    alice.sees("went wrong")
    await chenwei.says("Visio Plan 1减少1个许可证")
    await chenwei.taps(next(iter(chenwei.seen[-1].buttons)))  # the receipt with this name fits on no card
    assert re.search(r"[0-9a-f]{8}", str(chenwei.latest[-1])), "no number of a fault was shown"
    unheard = alice.activity({"type": "message", "text": f"hi {CANARY}", "deliveryMode": None})
    async with http.post(url, json=unheard) as response:  # answered through a connector that nobody is at
        assert response.status == 200


async def browse(url: str) -> None:
    """Canaries into every place of the pages behind links: paths, cookies, forms, and the way to sign in."""
    secret = CANARY.ljust(43, "-")
    paths = [f"/link/{secret}", f"/payment/back/{CANARY}", f"/payment/edited/{CANARY}", f"/sandbox/{CANARY}"]
    forms = {
        "form": f"{CANARY}-form",
        "state": f"{CANARY}-state",
        "person": f"{CANARY}-person",
        "card": f"{CANARY}-card",
    }
    cookies = {"Cookie": f"desk_session={CANARY}-session; desk_sign_in={CANARY}-flow"}
    async with ClientSession() as http:
        for path in (*paths, "/sign-in/back", "/sign-in/choose"):
            for method, more in (("GET", {"params": forms}), ("POST", {"data": forms})):
                async with http.request(method, url + path, headers=cookies, **more) as response:
                    assert response.status < 500
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        alice, browser = Person(http, f"{url}/api/messages", 1), Browser(http)
        await alice.says("new billing address")
        await browser.signs_in(next(iter(alice.latest[-1].links.values())), 1)
        await browser.sends({"do": "profile", "name": f"{CANARY}-billed", "address": f"{CANARY}-address"}, -1)
        assert f"{CANARY}-address" in browser.page


def leaks(where: Path) -> list[str]:
    """Lines with a canary in them, as far as they matter."""
    printed = [*(where / "stderr").read_text("utf-8").splitlines(), *(where / "stdout").read_text("utf-8").splitlines()]
    return [line for line in printed if CANARY in line.lower()]


def kinds(log: Path) -> Counter[str]:
    """How often each kind of fault is in the log, and that every line is one of our own."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert all(set(line) <= logs.ALLOWED for line in lines)
    return Counter(f"{line['event']} {line.get('kind', '')}".strip() for line in lines)


async def test_no_canary_is_in_any_line_whatever_goes_wrong(
    desk_database: str, valkey_url: str, tmp_path: Path
) -> None:
    async with listening(tmp_path, desk_database, valkey_url) as (url, log):
        answered = await send_everything(url)
    assert leaks(tmp_path) == []
    assert set(answered) == {200, 400, 404, 415}, answered
    assert sum(answered.values()) > 300
    seen = kinds(log)
    for fault in ("turn_failed IntegrityError", "turn_failed ValueError", "connector_unreachable ClientConnectorError"):
        assert seen[fault], seen


async def test_without_the_allow_list_canaries_are_everywhere(
    desk_database: str, valkey_url: str, tmp_path: Path
) -> None:
    """The positive control."""
    async with listening(tmp_path, desk_database, valkey_url, "leaky") as (url, _):
        await send_everything(url)
    leaked = "\n".join(leaks(tmp_path))
    assert f"{CANARY}-break" in leaked  # what was said, in the database's message
    assert "a:personal-1" in (tmp_path / "stderr").read_text("utf-8")  # which chat it was


@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": f"postgresql://desk:{CANARY}-password@127.0.0.1:9/desk"},  # pragma: allowlist secret
        {"DATABASE_URL": f"postgresql://desk:{CANARY}-password@[::1/desk"},  # pragma: allowlist secret
        {"DATABASE_URL": f"mysql://desk:{CANARY}-password@127.0.0.1/desk"},  # pragma: allowlist secret
        {"REDIS_URL": f"redis://:{CANARY}-password@[::1/0"},  # pragma: allowlist secret
        {"REDIS_URL": f"http://:{CANARY}-password@127.0.0.1/0"},  # pragma: allowlist secret
        {"APP_PASSWORD": f"{CANARY}-secret", "PORT": "none"},
    ],
    ids=["unreachable", "broken", "another kind", "broken redis", "no redis", "beside a mistake"],
)
def test_a_start_that_fails_shows_no_password(settings: dict[str, str], tmp_path: Path) -> None:
    failed = subprocess.run(
        [*COMMAND, "run", "--demo"],
        cwd=ROOT,
        env=environment(tmp_path, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert failed.returncode in (75, 78)
    assert CANARY not in failed.stdout + failed.stderr
