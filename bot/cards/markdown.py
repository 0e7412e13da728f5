"""Makes text inert in clients that read markdown, so that a name can neither draw a link nor hide a word."""

from __future__ import annotations

import re

from bot.cards.visible import visible

# Emphasis, code, links, escapes and entities, anywhere. An underscore inside a word (ann_lee) never starts emphasis.
_SPANS = re.compile(r"[\\`*~\[\]<]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
# Headings, quotes, rules, bullets and numbered lists, at the start of a line.
_BLOCKS = re.compile(r"^(\s*)(#|>|[-+](?=[\s-]|$)|\d+(?=[.)](?:\s|$)))", re.MULTILINE)


def inert(text: str) -> str:
    """`text` with every sign escaped that Adaptive Cards' markdown would act on; words stay as they are.

    `{{` is parted by a zero-width space: Adaptive Cards replaces {{DATE(…)}} and {{TIME(…)}} before it draws.
    """
    escaped = _SPANS.sub(r"\\\g<0>", visible(text).replace("{{", "{\u200b{"))
    return paragraphs(_BLOCKS.sub(_escape_start, escaped))


def paragraphs(text: str) -> str:
    """`text` with a blank line for every line break: Teams draws a single one as a space."""
    return re.sub(r"\n+", "\n\n", text)


def _escape_start(start: re.Match[str]) -> str:
    indent, sign = start.groups()
    # In "1. May" the dot makes the list, so the dot is what has to be escaped.
    return f"{indent}{sign}\\" if sign.isdigit() else f"{indent}\\{sign}"
