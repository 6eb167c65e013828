"""Letters have the accent and the logo of the business, and can be read without pictures."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dibs.colours import contrast
from dibs.letters.accent import DARK_GROUNDS, LIGHT_GROUNDS, colours_of
from dibs.letters.letter import Business, WrittenLetter
from dibs.letters.samples import sample_business, sample_letter
from dibs.letters.templates import FOLDER
from dibs.letters.writer import LetterWriter

AA = 4.5
LOGO = 'https://book.example/pictures/small/x.png?"><script>'


def write(**look: str | None) -> WrittenLetter:
    business: Business = replace(sample_business(), **look)  # type: ignore[arg-type]
    return LetterWriter().write(replace(sample_letter("confirmed", "customer"), business=business))


def test_links_and_buttons_can_be_read_whatever_the_accent() -> None:
    some = random.Random(3)
    for accent in [
        "#ffdd00",
        "#000000",
        "#ffffff",
        *(f"#{some.randrange(1 << 24):06x}" for _ in range(500)),
    ]:
        colours = colours_of(accent)
        assert all(contrast(colours["link"], each) >= AA for each in LIGHT_GROUNDS), accent
        assert all(contrast(colours["dark_link"], each) >= AA for each in DARK_GROUNDS), accent
        assert contrast(colours["on_button"], colours["button"]) >= AA
        assert contrast(colours["dark_on_button"], colours["dark_button"]) >= AA


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    style = (FOLDER / "style.css").read_text()
    found = set(re.findall(r"background: (#[0-9a-f]{6})", style))
    assert found >= {*LIGHT_GROUNDS, *DARK_GROUNDS}


def test_a_letter_has_the_accent_of_the_business() -> None:
    html = write(accent="#ffdd00").html
    (button,) = re.findall(r'<a class="button"[^>]*>', html)
    assert "#ffdd00" in button
    assert "color: #000000" in button
    assert colours_of("#ffdd00")["dark_link"] in html


def test_the_logo_is_beside_the_name_which_stays_a_text() -> None:
    assert "<img" not in write().html
    html = write(logo_url=LOGO).html
    (image,) = re.findall(r"<img[^>]*>", html)
    assert 'alt=""' in image
    assert '"><script' not in html
    assert ">Studio Linden</bdi>" in html


@pytest.mark.parametrize("kind", ["code", "user_link"])
def test_other_messages_have_it_as_well(kind: str) -> None:
    business = replace(sample_business(), accent="#ffdd00", logo_url="https://book.example/l.png")
    writer = LetterWriter()
    if kind == "code":
        letter = writer.write_code("123456", 10, business, "en")
    else:
        letter = writer.write_user_link("https://book.example", "Mia", 2, business, "en", "new")
    assert colours_of("#ffdd00")["link"] in letter.html
    assert "https://book.example/l.png" in letter.html


def test_templates_that_know_no_colours_go_on(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("a { color: #24616f; }")
    business = replace(sample_business(), accent="#ffdd00")
    letter = replace(sample_letter("confirmed", "customer"), business=business)
    assert "#24616f" in LetterWriter(tmp_path).write(letter).html
