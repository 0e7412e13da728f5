"""How the value of a setting is read; ValueError says what is wrong with one, to follow the variable's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.teams.clouds import CLOUDS
from storage.money import EXPONENTS

if TYPE_CHECKING:
    from collections.abc import Callable


def object_id(value: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        raise ValueError("is not an id: copy all 36 characters, as in the example")
    return value.lower()


def object_ids(value: str) -> tuple[str, ...]:
    return tuple(object_id(part.strip()) for part in value.split(",") if part.strip())


def address(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if urlsplit(value).scheme not in schemes:
            raise ValueError(f"must start with {' or '.join(f'{scheme}:' for scheme in schemes)}")
        return value

    return parse


def port(value: str) -> int:
    if not value.isdecimal() or not 0 <= int(value) <= 65535:
        raise ValueError("must be a whole number from 0 to 65535")
    return int(value)


def days(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,4}", value):
        raise ValueError("must be a whole number of days, at least 1")
    return int(value)


def messages(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise ValueError("must be a whole number of messages, or 0 for no limit")
    return int(value)


def worker(value: str) -> str:
    if value not in ("here", "elsewhere"):
        raise ValueError("must be here or elsewhere")
    return value


def per_second(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
        raise ValueError("must be a whole number of messages, from 1 to 999")
    return int(value)


def cloud(value: str) -> str:
    if value not in CLOUDS:
        raise ValueError(f"must be {' or '.join(CLOUDS)}")
    return value


def zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, LookupError, OSError) as unknown:
        raise ValueError("is not a time zone: use a name such as Europe/Berlin or Asia/Shanghai") from unknown
    return value


def currency(value: str) -> str:
    if value not in EXPONENTS:
        raise ValueError(f"is not sold in: choose one of {', '.join(EXPONENTS)}")
    return value


def public_url(value: str) -> str:
    url = urlsplit(value)
    if url.scheme != "https" or not url.hostname:
        raise ValueError("must be an https address with a host name, as Teams opens nothing else")
    return value.rstrip("/")


def support(value: str) -> str:
    if not re.fullmatch(r"https://\S+|[^@\s]+@[^@\s]+", value):
        raise ValueError("must be a mail address or an https page")
    return value
