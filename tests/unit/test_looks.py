"""The comparison of pictures of the page: it finds visible differences and ignores tiny ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.support.looks import Looks
from tests.support.pictures import open_picture, write_picture

SIZE = (390, 844)


def page(*, button: str = "#2457c5", top: int = 400, height: int = SIZE[1]) -> bytes:
    """Return the picture of a page with a button and lines of text."""
    picture = Image.new("RGB", (SIZE[0], height), "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, top, 180, top + 44), fill=button)
    for line in range(40, 360, 40):
        draw.text((20, line), "Book a time with somebody who is free", fill="#1b1b1d")
    return write_picture(picture, "JPEG", quality=90)


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    Looks(tmp_path / "kept", tmp_path / "pictures", renews=True).compare("page", page())
    return Looks(tmp_path / "kept", tmp_path / "pictures", renews=False)


def test_the_same_page_passes_and_its_picture_is_there_to_be_seen(looks: Looks) -> None:
    assert looks.compare("page", page()) is None
    assert open_picture((looks.pictures / "page.jpg").read_bytes()).size == SIZE
    assert [each.name for each in looks.references.iterdir()] == ["page.webp"]


def test_letters_that_another_machine_smooths_differently_pass(looks: Looks) -> None:
    picture = open_picture(page()).convert("RGB")
    smoother = Image.blend(picture, picture.resize((195, 422)).resize(SIZE), 0.3)
    assert looks.compare("page", write_picture(smoother, "JPEG", quality=90)) is None


@pytest.mark.parametrize(
    "other",
    [page(button="#b3261e"), page(top=404), page(height=SIZE[1] + 44)],
    ids=["another colour", "another place", "another height"],
)
def test_what_people_see_is_named_with_a_picture_of_the_difference(
    looks: Looks, other: bytes
) -> None:
    told = looks.compare("page", other)
    assert told is not None
    assert "page: " in told
    difference = looks.pictures / "page-difference.png"
    assert str(difference) in told
    assert open_picture(difference.read_bytes()).width > SIZE[0]


def test_a_page_that_nobody_has_looked_at_is_named(looks: Looks) -> None:
    told = looks.compare("new", page())
    assert told == "new: no picture to compare with; make one with --renew-looks"


def test_renewing_leaves_alone_what_looks_the_same(looks: Looks) -> None:
    kept = looks.references / "page.webp"
    before = kept.read_bytes()
    renewing = Looks(looks.references, looks.pictures, renews=True)
    renewing.compare("page", page())
    assert kept.read_bytes() == before
    renewing.compare("page", page(button="#b3261e"))
    assert kept.read_bytes() != before
    assert looks.compare("page", page(button="#b3261e")) is None
