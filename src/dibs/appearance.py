"""The appearance of a business: what it chooses for the look of its booking page and letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from dibs.palette import DEFAULT_ACCENT

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The largest radius of the corners of buttons and fields, in pixels.
MAX_RADIUS = 24
Font = Literal["system", "humanist", "geometric", "rounded", "serif", "slab"]
FONTS: tuple[Font, ...] = get_args(Font)
#: Fonts that devices already have, so that none has to be loaded. The first one that the device has
#: is used.
FONT_STACKS: Mapping[Font, str] = {
    "system": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
    "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", sans-serif',
    "geometric": 'Avenir, Montserrat, Corbel, "URW Gothic", sans-serif',
    "rounded": 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Manjari,'
    ' "Arial Rounded MT Bold", Calibri, sans-serif',
    "serif": 'Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif',
    "slab": 'Rockwell, "Rockwell Nova", "Roboto Slab", "DejaVu Serif", "Sitka Small", serif',
}


@dataclass(frozen=True)
class Appearance:
    """The look of the booking page and the letters. `accent` is a colour like #2457c5, and `radius`
    is the radius of corners in pixels. `logo` and `picture` are names of stored pictures."""

    accent: str = DEFAULT_ACCENT
    radius: int = 10
    font: Font = "system"
    logo: str | None = None
    picture: str | None = None


#: The appearance that the style sheets of the page have by themselves.
DEFAULT_APPEARANCE = Appearance()
