"""Pages behind links over HTTP: one signs in first, opening changes nothing, and only our own forms are taken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, CookieJar, web

from bot.http import runner
from bot.web.choosing import Choosing
from bot.web.door import SESSION, Door
from bot.web.links import Links, Visit
from bot.web.seal import Seal
from bot.web.sheet import SAFE
from bot.web.sign_in import DemoSignIn
from bot.web.visitors import of_contoso
from storage.demo import TENANT, person_id
from storage.links import Purpose
from storage.views import Actor
from tests.clients.teams import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import ClientResponse

    from storage.clock import FrozenClock
    from storage.record import Record

ALICE, BO, LI_HUA, EVAN = (Actor(TENANT, person_id(number)) for number in (1, 8, 3, 6))


@dataclass
class Browser:
    """Somebody's browser at links that say what they are for; `sent` is what their forms brought."""

    http: ClientSession
    url: str
    record: Record
    sent: list[Mapping[str, str]] = field(default_factory=list)

    async def link(self, who: Actor = ALICE, purpose: Purpose = Purpose.PAYMENT_ADD) -> str:
        return f"/link/{await self.record.links.issue(who, purpose)}"

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.http.get(self.url + path, headers=headers) as response:
            assert_safe(response)
            return response.status, await response.text()

    async def post(self, path: str, filled_in: Mapping[str, str], **headers: str) -> int:
        async with self.http.post(self.url + path, data=filled_in, headers=headers) as response:
            await response.read()
            return response.status

    async def answers(self, filled_in: Mapping[str, str], **headers: str) -> tuple[int, str]:
        """Comes back from signing in with this answer, and goes where that leads."""
        async with self.http.post(f"{self.url}/sign-in/back", data=filled_in, headers=headers) as response:
            assert_safe(response)
            return response.status, await response.text()

    async def signs_in(self, path: str, number: int) -> tuple[int, str]:
        """Opens the link, says who one is, and what is seen then."""
        status, page = await self.get(path)
        assert (status, "You are" in page) == (200, True)
        state = re.search('name="state" value="([^"]+)"', page)
        assert state
        return await self.answers({"state": state[1], "person": str(number)})


def assert_safe(response: ClientResponse) -> None:
    headers = response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy


