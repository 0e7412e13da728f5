"""The try-it page in Chromium: what newcomers see, by mouse, keyboard and screen reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8").partition("\n")[2].strip()


async def enter(window: Page, site: Site, person: int = 1, room: str = "personal") -> Locator:
    """Opens the page as somebody; returns the log of the room once it shows what was said before."""
    await window.goto(f"{site.address}/?as={person}&room={room}")
    log = window.locator(f"#{room}")
    await expect(log).to_have_attribute("aria-busy", "false")
    return log


async def say(window: Page, text: str) -> None:
    await window.get_by_label("Message", exact=True).or_(window.get_by_label("消息", exact=True)).fill(text)
    await window.keyboard.press("Enter")


@pytest.fixture
async def second(browser: Browser) -> AsyncIterator[Page]:
    """Another browser altogether, as on somebody else's desk."""
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


async def test_a_newcomer_is_greeted_buys_with_one_tap_and_sees_the_receipt_in_the_cards_place(
    page: Page, site: Site
) -> None:
    log = await enter(page, site)
    await expect(log).to_contain_text("Hello Alice Chen.")
    await page.get_by_role("button", name="add 5 licenses").click()
    await expect(log.get_by_role("heading", name="Power BI Pro: add 5 licenses")).to_be_visible()
    await log.get_by_role("button", name="Buy").click()
    await expect(log).to_contain_text("C-2026-0007")
    await expect(log.get_by_role("button", name="Buy")).to_have_count(0)
    await expect(log.locator(".card")).to_have_count(1)
    tapped = site.desk.heard[-1]
    assert tapped.tap is not None
    assert tapped.tap.data == {"op": "op-1", "do": "confirm"}
    assert (tapped.person, tapped.channel) == ("person-1", "page")


async def test_what_was_said_is_still_there_after_a_reload_in_its_order(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "add 5 licenses")
    await say(page, "one")
    await expect(log).to_contain_text("you said <one>")
    await log.get_by_role("button", name="Buy").click()
    await expect(log).to_contain_text("C-2026-0007")
    before = await log.inner_text()
    await enter(page, site)
    assert await log.inner_text() == before
    assert before.index("C-2026-0007") < before.index("you said <one>")


async def test_a_person_who_reads_chinese_gets_the_page_and_every_message_marked_as_chinese(
    page: Page, site: Site
) -> None:
    log = await enter(page, site, person=3)
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.get_by_text("这是演示公司，不会在 Microsoft 购买任何东西。")).to_be_visible()
    await page.get_by_role("button", name="把 Visio Plan 1 加 5 个许可证").click()
    await expect(log.get_by_role("button", name="购买")).to_be_visible()
    assert await log.locator("article").evaluate_all("all => all.map(one => one.lang)") == ["zh-CN"] * 3
    await say(page, "thanks")
    await expect(log.locator("article.mine").last).to_have_attribute("lang", "en")


async def test_two_windows_are_two_people_in_one_channel_who_see_each_other_live(
    page: Page, second: Page, site: Site
) -> None:
    alices = await enter(page, site, 1, "channel")
    danas = await enter(second, site, 4, "channel")
    await say(second, "Does anybody need Visio?")
    await expect(alices).to_contain_text("Does anybody need Visio?")
    assert site.desk.heard == [], "a line that does not mention the bot is not for it"
    await page.get_by_role("button", name="Mention License Desk").click()
    await page.keyboard.type("hi there")
    await page.keyboard.press("Enter")
    await expect(danas).to_contain_text("you said <hi there>")
    await expect(danas).to_contain_text("@License Desk hi there")


async def test_an_amount_asked_for_in_the_channel_arrives_in_the_1_1_chat_with_an_unread_mark_and_a_link(
    page: Page, second: Page, site: Site
) -> None:
    channel = await enter(page, site, 1, "channel")
    danas = await enter(second, site, 4, "channel")
    await page.get_by_role("button", name="add 5 licenses").click()
    await expect(page.locator(".rooms .unread").first).to_have_text("1 unread")
    await expect(page).to_have_title("(1) License Desk: try it")
    await expect(danas).to_contain_text("Alice Chen, the answer is in your chat.")
    assert "$" not in await danas.inner_text() + await channel.inner_text()
    await page.get_by_role("button", name="add 5 licenses").click()
    await expect(page.locator(".rooms .unread").first).to_have_text("2 unread")
    await expect(page).to_have_title("(2) License Desk: try it")
    await channel.get_by_role("link", name="Open your 1:1 chat").click()
    await expect(page.locator("#personal")).to_contain_text("$46.67")
    await expect(page.locator(".rooms .unread").first).to_be_hidden()
    await expect(page).to_have_url(f"{site.address}/?as=1&room=personal")


async def test_a_list_is_searched_and_chosen_from_by_keyboard_alone(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "which")
    go_on = log.get_by_role("button", name="Go on")
    await go_on.press("Enter")
    await expect(log.get_by_role("alert")).to_have_text("Choose one first.")
    await expect(log.get_by_label("Search by name")).to_be_focused()
    await page.keyboard.type("visio")
    await page.keyboard.press("Enter")
    await expect(log.get_by_role("radio")).to_have_count(2)
    for key in ("Tab", "ArrowDown", "Tab", "Enter"):
        await page.keyboard.press(key)
    await expect(log).to_contain_text("chose {'pick': 's-3'}")


