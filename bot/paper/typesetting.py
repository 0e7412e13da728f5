"""Text on paper: which font has each character, how wide a text is, where it breaks, and what cannot be printed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.pdfgen.canvas import Canvas

FONTS: Final = Path(__file__).parent / "fonts"
REGULAR, BOLD, HAN = "LiberationSans-Regular", "LiberationSans-Bold", "DroidSansFallback"
INK, GREY = (0.13, 0.13, 0.15), (0.42, 0.42, 0.45)
LEADING = 1.35  # from one line to the next, in sizes
HEAVY = 0.035  # the outline that makes Chinese bold, in sizes: there is one weight of it
# A line may break after a space, and on either side of what is written without spaces.
_PIECES = re.compile(r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef]|\s+")
# Joined, stacked or written from the right: characters in their order would be letters, but not the word.
_NEEDS_SHAPING = re.compile(r"[\u0590-\u08ff\u0900-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefc]")


def is_printable(text: str) -> bool:
    """Whether every character of it comes out as it is written, none as an empty box."""
    text = unicodedata.normalize("NFC", text)
    covered = all(ord(each) in _covers(REGULAR) or ord(each) in _covers(HAN) for each in text)
    marked = any(unicodedata.combining(each) for each in text)
    return covered and not marked and not _NEEDS_SHAPING.search(text)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide it is, in points."""
    return float(sum(pdfmetrics.stringWidth(part, font, size) for font, part in _runs(text, bold=bold)))


def broken(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Its lines, none wider than `room` points unless it is one long word."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and width((lines[-1] + piece).rstrip(), size, bold=bold) > room:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def write(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    size: float,
    *,
    bold: bool = False,
    right: bool = False,
    color: tuple[float, float, float] = INK,
) -> None:
    """Writes one line whose base is at `y`, from `x` on, or `right`: until `x`."""
    canvas.saveState()
    pen = canvas.beginText(x - width(text, size, bold=bold) if right else x, y)
    pen.setFillColorRGB(*color)
    canvas.setStrokeColorRGB(*color)
    canvas.setLineWidth(size * HEAVY)
    for font, part in _runs(text, bold=bold):
        pen.setFont(font, size)
        pen.setTextRenderMode(2 if bold and font == HAN else 0)
        pen.textOut(part)
    canvas.drawText(pen)
    canvas.restoreState()


def _runs(text: str, *, bold: bool) -> Iterator[tuple[str, str]]:
    """The text in parts of one font each."""
    latin = BOLD if bold else REGULAR
    covered = _covers(latin)
    for has_it, part in groupby(unicodedata.normalize("NFC", text), lambda each: ord(each) in covered):
        yield latin if has_it else HAN, "".join(part)


def _covers(font: str) -> frozenset[int]:
    """The characters that a font has."""
    return _fonts()[font]


@cache
def _fonts() -> dict[str, frozenset[int]]:
    """All fonts, read once and known to the PDF library from then on, with the characters that each has."""
    fonts: dict[str, Any] = {name: TTFont(name, str(FONTS / f"{name}.ttf")) for name in (REGULAR, BOLD, HAN)}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return {name: frozenset(font.face.charToGlyph) for name, font in fonts.items()}
