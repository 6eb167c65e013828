"""Files with pictures, drawn for tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw


def draw(size: tuple[int, int] = (400, 300), mode: str = "RGB", colour: Any = None) -> Image.Image:
    """Return a picture whose two halves, above and below, have different colours."""
    image = Image.new(mode, size, colour or "#3b6ea5")
    ImageDraw.Draw(image).rectangle((0, 0, size[0], size[1] // 2), fill="#e9d8a6")
    return image


def write_picture(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def draw_file(kind: str = "PNG", size: tuple[int, int] = (400, 300), colour: Any = None) -> bytes:
    """Return the bytes of a file with a picture."""
    return write_picture(draw(size, colour=colour), kind)


def open_picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))
