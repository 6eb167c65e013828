"""The picture beside a shared link: it shows the name if that can be read, else no text."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, features

from dibs.colours import contrast
from dibs.preview_picture import MARGIN, SIZE, TEXT_WIDTH, can_be_drawn, draw_preview

ACCENT = "#0a6b4f"
LATIN = (MARGIN, 0, MARGIN + TEXT_WIDTH, SIZE[1])
FROM_RIGHT = (SIZE[0] - MARGIN - TEXT_WIDTH, 0, SIZE[0] - MARGIN, SIZE[1])
LONG = "Rehabilitationsnachsorgegruppenleiterweiterbildungsveranstaltungszentrum"


def draw_picture(name: str, accent: str = ACCENT) -> Image.Image:
    image = Image.open(BytesIO(draw_preview(name, accent)))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", SIZE)
    return image


def colours_in(image: Image.Image, box: tuple[int, int, int, int]) -> set[str]:
    found = image.crop(box).getcolors(maxcolors=10_000)
    assert found is not None
    return {f"#{bytes(colour).hex()}" for _, colour in found if isinstance(colour, tuple)}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Friseur Müller & Söhne, Straßburg", LATIN),
        ("Кабинет доктора Ивановой", LATIN),
        ("Łódź, Αθήνα, İstanbul", LATIN),
        (LONG, LATIN),
        (f"{LONG} and many more words than anybody reads in one " * 3, LATIN),
        ("صالون النور", FROM_RIGHT),
        ("סלון אור 24", FROM_RIGHT),
    ],
)
@pytest.mark.parametrize("accent", ["#ffffff", "#000000", "#ffdd00"])
def test_a_name_is_drawn_where_its_script_begins(
    name: str, place: tuple[int, int, int, int], accent: str
) -> None:
    assert features.check("raqm"), "without it, letters from right to left can't be drawn"
    image = draw_picture(name, accent)
    assert can_be_drawn(name)
    assert max(contrast(accent, each) for each in colours_in(image, place)) > 4.5
    # No text reaches the edge, but a bar as in Ł may stand out a little.
    side = MARGIN * 3 // 4
    edges = ((0, 0, side, SIZE[1]), (SIZE[0] - side, 0, *SIZE))
    assert [colours_in(image, edge) for edge in edges] == [{accent}, {accent}]


def test_a_name_that_the_font_has_no_letters_for_is_left_out() -> None:
    for name in ("日本床屋", "Salon 🧔", "ร้านทำผม"):
        assert not can_be_drawn(name)
        assert draw_preview(name, ACCENT) == draw_preview("日", ACCENT)


def test_without_the_order_of_letters_arabic_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda _: False)
    assert not can_be_drawn("صالون النور")
    assert can_be_drawn("Salon Nord")
