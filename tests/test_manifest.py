"""The Teams app package: what Microsoft's published schema asks for, and what it does not check."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft4Validator
from PIL import Image

from bot.app import understander
from bot.package import build
from dialogs.understanding import Context, Tier

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(__file__).parent / "schemas"
DEMO_ID = "33333333-0000-4000-8000-000000000001"
APP_ID = "aaaaaaaa-0000-4000-8000-000000000001"


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "manifest" / name).read_text(encoding="utf-8"))
    return content


def complaints(schema: str, content: dict[str, Any]) -> list[str]:
    """What Microsoft's schema says against `content`."""
    validator = Draft4Validator(json.loads((SCHEMAS / schema).read_text(encoding="utf-8")))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)]


def package(path: Path, *, app_id: str = APP_ID, public_url: str = "") -> ZipFile:
    build(path, app_id=app_id, public_url=public_url)
    return ZipFile(path)


def icon(name: str) -> Image.Image:
    with Image.open(ROOT / "manifest" / name) as picture:
        return picture.convert("RGBA")


def commands() -> list[tuple[str, str]]:
    """Every phrase of the command lists in English, with its key in a translation."""
    lists = read("manifest.json")["bots"][0]["commandLists"]
    return [
        (f"bots[0].commandLists[{at}].commands[{number}]", command["title"])
        for at, listed in enumerate(lists)
        for number, command in enumerate(listed["commands"])
    ]


def test_the_package_is_valid_by_the_published_schema(tmp_path: Path) -> None:
    with package(tmp_path / "app.zip", public_url="https://desk.contoso.example") as built:
        content = json.loads(built.read("manifest.json"))
    assert complaints("MicrosoftTeams.schema.json", content) == []
    assert complaints("MicrosoftTeams.schema.json", read("manifest.json")) == []
    assert complaints("MicrosoftTeams.Localization.schema.json", read("zh-CN.json")) == []


@pytest.mark.parametrize(
    "damage",
    [
        {"id": "desk"},
        {"name": {"short": "x" * 31}},
        {"bots": [{"botId": DEMO_ID, "scopes": ["everywhere"]}]},
        {"tabs": []},
    ],
)
def test_the_schema_refuses_what_teams_would(damage: dict[str, Any]) -> None:
    assert complaints("MicrosoftTeams.schema.json", read("manifest.json") | damage) != []


def test_the_package_is_flat_and_holds_only_what_the_manifest_names(tmp_path: Path) -> None:
    with package(tmp_path / "app.zip") as built:
        assert sorted(built.namelist()) == ["color.png", "manifest.json", "outline.png", "zh-CN.json"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        package(tmp_path / name).close()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_package_is_for_the_bot_that_was_asked_for(tmp_path: Path) -> None:
    with package(tmp_path / "app.zip", public_url="https://desk.contoso.example:8443") as built:
        content = json.loads(built.read("manifest.json"))
    assert (content["id"], content["bots"][0]["botId"]) == (APP_ID, APP_ID)
    assert content["validDomains"] == ["desk.contoso.example"]


def test_without_an_app_id_the_package_is_for_the_demo(tmp_path: Path) -> None:
    assert build(tmp_path / "app.zip", app_id="", public_url="") == DEMO_ID


def test_the_icons_have_the_sizes_teams_asks_for() -> None:
    assert icon("color.png").size == (192, 192)
    assert icon("outline.png").size == (32, 32)


def test_the_outline_is_white_on_nothing() -> None:
    outline = icon("outline.png")
    pixels = [outline.getpixel((x, y)) for x in range(32) for y in range(32)]
    drawn = [pixel for pixel in pixels if isinstance(pixel, tuple) and pixel[3] > 0]
    assert {pixel[:3] for pixel in drawn} == {(255, 255, 255)}
    assert 0 < len(drawn) < len(pixels)


def test_the_bot_can_be_met_in_chats_teams_and_group_chats() -> None:
    (bot,) = read("manifest.json")["bots"]
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert sorted(listed["scopes"][0] for listed in bot["commandLists"]) == ["groupChat", "personal", "team"]


def test_every_command_is_translated_and_nothing_else_is() -> None:
    chinese = {key.rpartition(".")[0] for key in read("zh-CN.json") if key.startswith("bots")}
    assert chinese == {key for key, _ in commands()}


def test_every_chinese_text_is_chinese() -> None:
    texts = {key: value for key, value in read("zh-CN.json").items() if key not in ("$schema", "name.short")}
    assert [key for key, value in texts.items() if not re.search(r"[\u4e00-\u9fff]", value)] == []


def test_commands_are_short_enough_for_the_menu_of_teams() -> None:
    titles = [title for _, title in commands()] + [read("zh-CN.json")[f"{key}.title"] for key, _ in commands()]
    assert [title for title in titles if len(title) > 32] == []


def test_every_command_of_the_menu_is_understood_in_both_languages() -> None:
    understand = understander().understand
    context = Context(today=date(2026, 11, 22))
    chinese = read("zh-CN.json")
    for key, title in commands():
        in_english, in_chinese = understand(title, context), understand(chinese[f"{key}.title"], context)
        assert in_english.tier == Tier.ACCEPT, title
        assert [request.intent for request in in_english.requests] == [r.intent for r in in_chinese.requests], title


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert read("manifest.json")["version"] == project["version"]
