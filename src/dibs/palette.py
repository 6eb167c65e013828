"""Makes the colours of the booking page from the accent of a business, for a light and a dark page.

The accent itself fills buttons, and their text is white or black, whichever can be read. Text and
lines may have to be darker or lighter than the accent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dibs.colours import BLACK, PART_CONTRAST, WHITE, contrast, is_grey, make_readable, mix, text_on

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_ACCENT = "#2457c5"
#: The grounds of the page as in tokens.css. The first one is the ground of the card.
LIGHT_GROUNDS = ("#ffffff", "#f4f4f3")
DARK_GROUNDS = ("#1d1d20", "#141416", "#29292d")
DARK_TEXT = "#f0f0ef"
#: The least contrast of a tint with the ground of the card.
TINT_CONTRAST = 1.14
TINT_SHARES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
#: The contrast of text on a tint. It is more than WCAG asks for, because numbers on a tint are
#: small.
TINT_TEXT_CONTRAST = 6.0
HOVER_SHARE = 0.9


@dataclass(frozen=True)
class Shades:
    """The colours for one kind of ground. `fill` is the colour of buttons, `text` that of text and
    lines, and `tint` the ground of free times. `on_fill` and `on_tint` are the text on them."""

    fill: str
    on_fill: str
    hover: str
    text: str
    tint: str
    on_tint: str


@dataclass(frozen=True)
class Palette:
    light: Shades
    dark: Shades


#: The palette of the default accent. It is not computed, but has the colours of tokens.css.
DESIGNED = Palette(
    Shades("#2457c5", "#ffffff", "#204eb1", "#2457c5", "#e9effc", "#1b459f"),
    Shades("#8fb1ff", "#0c1a3a", "#9ab9ff", "#8fb1ff", "#253456", "#b8ceff"),
)


@lru_cache(maxsize=64)
def palette_of(accent: str) -> Palette:
    if accent == DEFAULT_ACCENT:
        return DESIGNED
    light = _shades(accent, LIGHT_GROUNDS)
    return Palette(light, _shades(make_visible_in_the_dark(accent), DARK_GROUNDS))


def make_visible_in_the_dark(accent: str) -> str:
    """Return the fill for a dark page, where a dark button could not be seen. A dark grey or black
    becomes nearly white, and not a grey that nobody has chosen."""
    if contrast(accent, DARK_GROUNDS[0]) < PART_CONTRAST and is_grey(accent):
        return DARK_TEXT
    return make_readable(accent, DARK_GROUNDS[0], least=PART_CONTRAST)


def _shades(fill: str, grounds: tuple[str, ...]) -> Shades:
    surface, on_fill = grounds[0], text_on(fill)
    tint = _tint(fill, grounds)
    text = make_readable(fill, *grounds, tint)
    return Shades(
        fill=fill,
        on_fill=on_fill,
        hover=mix(fill, HOVER_SHARE, BLACK if on_fill == WHITE else WHITE),
        text=text,
        tint=tint,
        on_tint=make_readable(text, tint, surface, least=TINT_TEXT_CONTRAST),
    )


def _tint(fill: str, grounds: tuple[str, ...]) -> str:
    """Return a tint with as little of the accent as can be seen. If the accent is too much like the
    ground, its readable variant is used instead."""
    surface = grounds[0]
    for colour in (fill, make_readable(fill, *grounds)):
        for share in TINT_SHARES:
            tint = mix(colour, share, surface)
            if contrast(tint, surface) >= TINT_CONTRAST:
                return tint
    raise AssertionError(f"no tint of {fill} can be seen")


def adjustments(accent: str) -> Iterator[str]:
    """Yield, in words for the owner, how the accent was changed so that everybody can read the
    page."""
    if accent == DEFAULT_ACCENT:
        return
    palette = palette_of(accent)
    if palette.light.text != accent:
        yield (
            f"{accent} can't be read on a light page: links and times are written in"
            f" {palette.light.text} there."
        )
    if palette.dark.fill != accent:
        yield f"{accent} can't be seen on a dark page: buttons are {palette.dark.fill} there."
    if palette.dark.text not in (accent, palette.dark.fill):
        yield (
            f"{palette.dark.fill} can't be read on a dark page: links and times are written in"
            f" {palette.dark.text} there."
        )
