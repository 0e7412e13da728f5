"""Draws both icons of the Teams app: a license as a ticket with a check on it (`python manifest/draw_icons.py`)."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

HERE = Path(__file__).parent
ACCENT, WHITE = "#2F4BA0", "#FFFFFF"
FINE = 8  # drawn this many times larger, then reduced: smooth edges


def ticket(size: int, left: float, top: float) -> Image.Image:
    """A mask of `size` pixels: a rounded ticket, notched above and below its stub; the places are parts of the size."""
    mask = Image.new("L", (size, size))
    draw = ImageDraw.Draw(mask)
    right, bottom, notch, radius = size * (1 - left), size * (1 - top), size * 0.07, size * 0.09
    draw.rounded_rectangle((size * left, size * top, right, bottom), radius, fill=255)
    stub = size * 0.66
    for edge in (size * top, bottom):
        draw.ellipse((stub - notch, edge - notch, stub + notch, edge + notch), fill=0)
    return mask


def check(draw: ImageDraw.ImageDraw, size: int, fill: str | int, width: float) -> None:
    """A check mark with round ends on the ticket's body."""
    points = [(size * x, size * y) for x, y in ((0.28, 0.51), (0.375, 0.6), (0.535, 0.415))]
    draw.line(points, fill, round(size * width), joint="curve")
    half = size * width / 2
    for x, y in points:
        draw.ellipse((x - half, y - half, x + half, y + half), fill)


def color(pixels: int = 192) -> Image.Image:
    """White ticket, accent-coloured check, accent background to all edges (Teams rounds the corners)."""
    size = pixels * FINE
    picture = Image.new("RGB", (size, size), ACCENT)
    picture.paste(WHITE, mask=ticket(size, 0.17, 0.27))
    draw = ImageDraw.Draw(picture)
    check(draw, size, ACCENT, 0.062)
    for dot in (0.40, 0.50, 0.60):
        draw.ellipse([size * part for part in (0.645, dot - 0.015, 0.675, dot + 0.015)], ACCENT)
    return picture.resize((pixels, pixels), Image.Resampling.LANCZOS)


def outline(pixels: int = 32) -> Image.Image:
    """White lines on nothing, as Teams colours the side bar itself."""
    size = pixels * FINE
    outer = ticket(size, 1 / 32, 6 / 32)
    inside = outer.filter(ImageFilter.MinFilter(2 * 2 * FINE + 1))  # two pixels smaller on every side
    lines = ImageChops.subtract(outer, inside)
    check(ImageDraw.Draw(lines), size, 255, 2.5 / 32)
    alpha = lines.resize((pixels, pixels), Image.Resampling.LANCZOS)
    picture = Image.new("RGBA", (pixels, pixels), (255, 255, 255, 0))
    picture.putalpha(alpha)
    return picture


if __name__ == "__main__":
    color().save(HERE / "color.png", optimize=True)
    outline().save(HERE / "outline.png", optimize=True)
