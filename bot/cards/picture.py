"""A chart as a picture: plain SVG in the colors of the page, which reads itself out as the table beside it would."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from bot.cards.visible import visible

if TYPE_CHECKING:
    from dialogs.elements import Bar, Chart

ROW: Final = 40  # pixels: a line of words and the bar below it
BAR: Final = 12


def picture(chart: Chart) -> str:
    """The bars, each as long as its share of the longest."""
    longest = max((bar.size for bar in chart.bars), default=0) or 1
    bars = "".join(_bar(bar, place * ROW, longest) for place, bar in enumerate(chart.bars))
    words = ", ".join(f"{bar.label} {bar.shown}" for bar in chart.bars)
    title, height = escape(visible(chart.title)), max(len(chart.bars), 1) * ROW
    said = f'role="img" aria-label="{title}: {escape(visible(words))}"'
    drawn = f'<svg width="100%" height="{height}" {said}>{bars}</svg>'  # words stay as large where there is less room
    return f'<figure class="chart"><figcaption>{title}</figcaption>{drawn}</figure>'


def _bar(bar: Bar, top: int, longest: int) -> str:
    length = max(100 * bar.size // longest, 1)
    return (
        f'<text x="0" y="{top + 16}">{escape(visible(bar.label))}</text>'
        f'<text x="100%" y="{top + 16}" text-anchor="end">{escape(visible(bar.shown))}</text>'
        f'<rect x="0" y="{top + 22}" width="{length}%" height="{BAR}" rx="3"></rect>'
    )
