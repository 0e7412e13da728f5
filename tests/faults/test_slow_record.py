"""While the record is slow people hear so within three seconds, and the answer takes that line's place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.patience import SOON
from tests.clients.teams import connector
from tests.conversing import within
from tests.office import open_office

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from tests.faults.proxy import Proxy

IN_TIME = 3.0  # seconds; a machine may stand still for as long again, and the record is waited for 60


async def test_a_slow_record_is_told_of_in_time_and_the_answer_comes_once(
    far_postgres_url: str, valkey_url: str, clock: FrozenClock, sql_way: Proxy
) -> None:
    async with open_office(far_postgres_url, valkey_url, clock) as anybody, connector() as fake:
        lihua = anybody(3)
        lihua.locale = "zh-CN"
        activity = lihua.activity({"type": "message", "text": "我买了什么"}) | {"serviceUrl": fake.url}
        activity.pop("deliveryMode")
        sql_way.silent(on=True)
        assert SOON < IN_TIME
        with within(2 * IN_TIME):
            saying = asyncio.create_task(lihua.http.post(lihua.url, json=activity))
            [word] = await fake.arrived(1)
        assert word.body["text"] == "正在处理，结果马上会显示在这里。"
        sql_way.silent(on=False)
        async with await saying as response:
            assert response.status == 200
        _, answer = await fake.arrived(2)
        assert (answer.method, answer.path) == ("PUT", "a:personal-3/activities/sent-1")
        assert "Visio Plan 1" in str(answer.body)
        assert len(fake.calls) == 2


async def test_a_record_that_is_away_is_told_of_in_the_language_of_the_words(
    far_postgres_url: str, valkey_url: str, clock: FrozenClock, sql_way: Proxy
) -> None:
    async with open_office(far_postgres_url, valkey_url, clock) as anybody:
        alice = anybody(1)
        await sql_way.down()
        await alice.says("我有哪些订阅")
        alice.sees("我此刻无法访问账本")
        await alice.says("what do I have?")
        alice.sees("records")
