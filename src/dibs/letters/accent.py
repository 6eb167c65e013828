"""The colours of letters, made from the accent of the business. They are not quite those of the
booking page, because letters have other backgrounds."""

from __future__ import annotations

from functools import lru_cache

from dibs.colours import make_readable
from dibs.palette import palette_of

#: The backgrounds of the letter, its card and its details, as in style.css.
LIGHT_GROUNDS = ("#ffffff", "#f3f3f0", "#f6f7f6")
DARK_GROUNDS = ("#1f2426", "#15181a", "#2a3033")


@lru_cache(maxsize=64)
def colours_of(accent: str) -> dict[str, str]:
    """Return the colours that templates can use, by name. `link` is for text and lines, `button`
    for filled areas."""
    palette = palette_of(accent)
    light, dark = palette.light, palette.dark
    return {
        "button": light.fill,
        "on_button": light.on_fill,
        "link": make_readable(light.text, *LIGHT_GROUNDS),
        "dark_button": dark.fill,
        "dark_on_button": dark.on_fill,
        "dark_link": make_readable(dark.text, *DARK_GROUNDS),
    }
