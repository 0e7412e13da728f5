"""Everything that is kept, as text to search for what must not be in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from storage.answers import pack
from storage.models import Row

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record


async def tables(record: Record) -> dict[str, str]:
    """Every table's rows as lines of JSON, in the order of their keys."""

    async def question(session: AsyncSession) -> dict[str, str]:
        found = {}
        for table in Row.metadata.sorted_tables:
            rows = (await session.execute(select(table))).mappings()
            plain = [{name: pack(value) for name, value in row.items()} for row in rows]
            found[table.name] = "\n".join(sorted(json.dumps(row, ensure_ascii=False) for row in plain))
        return found

    return await record.database.read(question)


async def everything(record: Record) -> str:
    return "\n".join((await tables(record)).values())


async def memory(redis: Redis) -> str:
    """Every key of Redis with what it holds, as DUMP writes it and as it is read."""
    parts: list[Any] = []
    for key in await redis.keys("*"):
        fields: dict[Any, Any] = await redis.hgetall(key) if await redis.type(key) == b"hash" else {}
        parts += [key, await redis.dump(key), *fields.keys(), *fields.values()]
    return "\n".join(part.decode("utf-8", errors="replace") for part in parts)
