"""The style sheet and the icon that show the appearance of a business on its page.

Their addresses contain the whole appearance. So the answers are the same on every node, caches may
keep them for ever, and the office can show an appearance that is not saved yet.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from dibs.appearance import FONT_STACKS, FONTS, MAX_RADIUS, Appearance, Font
from dibs.colours import is_colour
from dibs.errors import NotFound
from dibs.palette import palette_of
from dibs.web.compressed import FOREVER
from dibs.web.middleware.base_path import base_path_of
from dibs.web.pictures import PictureOut, show_picture

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

PREFIX = "/assets/appearance"
#: The corners of times are a little less round than the corners of buttons (pixels).
LESS_ROUND = 2
#: The policy of icons, because an icon can be opened as a page of its own. It needs to load
#: nothing.
NOTHING = "default-src 'none'; style-src 'none'; frame-ancestors 'none'"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="{corner}" fill="{fill}"/>'
    '<text x="16" y="16" dy=".36em" text-anchor="middle" font-family="system-ui, sans-serif"'
    ' font-size="20" font-weight="600" fill="{text}">{letter}</text></svg>\n'
)


class ShownAppearanceOut(TypedDict):
    """An appearance, as pages show it. `variables` are the style variables of its style sheet."""

    accent: str
    radius: int
    font: Font
    style_sheet: str
    variables: dict[str, str]
    logo: PictureOut | None
    picture: PictureOut | None


def routes() -> list[BaseRoute]:
    headers = {"Cache-Control": FOREVER, "Cross-Origin-Resource-Policy": "cross-origin"}

    async def style_sheet(request: Request) -> Response:
        """Answer with the style variables of an appearance:
        `/assets/appearance/2457c5-10-system.css`."""
        wanted = _read(**request.path_params)
        text = "\n".join(f"  {name}: {value};" for name, value in variables_of(wanted).items())
        return Response(f":root,\n:host {{\n{text}\n}}\n", media_type="text/css", headers=headers)

    async def icon(request: Request) -> Response:
        """Answer with a letter on the accent: `/assets/appearance/2457c5-10-D.svg`."""
        letter = request.path_params["letter"]
        if len(letter) != 1 or not letter.isprintable():
            raise NotFound
        wanted = _read(request.path_params["accent"], request.path_params["radius"], "system")
        light = palette_of(wanted.accent).light
        # In the 32 pixels of the icon, corners look as round as in the 40 pixels of the page's
        # logo.
        corner = wanted.radius * 32 // 40
        text = ICON.format(
            fill=light.fill, text=light.on_fill, letter=escape(letter), corner=corner
        )
        return Response(
            text,
            media_type="image/svg+xml",
            headers={**headers, "Content-Security-Policy": NOTHING},
        )

    return [
        Route(f"{PREFIX}/{{accent}}-{{radius}}-{{font}}.css", style_sheet),
        Route(f"{PREFIX}/{{accent}}-{{radius}}-{{letter}}.svg", icon),
    ]


def _read(accent: str, radius: str, font: str) -> Appearance:
    """Read an appearance from the parts of an address. Raises NotFound unless they are exactly as
    `style_sheet_address` writes them."""
    colour = f"#{accent}"
    if not is_colour(colour) or font not in FONTS or radius not in map(str, range(MAX_RADIUS + 1)):
        raise NotFound
    return Appearance(colour, int(radius), font)


def style_sheet_address(appearance: Appearance) -> str:
    """Return the address of the style sheet, below the base path."""
    accent = appearance.accent.removeprefix("#")
    return f"{PREFIX}/{accent}-{appearance.radius}-{appearance.font}.css"


def icon_address(appearance: Appearance, name: str) -> str:
    """Return the address of the icon with the first letter of a name, below the base path."""
    accent = appearance.accent.removeprefix("#")
    return f"{PREFIX}/{accent}-{appearance.radius}-{quote(letter_of(name), safe='')}.svg"


def letter_of(name: str) -> str:
    """Return the first letter or digit of a name, as a capital. If the name has neither, this is
    its first character."""
    return next(filter(str.isalnum, name), name[:1]).upper()[:1]


def show_appearance(appearance: Appearance, public_url: str) -> ShownAppearanceOut:
    """Return the appearance for a page that is to look like the booking page: as it was chosen, and
    as style variables, whose colours are made readable."""
    return {
        "accent": appearance.accent,
        "radius": appearance.radius,
        "font": appearance.font,
        "style_sheet": base_path_of(public_url) + style_sheet_address(appearance),
        "variables": variables_of(appearance),
        "logo": show_picture(appearance.logo, public_url),
        "picture": show_picture(appearance.picture, public_url),
    }


def variables_of(appearance: Appearance) -> dict[str, str]:
    """Return the style variables that an appearance sets. docs/reference/style-variables.md lists
    all of them."""
    light, dark = (palette := palette_of(appearance.accent)).light, palette.dark
    radius = appearance.radius
    return {
        "--accent": f"light-dark({light.fill}, {dark.fill})",
        "--accent-hover": f"light-dark({light.hover}, {dark.hover})",
        "--on-accent": f"light-dark({light.on_fill}, {dark.on_fill})",
        "--accent-text": f"light-dark({light.text}, {dark.text})",
        "--free": f"light-dark({light.tint}, {dark.tint})",
        "--on-free": f"light-dark({light.on_tint}, {dark.on_tint})",
        "--radius": f"{radius}px",
        "--radius-slot": f"{max(0, radius - LESS_ROUND)}px",
        "--font": FONT_STACKS[appearance.font],
    }
