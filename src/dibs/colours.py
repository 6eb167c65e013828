"""Contrast of colours, as WCAG 2.2 measures it, and the nearest colour that has enough of it.

A colour is written like `#2457c5`, in small letters.
"""

from __future__ import annotations

import colorsys
import re

WHITE = "#ffffff"
BLACK = "#000000"
#: The least contrast of text with its ground (WCAG 2.2, 1.4.3), and of parts of a control (1.4.11).
TEXT_CONTRAST = 4.5
PART_CONTRAST = 3.0
#: Steps of the search for a lightness. Each step halves the range, so that it ends smaller than one
#: of the 256 values of a channel.
MAX_STEPS = 12
GREY = 0.1
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)


def is_colour(text: str) -> bool:
    return _COLOUR.fullmatch(text) is not None


def is_grey(colour: str) -> bool:
    """Tell whether a colour is so close to grey that nobody could name its hue."""
    channels = _channels(colour)
    return max(channels) - min(channels) <= GREY


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (the same colour) to 21 (black on white)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def text_on(ground: str) -> str:
    """Return white if it can be read on the ground, else black. One of the two can always be
    read."""
    return WHITE if contrast(WHITE, ground) >= TEXT_CONTRAST else BLACK


def mix(colour: str, share: float, ground: str) -> str:
    """Return the mix of a colour with a ground. `share` is the part of the colour, from 0 to 1."""
    parts = zip(_channels(colour), _channels(ground), strict=True)
    return _format_colour(*(above * share + below * (1 - share) for above, below in parts))


def make_readable(colour: str, *grounds: str, least: float = TEXT_CONTRAST) -> str:
    """Return the colour, made so much darker or lighter that it has the contrast `least` with every
    ground. The grounds must all be light, so that it gets darker, or all dark, so that it gets
    lighter."""
    if _is_readable(colour, grounds, least):
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    unread, read = lightness, 0.0 if _luminance(grounds[0]) > 0.5 else 1.0
    for _ in range(MAX_STEPS):
        middle = (unread + read) / 2
        if _is_readable(
            _format_colour(*colorsys.hls_to_rgb(hue, middle, saturation)), grounds, least
        ):
            read = middle
        else:
            unread = middle
    return _format_colour(*colorsys.hls_to_rgb(hue, read, saturation))


def _is_readable(colour: str, grounds: tuple[str, ...], least: float) -> bool:
    return all(contrast(colour, ground) >= least for ground in grounds)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _format_colour(*channels: float) -> str:
    return "#" + "".join(f"{round(each * 255):02x}" for each in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
