"""Invoices in the conversation: those of some days, one line by line, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.elements import Facts
from dialogs.invoice_cards import invoice_card
from dialogs.texts import LANGUAGES, Reader, catalogue
from storage.demo import TENANT, person_id
from storage.models import LineKind
from storage.views import Actor, BillingView

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.invoice_views import InvoiceView
    from storage.record import Record
    from tests.people import Person

ALICE = Actor(TENANT, person_id(1))
POWER_BI = "55555555-0000-4000-8000-000000000001"
BAD_SPANS = ["999", "0", "2026-13-01 2026-01-01", "0001-01-01 9999-12-31", "yesterday", "2026-01-01", "", "٣"]


async def test_the_past_three_months_are_shown_and_more_are_offered(alice: Person) -> None:
    await alice.says("my invoices")
    alice.sees("6 invoices: August 22, 2026 – November 22, 2026", "These are the past 3 months")
    alice.sees("G000000048, November 13, 2026 | Power BI Pro | $280.00, paid", "Altogether: $800.00")
    await alice.taps("Past 6 months")
    alice.sees("May 22, 2026 – November 22, 2026", "[Past 12 months]")
    await alice.taps("Past 12 months")
    alice.sees("7 invoices", "G000000001, December 13, 2025 | Visio Plan 2 | $1,800.00, paid", "$2,600.00")


async def test_the_list_in_chinese(lihua: Person) -> None:
    await lihua.says("过去六个月的发票")
    lihua.sees("6 张发票：2026年5月22日至2026年11月22日", "US$120.00，未付", "合计: US$340.00", "[过去 12 个月]")


async def test_a_long_list_comes_ten_at_a_time_and_keeps_its_days_and_products(person: Callable[[int], Person]) -> None:
    huanglei = person(40)
    await huanglei.says("Project Plan 1的发票，过去12个月")
    huanglei.sees("12 张发票", "第 1–10 个，共 12 个")
    await huanglei.taps("更多")
    huanglei.sees("12 张发票", "仅限 Project Plan 1", "第 11–12 个，共 12 个")


async def test_the_one_invoice_of_a_month_is_shown_itself(alice: Person, lihua: Person) -> None:
    await alice.says("the September invoice")
    alice.sees("Invoice G000000026, September 8, 2026", "The only one: September 2026.", "5 at $10.00 | $50.00")
    await lihua.says("9月的发票")
    lihua.sees("发票 G000000027", "这段时间只有这一张：2026年9月。", "续订：Visio Plan 1")


async def test_where_nothing_is_found_the_days_are_named_and_wider_ones_offered(alice: Person) -> None:
    await alice.says("invoices from March to May")
    alice.sees("no invoice in this time: March 1, 2026 – May 31, 2026", "latest one is G000000050", "[Past 6 months]")
    await alice.says("invoices for Clipchamp")
    alice.sees("no invoice for Clipchamp in this time")


async def test_who_has_paid_for_nothing_has_none_and_a_team_lead_sees_no_other(
    dana: Person, person: Callable[[int], Person]
) -> None:
    ann = person(5)
    for words in ("my invoices", "show the last invoice"):
        await ann.says(words)
        ann.sees("You have no invoices")
    await dana.says("invoices of the past 12 months")
    dana.sees("Microsoft 365 Copilot")
    dana.sees_nothing_of("Visio", "Power BI")


async def test_one_invoice_shows_its_lines_tax_total_and_card(alice: Person) -> None:
    await alice.says("show G000000048")
    alice.sees("Invoice G000000048, November 13, 2026", "Paid", "Renew: Power BI Pro")
    alice.sees("November 13, 2026 – December 12, 2026 | 20 at $14.00 | $280.00", "Tax: $0.00", "Total: $280.00")
    alice.sees("Paid with: Visa ···4242", "no invoice of Microsoft's", "[Why this amount]")


@pytest.mark.parametrize(
    ("language", "row"),
    [("en", ("Made out to", "Contoso Ltd, 1 Quay, Leeds")), ("zh-CN", ("发票抬头", "Contoso Ltd、1 Quay、Leeds"))],
)
async def test_an_invoice_names_whom_it_is_made_out_to(contoso: Record, language: str, row: tuple[str, str]) -> None:
    await contoso.payments.keep_profile(ALICE, "Contoso Ltd", "1 Quay\nLeeds")
    _, card = invoice_card(Reader(language), await issued_now(contoso), "", None)
    assert row in [each for element in card.elements if isinstance(element, Facts) for each in element.rows]


async def test_an_invoice_keeps_the_address_that_it_was_issued_with(contoso: Record) -> None:
    old, new = BillingView("Contoso Ltd", "1 Quay"), BillingView("Contoso GmbH", "Hauptstr. 1")
    await contoso.payments.keep_profile(ALICE, old.name, old.address)
    first = await issued_now(contoso)
    await contoso.payments.keep_profile(ALICE, new.name, new.address)
    second = await issued_now(contoso)
    latest = await contoso.invoices.between(ALICE)
    assert [each.made_out_to for each in latest if each.number in (first.number, second.number)] == [new, old]
    assert {each.made_out_to for each in latest} == {new, old, None}  # None: issued before anything was said


async def issued_now(record: Record) -> InvoiceView:
    """Alice's newest invoice: for one more license of Power BI Pro."""
    quote = await record.licenses.quote(ALICE, POWER_BI, by=1)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.receipt is not None
    return (await record.invoices.between(ALICE))[0]


