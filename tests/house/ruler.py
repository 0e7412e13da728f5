"""The ruler: how long, how named and how plain our Python files are; each finding names its place."""

from __future__ import annotations

import ast
import re
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOMS = ("bot", "dialogs", "storage")
MEASURED = (*ROOMS, "tests", "bench", "manifest")
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES = 300, 40, 8
SILENT_NAMES = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc"})
SILENT_CLASS = re.compile(r"(Utils?|Helpers?|Manager)($|[A-Z])")
THE_TIME = frozenset({"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"})
CLOCK = "storage/clock.py"
# Seconds of a timeout are floats, and these files hold no amounts.
WITHOUT_MONEY = frozenset(
    {CLOCK, "storage/conversations.py", "storage/database.py", "storage/embedded.py", "storage/watched.py"}
)
CHINESE = re.compile(r"[\u3400-\u9fff]{2}")
# Names of people and marks of a language are data; a sentence belongs to dialogs/texts.
MAY_HOLD_CHINESE = ("dialogs/understanding/", "storage/demo")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def findings(root: Path) -> Iterator[str]:
    """Everything under `root` that the ruler does not pass, as `file:line what`."""
    lengths: list[int] = []
    for path in sorted(path for room in MEASURED for path in (root / room).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"), name)
        yield from _file(name, path, tree)
        yield from _functions(name, tree)
        if name.startswith(ROOMS):
            lengths += [_length(function) for function in _functions_of(tree)]
            yield from _lines_of_the_rooms(name, tree)
    if lengths and statistics.median(lengths) > MEDIAN_LINES:
        yield f"half of all functions are longer than {MEDIAN_LINES} lines"


def _file(name: str, path: Path, tree: ast.Module) -> Iterator[str]:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > FILE_LINES:
        yield f"{name}:{lines} longer than {FILE_LINES} lines"
    if tree.body and not ast.get_docstring(tree):
        yield f"{name}:1 no docstring that says what the module is for"
    for word in sorted(SILENT_NAMES & set(re.split(r"[/_.]", name.removesuffix(".py")))):
        yield f"{name}:1 the name {word!r} says nothing"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and SILENT_CLASS.search(node.name):
            yield f"{name}:{node.lineno} the name {node.name!r} says nothing"


def _functions(name: str, tree: ast.Module) -> Iterator[str]:
    for function in _functions_of(tree):
        if _length(function) > FUNCTION_LINES:
            yield f"{name}:{function.lineno} {function.name} is longer than {FUNCTION_LINES} lines"


def _lines_of_the_rooms(name: str, tree: ast.Module) -> Iterator[str]:
    money = name.startswith("storage/") and name not in WITHOUT_MONEY
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name != CLOCK and _called(node) in THE_TIME:
            yield f"{name}:{node.lineno} asks the machine for the time; only {CLOCK} does"
        if money and (_called(node) == "float" or isinstance(getattr(node, "value", None), float)):
            yield f"{name}:{node.lineno} a float near money"
        if _is_chinese(node) and not name.startswith(MAY_HOLD_CHINESE):
            yield f"{name}:{node.lineno} a sentence outside dialogs/texts"


def _is_chinese(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(CHINESE.search(node.value))


def _called(node: ast.AST) -> str:
    """The last two names of what is called: `datetime.now` however datetime was imported."""
    return ".".join(ast.unparse(node.func).split(".")[-2:]) if isinstance(node, ast.Call) else ""


def _length(function: Function) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if ast.get_docstring(function) else 0)


def _functions_of(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]
