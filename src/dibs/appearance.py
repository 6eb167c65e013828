"""How the booking page and the letters of a business look: what the business chooses of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from dibs.palette import DEFAULT_ACCENT

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of the corners of buttons and fields, in pixels.
MAX_RADIUS = 24
Font = Literal["system", "humanist", "geometric", "rounded", "serif", "slab"]
FONTS: tuple[Font, ...] = get_args(Font)
#: Fonts that devices have, so that nothing is loaded: the first that is there is taken.
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
    """`accent` is a colour like #2457c5, `radius` that of corners in pixels. `logo` and `picture`
    are names of stored pictures."""

    accent: str = DEFAULT_ACCENT
    radius: int = 10
    font: Font = "system"
    logo: str | None = None
    picture: str | None = None


#: What the style sheets of the page say by themselves.
DEFAULT_APPEARANCE = Appearance()
