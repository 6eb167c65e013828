"""Draws the pictures of the demo's salon from plain shapes, so that nobody else has rights to
them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Draw = ImageDraw.ImageDraw
    Colour = str

#: Pixels of a side. A picture is drawn `LARGER` times as large and then made smaller, so that edges
#: become smooth.
SIDE = 320
LARGER = 3
WHITE, DARK = "#fffaf2", "#2c2a35"


def draw_salon(folder: Path) -> None:
    """Write all pictures that `salon.toml` names into a folder."""
    for name, (ground, draw) in SERVICES.items():
        _write(folder / f"{name}.png", ground, draw)
    for name, (ground, skin, hair, shirt, is_long) in PEOPLE.items():
        _write(folder / f"{name}.png", ground, _face(skin, hair, shirt, is_long=is_long))


class _Pen:
    """Draws shapes. Positions and sizes are in hundredths of the picture's side."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._scale = SIDE * LARGER / 100

    def _scale_all(self, numbers: tuple[float, ...]) -> list[float]:
        return [each * self._scale for each in numbers]

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        self.oval(x - radius, y - radius, x + radius, y + radius, fill=fill)

    def oval(self, *edges: float, fill: Colour) -> None:
        self._draw.ellipse(self._scale_all(edges), fill=fill)

    def ring(self, x: float, y: float, radius: float, width: float, fill: Colour) -> None:
        box = self._scale_all((x - radius, y - radius, x + radius, y + radius))
        self._draw.ellipse(box, outline=fill, width=round(width * self._scale))

    def line(self, *points: float, width: float, fill: Colour) -> None:
        numbers = self._scale_all(points)
        thick = width * self._scale
        self._draw.line(numbers, fill=fill, width=round(thick), joint="curve")
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            half = thick / 2
            self._draw.ellipse((x - half, y - half, x + half, y + half), fill=fill)

    def box(self, *edges: float, fill: Colour, radius: float = 0) -> None:
        self._draw.rounded_rectangle(self._scale_all(edges), radius * self._scale, fill)

    def shape(self, *points: float, fill: Colour) -> None:
        self._draw.polygon(self._scale_all(points), fill=fill)

    def wave(self, x: float, y: float, height: float, width: float, fill: Colour) -> None:
        """Draw a strand of hair downwards."""
        points: list[float] = []
        for step in range(41):
            down = step / 40
            points += [x + 3 * math.sin(down * 4 * math.pi), y + down * height]
        self.line(*points, width=width, fill=fill)


def _write(file: Path, ground: tuple[Colour, Colour], draw: Callable[[_Pen], None]) -> None:
    upper, lower = ground
    size = (SIDE * LARGER, SIDE * LARGER)
    image = Image.composite(
        Image.new("RGB", size, lower),
        Image.new("RGB", size, upper),
        Image.linear_gradient("L").resize(size),
    )
    draw(_Pen(ImageDraw.Draw(image)))
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(file, "PNG")


def _scissors(pen: _Pen) -> None:
    pen.line(36, 64, 66, 22, width=5, fill=WHITE)
    pen.line(64, 64, 34, 22, width=5, fill=WHITE)
    pen.ring(31, 72, 10, 4.5, WHITE)
    pen.ring(69, 72, 10, 4.5, WHITE)
    pen.disc(50, 44, 2.5, DARK)


def _comb(pen: _Pen) -> None:
    pen.box(22, 34, 78, 46, fill=WHITE, radius=4)
    for tooth in range(10):
        pen.box(25 + tooth * 5.4, 44, 27.6 + tooth * 5.4, 68, fill=WHITE, radius=1.2)


def _balloon(pen: _Pen) -> None:
    pen.oval(34, 18, 66, 58, fill=WHITE)
    pen.shape(50, 56, 45, 64, 55, 64, fill=WHITE)
    pen.line(50, 64, 46, 72, 53, 80, 49, 88, width=1.4, fill=WHITE)


def _rings(pen: _Pen) -> None:
    pen.ring(41, 56, 19, 5, WHITE)
    pen.ring(61, 56, 19, 5, "#ffe2a8")
    pen.shape(41, 37, 34, 29, 37, 24, 45, 24, 48, 29, fill=WHITE)


def _drop(pen: _Pen) -> None:
    pen.shape(50, 18, 31, 55, 69, 55, fill=WHITE)
    pen.disc(50, 60, 20.5, WHITE)
    pen.disc(43, 62, 4, "#f6c9b8")


def _strands(pen: _Pen) -> None:
    for number, fill in enumerate((WHITE, "#ffe2a8", WHITE, "#ffd07a", WHITE)):
        pen.wave(26 + number * 12, 20, 60, 5, fill)


def _screen(pen: _Pen) -> None:
    pen.box(18, 24, 82, 66, fill=WHITE, radius=5)
    pen.shape(44, 36, 44, 54, 60, 45, fill=DARK)
    pen.box(44, 66, 56, 74, fill=WHITE)
    pen.box(34, 73, 66, 78, fill=WHITE, radius=2)


