"""The page of a business can be read with any accent, light and dark."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from dibs.colours import contrast, is_colour, make_readable, mix, text_on
from dibs.palette import DARK_GROUNDS, LIGHT_GROUNDS, adjustments, palette_of

TOKENS = Path(__file__).parents[2] / "frontend" / "src" / "booking" / "styles" / "tokens.css"
YELLOW, BLACK, WHITE, PASTEL, BLUE = "#ffdd00", "#000000", "#ffffff", "#f8c8dc", "#2457c5"
AA, PART = 4.5, 3.0


def accents() -> list[str]:
    some = random.Random(15)
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 5)]
    pure = [f"#{number:06x}" for number in (0xFF0000, 0x00FF00, 0x0000FF, 0x00FFFF, 0xFF00FF)]
    others = [f"#{some.randrange(1 << 24):06x}" for _ in range(1000)]
    return [YELLOW, BLACK, WHITE, PASTEL, BLUE, *pure, *greys, *others]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        # The values are from https://webaim.org/resources/contrastchecker.
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_all_text_can_be_read_whatever_the_accent() -> None:
    for accent in accents():
        palette = palette_of(accent)
        for shades, grounds in ((palette.light, LIGHT_GROUNDS), (palette.dark, DARK_GROUNDS)):
            assert contrast(shades.on_fill, shades.fill) >= AA, accent
            assert contrast(shades.on_fill, shades.hover) >= AA, accent
            assert contrast(shades.on_tint, shades.tint) >= AA, accent
            assert all(contrast(shades.text, each) >= AA for each in (*grounds, shades.tint))
            assert contrast(shades.tint, grounds[0]) > 1.1, accent


def test_buttons_are_seen_in_the_dark() -> None:
    for accent in accents():
        assert contrast(palette_of(accent).dark.fill, DARK_GROUNDS[0]) >= PART, accent


def test_an_accent_that_can_be_read_stays_as_it_is() -> None:
    assert palette_of(BLUE).light.fill == palette_of(BLUE).light.text == BLUE
    assert palette_of(YELLOW).light.fill == YELLOW
    assert palette_of(YELLOW).dark.text == YELLOW
    assert make_readable(BLUE, WHITE) == BLUE


def test_no_more_is_changed_than_has_to_be() -> None:
    for accent in (YELLOW, PASTEL, WHITE, "#3b82f6"):
        assert contrast(palette_of(accent).light.text, palette_of(accent).light.tint) < AA + 0.4


def test_the_text_on_an_accent_is_white_or_black() -> None:
    assert [text_on(each) for each in (BLUE, BLACK, YELLOW, WHITE, PASTEL)] == [
        "#ffffff",
        "#ffffff",
        "#000000",
        "#000000",
        "#000000",
    ]
    assert mix(BLACK, 0.5, WHITE) == "#808080"


def test_the_owner_is_told_of_each_change() -> None:
    assert next(adjustments("#ffffff")).startswith("#ffffff can't be read on a light page")
    said = list(adjustments(BLACK))
    assert said == ["#000000 can't be seen on a dark page: buttons are #f0f0ef there."]
    said += adjustments("#0000ff")
    assert len(said) == 3
    assert all(is_colour(each) for text in said for each in re.findall("#[0-9a-f]+", text))
    # The default accent needs no adjustment, light or dark.
    assert list(adjustments(BLUE)) == []


def test_the_grounds_are_those_of_the_page() -> None:
    tokens = TOKENS.read_text()
    for name, numbers in (("surface", 0), ("ground", 1)):
        assert f"--{name}: light-dark({LIGHT_GROUNDS[numbers]}, {DARK_GROUNDS[numbers]});" in tokens
    designed = palette_of(BLUE)
    for name, part in (
        ("accent", "fill"),
        ("on-accent", "on_fill"),
        ("free", "tint"),
        ("on-free", "on_tint"),
    ):
        light, dark = getattr(designed.light, part), getattr(designed.dark, part)
        assert f"--{name}: light-dark({light}, {dark});" in tokens
    assert "--text: light-dark(#1b1b1d, #f0f0ef);" in tokens
    assert palette_of(BLACK).dark.fill == "#f0f0ef"
    assert f"--raised: light-dark({LIGHT_GROUNDS[1]}, {DARK_GROUNDS[2]});" in tokens


@pytest.mark.parametrize(
    "text",
    ["", "2457c5", "#2457C5", "#2457c", "#2457c55", "#24 7c5", "#2457c5\n", "red", "#٢457c5"],
)
def test_other_ways_to_write_colours_are_none(text: str) -> None:
    assert not is_colour(text)
