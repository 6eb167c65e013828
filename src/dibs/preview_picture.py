"""Draws the picture that networks and messengers show beside a shared link, for a business that has
no picture of its own: its name on its accent, and a month with one day chosen.

The name is drawn only if the font has all its letters. For a name that is written from right to
left, the library Raqm must be there as well, which joins Arabic letters and orders the text.
Otherwise the picture has no text: boxes in the place of letters would be worse, and the page that
shows the picture writes the name beside it anyway.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont, features

from dibs.colours import mix
from dibs.palette import palette_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    Font = ImageFont.FreeTypeFont

#: Width and height in pixels. Networks show previews at a ratio of about 1.91 to 1.
SIZE = (1200, 630)
MEDIA_TYPE = "image/png"
#: The file is put there when the front end is built.
FONT = Path(__file__).with_name("web") / "static/fonts/DejaVuSans-Bold.ttf"
FONT_SIZES = (104, 88, 72, 60, 48)
MAX_LINES = 3
LINE_HEIGHT = 1.25
MARGIN = 90
TEXT_WIDTH = 580
#: The month that is drawn: the number of its columns and rows of days; then the size of a day, the
#: gap between days and the radius of corners, in pixels.
COLUMNS, ROWS = 5, 5
DAY, GAP, CORNER = 64, 14, 14
CHOSEN = (3, 2)
#: The share of the accent's text colour in the colour of days that are not chosen.
DAY_SHARE = 0.22
MISSING = "\uffff"


@lru_cache(maxsize=32)
def draw_preview(name: str, accent: str) -> bytes:
    """Return the picture as a PNG file of the size `SIZE`."""
    shades = palette_of(accent).light
    image = Image.new("RGB", SIZE, shades.fill)
    draw = ImageDraw.Draw(image)
    lines, font = _fit(name) if can_be_drawn(name) else ([], _font(FONT_SIZES[0]))
    is_from_right = bool(lines) and _begins_from_right(name)
    width = COLUMNS * DAY + (COLUMNS - 1) * GAP
    left = (SIZE[0] - width) // 2 if not lines else MARGIN
    if lines and not is_from_right:
        left = SIZE[0] - MARGIN - width
    quiet = mix(shades.on_fill, DAY_SHARE, shades.fill)
    _draw_month(draw, left, quiet, shades.on_fill)
    _draw_lines(draw, lines, font, shades.on_fill, is_from_right=is_from_right)
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def can_be_drawn(name: str) -> bool:
    """Tell whether the name can be drawn so that everybody who knows its script can read it."""
    font = _font(FONT_SIZES[-1])
    missing = bytes(font.getmask(MISSING))
    needs_order = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    if needs_order and not features.check("raqm"):
        return False
    return all(letter == " " or bytes(font.getmask(letter)) != missing for letter in name)


def _begins_from_right(name: str) -> bool:
    kinds = map(unicodedata.bidirectional, name)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


@lru_cache(maxsize=len(FONT_SIZES))
def _font(size: int) -> Font:
    return ImageFont.truetype(FONT, size)


def _fit(name: str) -> tuple[list[str], Font]:
    """Return the name in lines, and the largest font in which they fit. The end of a very long name
    is left out."""
    for size in FONT_SIZES:
        font = _font(size)
        lines = list(_lines(name, font))
        if len(lines) <= MAX_LINES and all(font.getlength(line) <= TEXT_WIDTH for line in lines):
            return lines, font
    shown = [_shorten(line, font) for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        shown[-1] = _shorten(f"{shown[-1].rstrip('…')}…", font)
    return shown, font


def _lines(name: str, font: Font) -> Iterator[str]:
    line = ""
    for word in name.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > TEXT_WIDTH:
            yield line
            line = word
        else:
            line = longer
    yield line


def _shorten(line: str, font: Font) -> str:
    whole = line.rstrip("…")
    while font.getlength(line) > TEXT_WIDTH:
        whole = whole[:-1]
        line = f"{whole.rstrip()}…"
    return line


def _draw_month(draw: ImageDraw.ImageDraw, left: int, quiet: str, strong: str) -> None:
    top = (SIZE[1] - ROWS * DAY - (ROWS - 1) * GAP) // 2
    for row in range(ROWS):
        for column in range(COLUMNS):
            x, y = left + column * (DAY + GAP), top + row * (DAY + GAP)
            fill = strong if (column, row) == CHOSEN else quiet
            draw.rounded_rectangle((x, y, x + DAY, y + DAY), CORNER, fill)


def _draw_lines(
    draw: ImageDraw.ImageDraw, lines: list[str], font: Font, fill: str, *, is_from_right: bool
) -> None:
    height = font.size * LINE_HEIGHT
    y = (SIZE[1] - height * len(lines)) / 2 + height / 2
    for line in lines:
        x, anchor = (SIZE[0] - MARGIN, "rm") if is_from_right else (MARGIN, "lm")
        draw.text((x, y), line, fill, font, anchor=anchor)
        y += height