async def test_an_invoice_that_is_not_paid_says_so(lihua: Person) -> None:
    await lihua.says("查看发票G000000046")
    lihua.sees("尚未付款", "续订：Power Automate Premium", "付款方式: Visa ···0002")


async def test_what_is_not_paid_is_paid_from_the_invoice(lihua: Person) -> None:
    await lihua.says("查看发票G000000046")
    await lihua.taps("现在付款")
    lihua.sees("发票 G000000046 还有 US$120.00 未付", "Visa ···0002")
    await lihua.says("speak English")
    await lihua.says("show G000000046")
    lihua.sees("Not paid yet", "To be paid with: Visa ···0002", "[Pay now] [Another card]")
    await lihua.taps("Another card")
    await lihua.taps("Mastercard ···5100")
    await lihua.taps("Pay now")
    lihua.sees("$120.00 for Power Automate Premium paid", "Mastercard ···5100")
    await lihua.says("show G000000046")
    lihua.sees("Paid with: Mastercard ···5100")
    lihua.sees_nothing_of("Pay now", "Another card")


async def test_with_no_other_card_on_file_a_new_one_is_put_there(lihua: Person) -> None:
    await lihua.says("查看发票G000000046")
    await lihua.taps("换一张卡")
    await lihua.taps("一张新卡")
    lihua.sees("之后由它为 Power Automate Premium 付款")
    assert "/link/" in lihua.link("保存新卡")


async def test_a_credit_note_names_the_card_that_the_money_goes_to(alice: Person) -> None:
    await alice.says("cancel Planner and Project Plan 3, too expensive")
    await alice.taps("Cancel it")
    await alice.says("show the last invoice")
    alice.sees("Credit note: you get this back", "Cancel: Planner and Project Plan 3", "Total: -$81.00")
    alice.sees("Goes to: Visa ···4242")


async def test_a_number_with_a_slip_brings_those_that_it_may_be(alice: Person) -> None:
    await alice.says("show G000000084")  # two digits changed places
    alice.sees("You have no invoice G000000084", "[G000000048, November 13, 2026]")
    await alice.taps("G000000048, November 13, 2026")
    alice.sees("Invoice G000000048")


async def test_a_short_number_is_enough(alice: Person) -> None:
    await alice.says("show invoice 048")
    alice.sees("Invoice G000000048")


async def test_somebody_elses_number_is_as_unknown_as_one_that_is_not_there(alice: Person, bob: Person) -> None:
    await bob.says("show G000000048")
    bob.sees("You have no invoices")
    await alice.says("show G000000013")
    theirs = str(alice.latest[-1])
    await alice.says("show G000000972")
    assert str(alice.latest[-1]).replace("G000000972", "G000000013") == theirs


