"""Bodies and headers as an attacker would try them: activities that clients really sent, spoiled at random."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.demo import TENANT, person_id
from tests.clients.teams import SAMPLES

if TYPE_CHECKING:
    from random import Random

JSON_TYPE = "application/json"
TYPES = (JSON_TYPE, "application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain", "*/*", "")
CODINGS = ("gzip", "deflate", "br", "identity", "gzip, gzip", "x" * 500)
HOSTS = ("evil.example", "127.0.0.1.nip.io", "[::1]", "localhost:99999999", "a" * 300)

STRINGS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202egnp.exe",
    "\u200b" * 500,
    "e\u0301" * 2_000,
    "١٢٣",
    "５",
    "1e3",
    "-1",
    "NaN",
    "9" * 400,
    "A" * 70_000,
    "'; DROP TABLE subscriptions;--",
    "{{7*7}} ${$root} %s %n",
    "<at>License Desk</at>" * 200,
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "http://[::1",
    "http://localhost@evil.example/",
    "add 999999999999999999999 licenses to Power BI Pro",
    "add -5 licenses to Power BI Pro and remove 1e9 from Visio, then cancel everything",
    "加５个许可证" * 300,
    "4242 4242 4242 4242",  # a card number, so far as anybody can see
)
NUMBERS = (0, -1, 1.5, 2**31, 2**63, 2**70, -(10**30), 1e308)
TYPES_OF_ACTIVITY = ("message", "invoke", "event", "conversationUpdate", "installationUpdate", "trace", "handoff")


@dataclass(frozen=True)
class Attempt:
    """One request's body and headers."""

    body: bytes
    headers: dict[str, str]


class Attacker:
    """Always another attempt; the same ones for the same `chance`."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._samples = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.json"))]

    def attempt(self) -> Attempt:
        chance = self._chance
        activity = _from_contoso(json.loads(json.dumps(chance.choice(self._samples))), chance)
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
            self._spoil(activity)
        body = json.dumps(activity, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        if chance.random() < 0.3:
            body = self._torn(body)
        return Attempt(body, self._headers())

    def _spoil(self, activity: dict[str, Any]) -> None:
        """Deletes, replaces or adds something, at any depth."""
        place: Any = activity
        while isinstance(place, dict | list) and place:
            key = self._chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if self._chance.random() < 0.5 or not isinstance(place[key], dict | list):
                break
            place = place[key]
        if not isinstance(place, dict | list) or not place:
            return
        match self._chance.randrange(4):
            case 0:
                del place[key]
            case 1 if isinstance(place, dict):
                place[self._chance.choice(STRINGS)[:3_000]] = self._anything()
            case _:
                place[key] = self._anything()

    def _anything(self) -> Any:
        chance = self._chance
        return chance.choice(
            (
                chance.choice(STRINGS),
                chance.choice(NUMBERS),
                chance.choice((None, True, False, [], {}, [[]], {"": {}}, [None] * 300)),
                chance.choice(TYPES_OF_ACTIVITY),
                _nested(chance.choice((5, 39, 60, 500))),
                {f"{number}": number for number in range(chance.choice((3, 3_000)))},
                "".join(chr(chance.randrange(1, 0xD800)) for _ in range(chance.randrange(40))),
            )
        )

    def _torn(self, body: bytes) -> bytes:
        chance, place = self._chance, self._chance.randrange(len(body) or 1)
        match chance.randrange(6):
            case 0:
                return body[:place]
            case 1:
                return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
            case 2:
                return body[:place] + chance.randbytes(chance.randrange(64)) + body[place:]
            case 3:
                return body + body
            case 4:
                return body + b" " * chance.choice((1, 100_000, 300_000))
            case _:
                return b"[" * chance.choice((1, 41, 100_000)) + body

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": JSON_TYPE}
        match self._chance.randrange(20):
            case 0:
                headers["Content-Type"] = self._chance.choice(TYPES)
            case 1:
                headers["Content-Encoding"] = self._chance.choice(CODINGS)
            case 2:
                headers["Host"] = self._chance.choice(HOSTS)
            case 3:
                headers["Authorization"] = f"Bearer {'.'.join(['e30'] * self._chance.randrange(1, 9))}"
            case 4:
                headers[f"X-{'a' * self._chance.randrange(1, 60)}"] = "b" * self._chance.choice((1, 4_000, 9_000))
        return headers


def _from_contoso(activity: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The activity as one of the demo's people would send it, so that much of it gets as far as the desk."""
    number = chance.randrange(1, 13)
    activity["from"] = {"id": f"29:contoso-{number}", "name": "X", "aadObjectId": person_id(number)}
    activity["channelData"] = activity.get("channelData", {}) | {"tenant": {"id": TENANT}}
    activity["conversation"] = {"id": "a:1"} | activity.get("conversation", {}) | {"tenantId": TENANT}
    activity["serviceUrl"] = "http://127.0.0.1:9/"
    if activity.get("type") == "message" and "text" in activity:
        activity["text"] = chance.choice(("add 5 licenses", "subscriptions", "加5个许可证", "yes", *STRINGS))
    if chance.random() < 0.5:
        activity["deliveryMode"] = "expectReplies"
    return activity


def _nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value
