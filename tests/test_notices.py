"""What people read when others have changed something of theirs: in their language, and a price only if they pay."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dialogs import request_notices
from dialogs.notices import DATED, TEXTS, notice
from dialogs.upkeep_notices import KINDS
from storage import outbox
from storage.news import News
from storage.views import PersonView

TODAY = date(2026, 11, 22)
CARD = {"brand": "Visa", "last_four": "4242"}
PAYLOAD = {"subscription": "s", "total": 8, "on": "2026-12-13", "team": "t", "conversation": "19:sales", **CARD}
OF_RIGHTS = {"shared_with_you", "share_withdrawn", "deputy_named", "deputy_withdrawn"}
OF_RIGHTS |= {"approver_named", "approver_withdrawn"}
OF_PAYING = {"payment.added", "payment.replaced", "payment.edited", "payment.removed", "billing.profile"}


def news(kind: str, *, language: str | None = "en", **changes: Any) -> News:
    person = PersonView(
        id="p",
        name="Ann Bauer",
        mail="ann@contoso.example",
        department="",
        member=True,
        enabled=True,
        language=language,
        chosen_language=changes.pop("chosen", None),
    )
    told = {"by": "Bo Larsen", "product": "Visio Plan 2", "team": "Sales", "locale": None, "timezone": "UTC"}
    return News(**{"kind": kind, "payload": PAYLOAD, "person": person, "today": TODAY, **told, **changes})


def text(told: News) -> str:
    reply = notice(told)
    assert reply is not None
    return reply.text


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        (
            "changed_by_deputy",
            "Bo Larsen changed Visio Plan 2, which you pay for: 8 licenses from December 13, 2026.",
            "Bo Larsen 更改了由你付款的 Visio Plan 2：自2026年12月13日起共 8 个许可证。",
        ),
        (
            "license_given_up",
            "Your license for Visio Plan 2 ends on December 13, 2026: Bo Larsen reduced the number of licenses. "
            "Ask there if you still need one.",
            "你的 Visio Plan 2 许可证将于2026年12月13日结束：Bo Larsen 减少了许可证数量。"
            "如果仍然需要，请直接与对方联系。",
        ),
        (
            "license_given",
            "Bo Larsen gave you a license for Visio Plan 2.",
            "Bo Larsen 给你分配了一个 Visio Plan 2 许可证。",
        ),
        (
            "license_taken",
            "Bo Larsen took back your license for Visio Plan 2. Ask there if you still need it.",
            "Bo Larsen 收回了你的 Visio Plan 2 许可证。如果仍然需要，请直接与对方联系。",
        ),
        (
            "subscription_cancelled",
            "Bo Larsen cancelled Visio Plan 2. You can use it until December 13, 2026; save what you need from it "
            "before then.",
            "Bo Larsen 取消了 Visio Plan 2。你可以用到2026年12月13日，请在此之前保存需要的内容。",
        ),
        (
            "license_stays",
            "You keep your license for Visio Plan 2 after all: Bo Larsen dropped the reduction that would have "
            "ended it.",
            "你可以保留 Visio Plan 2 许可证：Bo Larsen 取消了原定的减少。",
        ),
        (
            "subscription_ends",
            "Bo Larsen turned off recurring billing for Visio Plan 2. You can use it until December 13, 2026; save "
            "what you need from it before then.",
            "Bo Larsen 关闭了 Visio Plan 2 的定期计费。你可以用到2026年12月13日，请在此之前保存需要的内容。",
        ),
        (
            "share_withdrawn",
            "Bo Larsen no longer shares Visio Plan 2 with Sales. As an owner of Sales you can't hand out its licenses "
            "any more; those handed out stay.",
            "Bo Larsen 已停止将 Visio Plan 2 共享给 Sales。作为 Sales 的所有者，你不能再分配其中的许可证；"
            "已分配的保持不变。",
        ),
        (
            "subscription_goes_on",
            "Bo Larsen keeps Visio Plan 2 after all: your license for it does not end.",
            "Bo Larsen 决定继续使用 Visio Plan 2：你的许可证不会结束。",
        ),
        (
            "shared_with_you",
            "Bo Larsen shared Visio Plan 2 with Sales. As an owner of Sales you can hand out its licenses.",
            "Bo Larsen 已将 Visio Plan 2 共享给 Sales。你是 Sales 的所有者，可以分配其中的许可证。",
        ),
        (
            "deputy_named",
            "Bo Larsen made you a deputy for Visio Plan 2: you can change how many licenses it has, and hand them out.",
            "Bo Larsen 已指定你为 Visio Plan 2 的代管人：你可以更改许可证数量，也可以分配许可证。",
        ),
        (
            "deputy_withdrawn",
            "Bo Larsen ended your part as a deputy for Visio Plan 2. What you changed before stays as it is.",
            "Bo Larsen 已取消你对 Visio Plan 2 的代理。你之前所做的更改保持不变。",
        ),
        (
            "approver_named",
            "Bo Larsen named you to approve requests: what is blocked for people in your organization comes to you.",
            "Bo Larsen 已指定你审批申请：组织中被限制购买的内容会发给你决定。",
        ),
        ("approver_withdrawn", "Bo Larsen ended your part in approving requests.", "Bo Larsen 已取消你的审批权限。"),
    ],
)
def test_each_change_is_told_in_the_readers_language(kind: str, english: str, chinese: str) -> None:
    assert text(news(kind)) == english
    assert text(news(kind, language="zh-CN")) == chinese


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        (
            "payment.added",
            "Visa ···4242 is on file now. It pays for nothing yet",
            "已保存 Visa ···4242。它还没有用于付款",
        ),
        (
            "payment.replaced",
            "Visa ···4242 is on file now, and pays from now on.",
            "已保存 Visa ···4242，今后由它付款。",
        ),
        ("payment.edited", "Visa ···4242 is up to date", "Visa ···4242 的信息已在支付服务商处更新。"),
        ("payment.removed", "Visa ···4242 is no longer on file.", "Visa ···4242 已经删除。"),
        ("billing.profile", "The name and address on your invoices are changed.", "你的发票上的名称和地址已更改。"),
    ],
)
def test_what_was_done_on_a_page_is_told_in_the_chat(kind: str, english: str, chinese: str) -> None:
    payload = {"brand": "Visa", "last_four": "4242"} if kind.startswith("payment.") else {}
    assert text(news(kind, payload=payload)).startswith(english)
    assert text(news(kind, payload=payload, language="zh-CN")).startswith(chinese)


def test_the_kinds_above_are_all_there_are() -> None:
    assert {*TEXTS, *DATED} == {
        "payment.added",
        "payment.replaced",
        "payment.edited",
        "payment.removed",
        "billing.profile",
        "changed_by_deputy",
        "license_given_up",
        "license_given",
        "license_taken",
        "license_stays",
        "subscription_cancelled",
        "subscription_ends",
        "subscription_goes_on",
        "shared_with_you",
        "share_withdrawn",
        "deputy_named",
        "deputy_withdrawn",
        "approver_named",
        "approver_withdrawn",
        "handed_out",
        *OF_PAYING,
    }


@pytest.mark.parametrize(
    ("net", "term", "english", "chinese"),
    [
        (
            4900,
            "month",
            " It cost $49.00 for the rest of the period. It renews at $120.00 a month.",
            "本期剩余时间的费用为 US$49.00。续订后每月 US$120.00。",
        ),
        (
            -4900,
            "year",
            " $49.00 is credited for the rest of the period. It renews at $120.00 a year.",
            "本期剩余时间退回 US$49.00，记为抵扣。续订后每年 US$120.00。",
        ),
        (0, "month", " It renews at $120.00 a month.", "续订后每月 US$120.00。"),
    ],
)
def test_whoever_pays_is_told_what_a_deputys_change_costs(net: int, term: str, english: str, chinese: str) -> None:
    payload = {**PAYLOAD, **money(net), "term": term}
    assert text(news("changed_by_deputy", payload=payload)) == text(news("changed_by_deputy")) + english
    in_chinese = text(news("changed_by_deputy", language="zh-CN"))
    assert text(news("changed_by_deputy", language="zh-CN", payload=payload)) == in_chinese + chinese
    ending = {**payload, "net": 0, "each_period": 0}
    assert text(news("changed_by_deputy", payload=ending)) == text(news("changed_by_deputy"))


def money(net: int) -> dict[str, Any]:
    return {"net": net, "each_period": 12000, "currency": "USD", "term": "month"}


@pytest.mark.parametrize("kind", sorted({*TEXTS, *DATED} - {"changed_by_deputy"}))
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_nobody_else_is_shown_an_amount_whatever_the_payload_holds(kind: str, language: str) -> None:
    shown = repr(notice(news(kind, language=language, payload={**PAYLOAD, **money(4900), "price": "$49.00"})))
    assert not re.search(r"\$|USD|49", shown)


def test_what_has_ended_by_the_time_it_is_told_is_told_as_ended() -> None:
    assert text(news("license_given_up", today=date(2026, 12, 13))).startswith("You no longer have a license")
    assert text(news("subscription_cancelled", today=date(2026, 12, 14))).endswith("Save what you still need from it.")


def test_a_language_that_was_chosen_comes_before_the_directorys_and_the_chats() -> None:
    assert text(news("license_given", language="en", chosen="zh-CN", locale="en-US")).startswith("Bo Larsen 给你")
    assert text(news("license_given", language=None, locale="zh-Hans")).startswith("Bo Larsen 给你")
    assert text(news("license_given", language=None)).startswith("Bo Larsen gave")


def test_whoever_has_been_forgotten_is_a_colleague() -> None:
    assert text(news("license_given", by="")) == "A colleague gave you a license for Visio Plan 2."


def test_a_notice_about_licenses_says_that_microsoft_is_not_connected() -> None:
    for kind in {*TEXTS, *DATED}:
        reply = notice(news(kind))
        assert reply is not None
        assert ("not connected to Microsoft" in repr(reply.card)) == (
            kind not in {"handed_out", *OF_RIGHTS, *OF_PAYING}
        )


def test_a_kind_of_a_newer_release_is_left_to_it() -> None:
    assert notice(news("renewed_in_gold")) is None


def test_every_kind_that_the_record_promises_to_people_has_its_words() -> None:
    promised = set()
    for path in Path(outbox.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("outbox.post", "outbox.tell"):
                promised |= {each.value for each in ast.walk(node.args[2]) if isinstance(each, ast.Constant)}
    assert promised <= {*TEXTS, *DATED, *KINDS, *request_notices.KINDS}
    assert {"changed_by_deputy", "license_given_up"} <= promised