def _beard(pen: _Pen) -> None:
    pen.box(28, 30, 72, 58, fill=WHITE, radius=3)
    pen.disc(50, 58, 22, WHITE)
    pen.oval(38, 46, 62, 60, fill="#8a5a44")
    pen.oval(42, 49, 58, 56, fill=WHITE)


def _razor(pen: _Pen) -> None:
    pen.line(30, 76, 60, 46, width=8, fill=WHITE)
    pen.shape(52, 38, 68, 54, 82, 40, 66, 24, fill=WHITE)
    pen.line(68, 26, 80, 38, width=2, fill=DARK)


def _beard_and_scissors(pen: _Pen) -> None:
    pen.box(40, 34, 88, 52, fill="#f4dcae", radius=3)
    pen.disc(64, 54, 20, "#f4dcae")
    pen.oval(54, 46, 74, 58, fill="#8a5a44")
    pen.oval(58, 49, 70, 55, fill="#f4dcae")
    pen.line(18, 70, 40, 24, width=4.5, fill=WHITE)
    pen.line(40, 70, 18, 24, width=4.5, fill=WHITE)
    pen.ring(15, 77, 8, 4, WHITE)
    pen.ring(43, 77, 8, 4, WHITE)


def _leaf(pen: _Pen) -> None:
    pen.oval(30, 20, 70, 76, fill=WHITE)
    pen.line(50, 34, 50, 88, width=2.4, fill="#5d8f77")
    pen.line(50, 52, 40, 44, width=1.8, fill="#5d8f77")
    pen.line(50, 60, 60, 52, width=1.8, fill="#5d8f77")


def _curls(pen: _Pen) -> None:
    for x, y in ((34, 36), (60, 32), (44, 56), (68, 56), (34, 74), (58, 76)):
        pen.ring(x, y, 11, 4, WHITE)


def _window(pen: _Pen) -> None:
    pen.box(24, 18, 76, 74, fill="#fdf3dc", radius=3)
    for edges in ((48.5, 18, 51.5, 74), (24, 44, 76, 47)):
        pen.box(*edges, fill="#8a6f5a")
    pen.box(18, 74, 82, 79, fill="#8a6f5a", radius=2)


def _face(skin: Colour, hair: Colour, shirt: Colour, *, is_long: bool) -> Callable[[_Pen], None]:
    def draw(pen: _Pen) -> None:
        if is_long:
            pen.box(27, 34, 73, 84, fill=hair, radius=20)
        pen.oval(14, 76, 86, 140, fill=shirt)
        pen.box(43, 62, 57, 82, fill=skin, radius=6)
        pen.disc(50, 43, 20.5, hair)
        pen.oval(33, 32, 67, 72, fill=skin)
        pen.oval(31, 25, 69, 43, fill=hair)
        for x in (43, 57):
            pen.disc(x, 51, 1.7, DARK)
        pen.line(45, 61, 50, 63, 55, 61, width=1.4, fill=DARK)

    return draw


PEACH, ROSE, TEAL = ("#e8987c", "#c96f5c"), ("#c77f9a", "#9a5576"), ("#5fa39b", "#3b7d78")
INDIGO, OCHRE, SAGE = ("#7d88c4", "#565f9e"), ("#d3a253", "#a97a30"), ("#8fb59f", "#63917a")

SERVICES: dict[str, tuple[tuple[Colour, Colour], Callable[[_Pen], None]]] = {
    "haircut": (TEAL, _scissors),
    "fringe": (SAGE, _comb),
    "children": (PEACH, _balloon),
    "wedding": (ROSE, _rings),
    "colour": (PEACH, _drop),
    "highlights": (OCHRE, _strands),
    "advice": (INDIGO, _screen),
    "beard": (TEAL, _beard),
    "shave": (INDIGO, _razor),
    "both": (OCHRE, _beard_and_scissors),
    "massage": (SAGE, _leaf),
    "curls": (ROSE, _curls),
    "room": (SAGE, _window),
}
#: The colours of ground, skin, hair and shirt of each person, and whether the hair is long.
PEOPLE: dict[str, tuple[tuple[Colour, Colour], Colour, Colour, Colour, bool]] = {
    "mia": (("#f3dcc3", "#e6bf98"), "#f0c6a4", "#7b3f2a", "#3b7d78", True),
    "oemer": (("#cfe0ea", "#a9c6d8"), "#d9a37d", "#26211f", "#2f3e5c", False),
    "jule": (("#f1d6dc", "#dfb0bc"), "#f4d0b5", "#e0b455", "#9a5576", True),
    "sanne": (("#d9e5d3", "#b6cfac"), "#8d5a3c", "#1f1a1c", "#c96f5c", True),
}
