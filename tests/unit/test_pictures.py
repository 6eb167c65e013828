"""Uploaded pictures: how they are changed, and which are refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from dibs.pictures import (
    MAX_FILE,
    MAX_PNG,
    MAX_SIDE,
    SMALL_SIDE,
    UnusablePicture,
    is_picture_name,
    make_picture,
    media_type_of,
)
from tests.support.pictures import draw, draw_file, open_picture, write_picture

ORIENTATION, GPS = 0x0112, 0x8825


def exif(**tags: Any) -> Image.Exif:
    found = Image.Exif()
    found[ORIENTATION] = tags.get("orientation", 1)
    found.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0)})
    found[0x010F] = "A camera of Ann"
    return found


def noise(size: tuple[int, int], bands: int) -> bytes:
    import random

    return random.Random(1).randbytes(size[0] * size[1] * bands)


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG whose header claims a large size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_usual_files_become_pictures(kind: str) -> None:
    picture = make_picture(draw_file(kind))
    assert is_picture_name(picture.name)
    assert (picture.width, picture.height) == (400, 300)
    for content, size in ((picture.content, (400, 300)), (picture.small, (320, 240))):
        image = open_picture(content)
        assert (Image.MIME[image.format or ""], image.size) == (media_type_of(picture.name), size)
        top, bottom = image.convert("RGB").getpixel((10, 10)), (233, 216, 166)
        assert isinstance(top, tuple)
        assert all(abs(a - b) < 8 for a, b in zip(top, bottom, strict=True))


def test_the_same_file_has_the_same_name_and_another_one_another() -> None:
    assert make_picture(draw_file()).name == make_picture(draw_file()).name
    assert make_picture(draw_file()).name != make_picture(draw_file(colour="#000")).name


def test_large_pictures_are_made_smaller_and_small_ones_not_larger() -> None:
    large = make_picture(draw_file("JPEG", (4000, 2000)))
    assert (large.width, large.height) == (MAX_SIDE, MAX_SIDE // 2)
    assert open_picture(large.small).size == (SMALL_SIDE, SMALL_SIDE // 2)
    small = make_picture(draw_file(size=(20, 10)))
    assert (small.width, small.height) == (20, 10)
    assert open_picture(small.small).size == (20, 10)


def test_nothing_is_left_of_where_and_with_what_it_was_taken() -> None:
    file = (
        write_picture(draw(), "JPEG", exif=exif(), comment=b"secret <script>") + b"<?php hidden ?>"
    )
    picture = make_picture(file)
    for content in (picture.content, picture.small):
        assert not open_picture(content).getexif()
        for said in (b"Ann", b"GPS", b"secret", b"php", b"Exif"):
            assert said not in content


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(orientation: int) -> None:
    upright = draw((300, 200))
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    taken = upright.transpose(turned[orientation]) if orientation in turned else upright
    picture = make_picture(write_picture(taken, "JPEG", exif=exif(orientation=orientation)))
    assert (picture.width, picture.height) == (300, 200)
    image = open_picture(picture.content).convert("RGB")
    upper, lower = image.getpixel((150, 20)), image.getpixel((150, 180))
    assert isinstance(upper, tuple)
    assert isinstance(lower, tuple)
    assert upper[0] > 200 > 100 > lower[0]


def test_transparency_stays_and_is_not_stored_for_nothing() -> None:
    seen_through = draw(mode="RGBA")
    seen_through.putpixel((0, 299), (0, 0, 0, 0))
    picture = make_picture(write_picture(seen_through, "WEBP", lossless=True))
    assert media_type_of(picture.name) == "image/png"
    assert open_picture(picture.content).getpixel((0, 299)) == (0, 0, 0, 0)
    assert open_picture(make_picture(write_picture(draw(mode="RGBA"))).content).mode in ("RGB", "P")


def test_a_large_picture_with_transparency_is_made_smaller_until_it_fits() -> None:
    size = (1600, 1600)
    busy = Image.frombytes("RGBA", size, noise(size, 4))
    picture = make_picture(write_picture(busy))
    assert len(picture.content) <= MAX_PNG
    assert open_picture(picture.content).size == (picture.width, picture.height)


def test_a_photo_that_came_as_png_is_stored_as_a_photo() -> None:
    busy = Image.frombytes("RGB", (400, 400), noise((400, 400), 3))
    assert media_type_of(make_picture(write_picture(busy)).name) == "image/jpeg"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16"])
def test_other_kinds_of_colours_are_read(mode: str) -> None:
    if mode == "I;16":
        image = Image.new(mode, (40, 30), 40_000)
    else:
        image = Image.new("RGB", (40, 30), (156, 156, 156)).convert(mode)
    picture = make_picture(write_picture(image, "JPEG" if mode == "CMYK" else "PNG"))
    grey = open_picture(picture.content).convert("RGB").getpixel((5, 5))
    assert isinstance(grey, tuple)
    assert mode == "1" or abs(grey[0] - 156) < 8


def test_colours_are_those_of_the_profile_and_a_broken_profile_is_left_out() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for each in (profile, b"no profile"):
        picture = make_picture(write_picture(draw(), "JPEG", icc_profile=each))
        assert "icc_profile" not in open_picture(picture.content).info


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "no JPEG, PNG, WebP or GIF"),
        (b"%PDF-1.7 hello", "no JPEG, PNG, WebP or GIF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "no JPEG"),
        (write_picture(draw(), "BMP"), "no JPEG, PNG, WebP or GIF"),
        (draw_file("JPEG")[:900], "damaged"),
        (draw_file()[:200], "damaged"),
        (bomb(10_000, 6_000), "million pixels"),
        (bomb(10_000, 10_000), "million pixels"),
        (bomb(60_000, 60_000), "million pixels"),
        (bytes(MAX_FILE + 1), "larger than 12 MB"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(file: bytes, said: str) -> None:
    with pytest.raises(UnusablePicture, match=said):
        make_picture(file)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_pictures_that_move_are_refused(kind: str) -> None:
    file = BytesIO()
    frames = [draw(colour=each) for each in ("#400", "#040")]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(UnusablePicture, match="it moves"):
        make_picture(file.getvalue())


def test_a_photo_with_its_preview_is_a_photo() -> None:
    file = BytesIO()
    draw().save(file, "MPO", save_all=True, append_images=[draw((40, 30))])
    assert (make_picture(file.getvalue()).width) == 400


@pytest.mark.parametrize(
    "name", ["", "a.jpg", "../secret.key", "0" * 32, "0" * 32 + ".svg", "0" * 32 + ".jpg\n"]
)
def test_only_names_of_stored_pictures_are_names(name: str) -> None:
    assert not is_picture_name(name)