async def test_why_an_invoice_is_higher_is_a_row_for_each_cause(person: Callable[[int], Person], alice: Person) -> None:
    hana = person(21)
    await hana.says("show G000000023")
    await hana.taps("Why this amount")
    hana.sees("G000000023: $56.00 more than G000000017", "G000000017: $112.00", "Difference: +$56.00")
    hana.sees("Power BI Pro: 4 licenses more, at $14.00 | August 14, 2026, Hana Suzuki | +$56.00")
    await alice.says("show G000000048")
    await alice.taps("Why this amount")
    alice.sees("G000000048: the same as G000000036", "Nothing was charged or credited that differs.")


async def test_why_an_invoice_is_higher_in_chinese(lihua: Person) -> None:
    await lihua.says("给Visio Plan 1加2个许可证")
    await lihua.taps("购买")
    await lihua.says("最近一张发票")
    await lihua.taps("为什么是这个金额")
    lihua.sees("Visio Plan 1：增加 2 个许可证，按 22/30 天收取，单价 US$5.00 | 2026年11月22日，李华")


async def test_why_a_month_is_higher_names_what_was_bought_in_it(alice: Person, lihua: Person) -> None:
    await alice.sends_tap({"look": "explain_invoice", "span": "2026-11-01 2026-11-22"})
    alice.sees("November 2026: $90.00 more than October 2026", "Planner and Project Plan 3: bought, 3 licenses at")
    await alice.taps("The invoices")
    alice.sees("3 invoices: November 2026")
    await lihua.sends_tap({"look": "explain_invoice", "span": "2026-10-01 2026-10-31"})
    lihua.sees("2026年10月：比 2026年9月多 US$120.00", "Power Automate Premium：新购买 8 个许可证")
    await lihua.sends_tap({"look": "explain_invoice", "span": "2025-10-01 2025-10-31"})
    lihua.sees("这两段时间你都没有发票：2025年10月，以及之前的 2025年9月。")


async def test_why_is_asked_in_words_of_a_month_a_sum_and_a_number(alice: Person, lihua: Person) -> None:
    await alice.says("why is November higher?")
    alice.sees("November 2026: $90.00 more than October 2026")
    await alice.says("why did I pay $90?")
    alice.sees("G000000050: what $90.00 is for")
    await alice.says("why did I pay $91?")
    alice.sees("None of your invoices comes to 91.")
    await alice.says("explain invoice G000000048")
    alice.sees("G000000048: the same as G000000036")
    await lihua.says("为什么十月份贵了")
    lihua.sees("US$120.00", "Power Automate Premium：新购买 8 个许可证")


async def test_in_the_channel_nothing_of_it_is_public(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("my invoices")
    public = [each for each in alice.latest if not each.private]
    assert [str(each) for each in public] == ["Alice Chen, I've answered you in our private chat."]
    alice.sees("G000000048")


@pytest.mark.parametrize("span", BAD_SPANS)
async def test_a_tap_with_any_days_shows_invoices_or_says_that_there_are_none(alice: Person, span: str) -> None:
    await alice.sends_tap({"look": "list_invoices", "span": span, "products": "|||", "page": span})
    assert alice.latest


async def test_a_tap_with_anothers_number_shows_nothing(alice: Person, lihua: Person) -> None:
    for look in ("show_invoice", "explain_invoice"):
        await lihua.sends_tap({"look": look, "pick.invoice": "G000000048"})
        lihua.sees_nothing_of("280", "Power BI Pro")
        await alice.sends_tap({"look": look, "pick.invoice": "G000000048"})
        alice.sees("280")


async def test_the_sum_of_the_list_is_the_sum_of_all_lines(contoso: Record) -> None:
    for number in range(1, 48):
        invoices = await contoso.invoices.between(Actor(TENANT, person_id(number)))
        for each in invoices:
            assert each.total.amount == sum(line.amount.amount for line in each.lines) + each.tax.amount
        assert [each.number for each in invoices] == sorted((each.number for each in invoices), reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_line_has_its_words(language: str) -> None:
    said = {key.removeprefix("invoices.kind.") for key in catalogue(language) if key.startswith("invoices.kind.")}

    assert said == set(LineKind)