def form_of(page: str) -> str:
    found = re.search('name="form" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.fixture
async def browser(contoso: Record) -> AsyncIterator[Browser]:
    visitors = of_contoso(await contoso.people.named(TENANT))
    people = {visitor.number: visitor.id for visitor in visitors}
    door = Door(DemoSignIn(TENANT, people), Seal(b"k" * 32, contoso.clock), secure=False)
    one = Browser(ClientSession(cookie_jar=CookieJar(unsafe=True)), "", contoso)

    async def show(visit: Visit) -> web.StreamResponse:
        text = f"{visit.opened.purpose} {visit.person.name} {visit.reader.language}"
        return web.Response(text=f'{text} name="form" value="{visit.form}"', headers=SAFE)

    async def take(_: Visit, filled_in: Mapping[str, str]) -> web.StreamResponse:
        one.sent.append(filled_in)
        return web.Response(text="taken")

    app = web.Application()
    shows = {Purpose.PAYMENT_ADD: show, Purpose.INVOICE: show}
    links = Links(contoso, door, shows, {Purpose.PAYMENT_ADD: take})
    app.add_routes([*door.routes(), *Choosing(visitors).routes(), *links.routes()])
    async with listening(runner(app)) as one.url, one.http:
        yield one


async def test_whoever_opens_a_link_says_first_who_it_is(browser: Browser) -> None:
    status, page = await browser.signs_in(await browser.link(), 1)
    assert (status, "payment.add Alice Chen en" in page) == (200, True)


async def test_the_page_speaks_the_language_of_whoever_signed_in(browser: Browser) -> None:
    status, page = await browser.signs_in(await browser.link(LI_HUA), 3)
    assert (status, "payment.add 李华 zh-CN" in page) == (200, True)


async def test_a_link_of_somebody_else_is_refused_without_a_name(browser: Browser) -> None:
    path = await browser.link()
    status, page = await browser.signs_in(path, 8)
    assert (status, "made for somebody else" in page, "Alice" in page) == (403, True, False)
    assert "You are" in (await browser.get(path))[1], "one may sign in again, as somebody else"
    assert (await browser.signs_in(path, 1))[0] == 200


async def test_a_link_of_somebody_else_is_refused_in_chinese_too(browser: Browser) -> None:
    status, page = await browser.signs_in(await browser.link(), 3)
    assert (status, "这个链接是给别人的" in page, "换一个账号登录" in page) == (403, True, True)


async def test_a_guest_opens_nothing(browser: Browser) -> None:
    status, page = await browser.signs_in(await browser.link(), 6)
    assert (status, "change subscriptions. Ask your admin" in page) == (403, True)


async def test_a_late_link_says_what_to_do(browser: Browser, clock: FrozenClock) -> None:
    path = await browser.link()
    await browser.signs_in(path, 1)
    clock.advance(timedelta(minutes=11))
    status, page = await browser.get(path)
    assert (status, "works for 10 minutes" in page) == (410, True)


async def test_a_secret_that_was_never_given_out_looks_like_one_that_is_late(browser: Browser) -> None:
    status, page = await browser.signs_in(f"/link/{'A' * 43}", 1)
    assert (status, "works for 10 minutes" in page) == (410, True)


async def test_programs_that_look_at_a_link_learn_nothing_and_use_nothing_up(browser: Browser) -> None:
    good, never = await browser.link(), f"/link/{'A' * 43}"
    seen = [await browser.get(path) for path in (good, never)]
    assert [re.sub("value=.*?>", "", page) for _, page in seen] == [re.sub("value=.*?>", "", seen[0][1])] * 2
    for _ in range(3):
        assert (await browser.signs_in(good, 1))[0] == 200
        browser.http.cookie_jar.clear()


async def test_one_stays_signed_in_for_a_quarter_of_an_hour(browser: Browser, clock: FrozenClock) -> None:
    await browser.signs_in(await browser.link(purpose=Purpose.INVOICE), 1)
    clock.advance(timedelta(minutes=14))
    assert "Alice Chen" in (await browser.get(await browser.link(purpose=Purpose.INVOICE)))[1]
    clock.advance(timedelta(minutes=2))
    assert "You are" in (await browser.get(await browser.link(purpose=Purpose.INVOICE)))[1]


async def test_only_the_form_that_this_person_was_shown_is_taken(browser: Browser) -> None:
    path = await browser.link()
    _, page = await browser.signs_in(path, 1)
    form = form_of(page)
    assert await browser.post(path, {"name": "Alice"}) == 403
    assert await browser.post(path, {"form": form + "x"}) == 403
    assert await browser.post(path, {"form": form}, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert browser.sent == []
    assert await browser.post(path, {"form": form, "name": "Alice"}, **{"Sec-Fetch-Site": "same-origin"}) == 200
    assert browser.sent == [{"name": "Alice"}]


async def test_the_form_of_an_earlier_visit_is_not_taken(browser: Browser) -> None:
    path = await browser.link()
    former = form_of((await browser.signs_in(path, 1))[1])
    browser.http.cookie_jar.clear()
    await browser.signs_in(path, 1)
    assert await browser.post(path, {"form": former}) == 403
    assert browser.sent == []


async def test_a_form_that_is_no_form_is_refused(browser: Browser) -> None:
    path = await browser.link()
    form = form_of((await browser.signs_in(path, 1))[1])
    assert await browser.post(path, {"form": form, "name": "x" * 9000}) == 413
    assert await browser.post(path, {"form": form, **{f"n{number}": "" for number in range(30)}}) == 400
    assert await browser.post(path, {"form": form}, **{"Content-Type": "text/plain"}) == 415
    assert browser.sent == []


async def test_a_purpose_without_a_form_takes_none(browser: Browser) -> None:
    path = await browser.link(purpose=Purpose.INVOICE)
    form = form_of((await browser.signs_in(path, 1))[1])
    assert await browser.post(path, {"form": form}) == 405


@pytest.mark.parametrize(
    "answer",
    [
        {"person": "1"},
        {"person": "1", "state": "wrong"},
        {"person": "999", "state": "{}"},
        {"person": "x", "state": "{}"},
        {},
    ],
)
async def test_an_answer_to_another_question_signs_nobody_in(browser: Browser, answer: dict[str, str]) -> None:
    _, page = await browser.get(await browser.link())
    state = re.search('name="state" value="([^"]+)"', page)
    assert state
    status, page = await browser.answers({name: each.format(state[1]) for name, each in answer.items()})
    assert (status, "not signed in" in page) == (403, True)
    assert SESSION not in {cookie.key for cookie in browser.http.cookie_jar}


async def test_an_answer_without_a_question_signs_nobody_in(browser: Browser) -> None:
    answer = {"state": "x", "person": "1"}
    status, page = await browser.answers(answer, **{"Accept-Language": "zh-CN,zh;q=0.9"})
    assert (status, "尚未登录" in page) == (403, True)


async def test_who_signed_in_cannot_be_changed_in_the_cookie(browser: Browser) -> None:
    path = await browser.link()
    forged = Seal(b"x" * 32, browser.record.clock).close(
        SESSION, {"tenant": ALICE.tenant, "person": ALICE.person, "session": "s"}, timedelta(minutes=5)
    )
    status, page = await browser.get(path, Cookie=f"{SESSION}={forged}")
    assert (status, "You are" in page) == (200, True)


async def test_the_cookie_is_for_the_browser_alone(browser: Browser) -> None:
    await browser.signs_in(await browser.link(), 1)
    [cookie] = [each for each in browser.http.cookie_jar if each.key == SESSION]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", "900")