async def test_a_few_reasons_are_folded_and_chosen_by_keyboard_or_left_open(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "why")
    await log.get_by_role("button", name="Go on").press("Enter")
    await expect(log).to_contain_text("chose {'pick': '', 'feedback': ''}")
    await say(page, "why")
    await log.get_by_label("Reason").last.focus()
    await page.keyboard.type("Some")
    await log.get_by_role("button", name="Go on").press("Enter")
    await expect(log).to_contain_text("chose {'pick': 'other', 'feedback': ''}")


async def test_a_long_card_opens_at_its_beginning_also_after_a_reload(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "long")
    beginning = log.get_by_role("heading", name="The beginning")
    await expect(beginning).to_be_in_viewport()
    await expect(log.get_by_text("The end")).not_to_be_in_viewport()
    await say(page, "which")
    await expect(log.get_by_role("button", name="Go on")).to_be_in_viewport()
    await say(page, "long")
    await expect(beginning.last).to_be_in_viewport()
    log = await enter(page, site)
    await expect(log.get_by_role("heading", name="The beginning").last).to_be_in_viewport()


async def test_several_people_are_found_and_chosen_by_keyboard_alone_and_a_guest_is_not_among_them(
    page: Page, site: Site
) -> None:
    log = await enter(page, site)
    await say(page, "who")
    go_on = log.get_by_role("button", name="Go on")
    await go_on.press("Enter")
    await expect(log.get_by_role("alert")).to_have_text("Choose somebody first.")
    await expect(log.get_by_label("Search people")).to_be_focused()
    await page.keyboard.type("evan")
    await expect(log.get_by_role("checkbox")).to_have_count(0)
    for name in ("dana", "ann"):
        await log.get_by_label("Search people").fill(name)
        for key in ("Tab", "Tab", "Space") if name == "ann" else ("Tab", "Space"):
            await page.keyboard.press(key)
        await log.get_by_label("Search people").focus()
    await log.get_by_label("Why?").fill(" a project ")
    await go_on.press("Enter")
    await expect(log).to_contain_text("chose {'feedback': 'a project', 'people': 'person-4,person-5'}")


async def test_enter_sends_and_shift_enter_makes_a_new_line_and_typing_anywhere_reaches_the_field(
    page: Page, site: Site
) -> None:
    log = await enter(page, site)
    await log.focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(log).to_contain_text("you said <one\ntwo>", use_inner_text=True)
    await expect(page.locator("#field")).to_have_value("")
    await expect(page.locator("#field")).to_be_focused()


async def test_the_first_link_leads_past_the_people_to_the_message_field(page: Page, site: Site) -> None:
    await enter(page, site)
    await page.locator(".brand").click()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("link", name="Go to the message field")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#field")).to_be_focused()


async def test_while_the_desk_thinks_the_page_says_that_it_is_writing(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "wait")
    await expect(page.get_by_text("License Desk is writing")).to_be_visible()
    site.desk.gate.set()
    await expect(log).to_contain_text("you said <wait>")
    await expect(page.get_by_text("License Desk is writing")).to_be_hidden()


async def test_a_stopped_server_is_said_plainly_and_no_word_is_lost(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await site.stop()
    await expect(page.get_by_text("No connection to License Desk.")).to_be_visible()
    await say(page, "are you there?")
    await expect(log.get_by_role("alert")).to_contain_text("Not sent")
    await page.locator("#field").fill("and a draft")
    await site.start()
    await expect(page.get_by_text("No connection to License Desk.")).to_be_hidden()
    await page.reload()
    await expect(page.locator("#field")).to_have_value("and a draft")
    await log.get_by_role("button", name="Try again").click()
    await expect(log).to_contain_text("you said <are you there?>")
    await expect(log.get_by_role("alert")).to_have_count(0)
    assert [message.text for message in site.desk.heard] == ["are you there?"]


async def test_a_tap_that_does_not_arrive_says_so_and_can_be_pressed_again(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "add 5 licenses")
    await page.route("**/tap", lambda route: route.abort())
    await log.get_by_role("button", name="Buy").click()
    await expect(log.get_by_role("alert")).to_contain_text("That did not arrive")
    await page.unroute("**/tap")
    await log.get_by_role("button", name="Buy").click()
    await expect(log).to_contain_text("C-2026-0007")


async def test_a_fault_answers_with_a_reference_number(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "break")
    await expect(log).to_contain_text("Sorry, Alice Chen, that went wrong. Reference ")


async def test_typed_markup_is_shown_as_typed(page: Page, site: Site) -> None:
    log = await enter(page, site)
    await say(page, "<img src=x onerror=alert(1)>&amp;")
    await expect(log).to_contain_text("you said <<img src=x onerror=alert(1)>&amp;>")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground_and_targets_are_large_enough_for_fingers(
    page: Page, site: Site, scheme: str
) -> None:
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for width in (320, 360, 1180):
        await page.set_viewport_size({"width": width, "height": 720})
        log = await enter(page, site, 1, "personal")
        for words in ("which", "add 5 licenses"):
            await say(page, words)
        await expect(log.get_by_role("button", name="Buy").last).to_be_visible()
        for fault in ("unreadable", "smallTargets", "tooWide"):
            assert await page.evaluate(f"{LOOKS}.{fault}()") == [], width
