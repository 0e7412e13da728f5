"""Both languages say the same things, and say nothing that nobody asks for."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dialogs.texts import LANGUAGES, Reader, catalogue, fields, language_of
from storage.money import Money

DIALOGS = Path(__file__).parent.parent / "dialogs"
PAGES = DIALOGS.with_name("bot") / "web"
PAPER = DIALOGS.with_name("bot") / "paper"
NEVER_SHOWN = {"unknown_product"}  # the catalog's answer to names that no message can bring

NUMBERS = {
    "count", "total", "assigned", "free", "lacking", "wanted", "maximum", "lowest", "to_free", "returnable",
    "rest", "number", "left", "days", "used",
}  # fmt: skip
STORED = {"nobody_new"}  # nobody is refused with it any more, but cards that were keep their answer


def texts(language: str, key: str) -> list[str]:
    found = catalogue(language)[key]
    return list(found.values()) if isinstance(found, dict) else [found]


def spoken_keys() -> tuple[set[str], set[str]]:
    """Every string constant of the dialogs, pages and papers, and the beginning of every f-string: all to ask for."""
    whole, beginnings = set(), set()
    for path in (*DIALOGS.glob("*.py"), *DIALOGS.glob("texts/*.py"), *PAGES.glob("*.py"), *PAPER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    whole |= {"word.comma", "word.or", "word.instant"}  # said by the Reader itself
    for template in PAGES.glob("sheets/*.html"):
        whole |= set(re.findall(r'say\("([^"]+)"', template.read_text(encoding="utf-8")))
    return whole, {beginning for beginning in beginnings if "." in beginning}


def test_every_language_has_the_same_keys() -> None:
    keys = {language: set(catalogue(language)) for language in LANGUAGES}

    assert keys["en"] == keys["zh-CN"]


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_every_language_fills_the_same_fields(key: str) -> None:
    said = {language: set().union(*map(fields, texts(language, key))) for language in LANGUAGES}
    counted = {"count"} if isinstance(catalogue("en")[key], dict) else set()

    assert said["en"] | counted == said["zh-CN"] | counted


def test_every_text_is_asked_for_by_some_dialog() -> None:
    whole, beginnings = spoken_keys()
    unused = {key for key in catalogue("en") if key not in whole and not key.startswith(tuple(beginnings))}

    assert unused == set()


def refusals() -> dict[str, set[str]]:
    """Every code that the record or a dialog refuses with, and the values that always come with it."""
    codes: dict[str, set[str]] = {}
    for path in [*DIALOGS.rglob("*.py"), *DIALOGS.with_name("storage").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(code := node.args[0], ast.Constant):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ("Refused", "Refusal", "refuse", "_refuse") and isinstance(code.value, str):
                    given = {keyword.arg or "" for keyword in node.keywords}
                    codes.setdefault(code.value, given).intersection_update(given)
    return codes


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal() -> None:
    said = {key.removeprefix("refused.") for key in catalogue("en") if key.startswith("refused.")} - {"and_again"}

    assert said == refusals().keys() - NEVER_SHOWN | STORED


@pytest.mark.parametrize("code", sorted(refusals().keys() - NEVER_SHOWN))
def test_a_refusal_brings_what_its_sentence_needs(code: str) -> None:
    # whoever refuses a known subscription adds the product on the way out
    assert fields(texts("en", f"refused.{code}")[0]) <= refusals()[code] | {"product"}


def test_a_missing_value_is_an_error_and_not_a_gap_in_a_sentence() -> None:
    with pytest.raises(KeyError, match="product"):
        Reader("en").text("which.not_owned")


def test_no_sentence_counts_one_as_many() -> None:
    many = re.compile(r"\{\w+\} (licenses|people|persons|subscriptions|products|teams)\b")
    never_one = {"refused.above_maximum", "refused.below_assigned", "refused.trial_maximum", "people.too_many"}
    counting = {key for key, text in catalogue("en").items() if isinstance(text, str) and many.search(text)}

    assert counting == never_one


def test_a_total_of_one_is_one_license() -> None:
    values = {"product": "Visio", "date": date(2026, 12, 13)}

    assert "one license on" in Reader("en").text("refused.already_scheduled", total=1, **values)
    assert "3 licenses on" in Reader("en").text("refused.already_scheduled", total=3, **values)
    assert "one license:" in Reader("en").text("renewal.what.keep_total", count=1, total=3, **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shouts_or_pleads(language: str) -> None:
    for key in catalogue(language):
        for text in texts(language, key):
            assert not any(mark in text.lower() for mark in ("!", "！", "please note", "请注意", "sorry", "抱歉")), key


@pytest.mark.parametrize(
    ("language", "money", "day", "instant"),
    [
        ("en", "$1,234.50", "December 13, 2026", "November 26, 2026, 5:00 PM +0800"),
        ("zh-CN", "US$1,234.50", "2026年12月13日", "2026年11月26日 17:00（+0800）"),
    ],
)
def test_money_dates_and_instants_are_written_as_the_reader_writes_them(
    language: str, money: str, day: str, instant: str
) -> None:
    reader = Reader(language, "Asia/Shanghai")

    assert reader.shown(Money(123450, "USD")) == money
    assert reader.shown(date(2026, 12, 13)) == day
    assert reader.shown(datetime(2026, 11, 26, 9, tzinfo=UTC)) == instant


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-CN", "zh-CN"), ("zh-Hans", "zh-CN"), ("en-GB", "en"), ("de-DE", "en"), (None, "en")]
)
def test_an_activity_locale_chooses_the_catalogue(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


CHINESE = {key: text for key in catalogue("zh-CN") for text in texts("zh-CN", key) if not key.startswith("word.")}
SQUEEZED = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]|[\u3400-\u9fff] +[\u3400-\u9fff]")


@pytest.mark.parametrize(("word", "number"), [("Visio", 5), ("李华", 5)])
def test_chinese_and_latin_stand_apart_whatever_fills_the_fields(word: str, number: int) -> None:
    filled = {
        key: Reader("zh-CN").text(key, **{name: number if name in NUMBERS else word for name in fields(text)})
        for key, text in CHINESE.items()
    }

    assert {key: text for key, text in filled.items() if SQUEEZED.search(text)} == {}


def test_words_of_both_scripts_stand_apart_and_dates_stand_as_they_are() -> None:
    reader = Reader("zh-CN")

    assert reader.text("which.bought_by", product="Visio", owner="Dana Ruiz") == "Visio 是由 Dana Ruiz 购买的。"
    assert reader.text("which.bought_by", product="Visio", owner="李华") == "Visio 是由李华购买的。"
    assert reader.text("cancel.done.later", product="Visio", date=date(2026, 12, 14)) == "Visio 将于2026年12月14日结束"
    assert reader.either(["Dana Ruiz", "李华", "李雷"]) == "Dana Ruiz 或李华或李雷"
