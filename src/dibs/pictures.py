"""Decodes pictures that somebody uploads, and encodes them anew as Dibs stores and shows them.

The uploaded file itself is never stored, because it may contain anything: for example the place
where a photo was taken, or content that some program takes for a web page.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

#: Most bytes of an uploaded file.
MAX_FILE = 12 * 1024 * 1024
#: Most pixels of an uploaded picture: somewhat more than the cameras of phones have.
MAX_PIXELS = 50_000_000
#: Most pixels of the longer side of a stored picture. `SMALL_SIDE` is for the version for lists.
MAX_SIDE = 1600
SMALL_SIDE = 320
#: Most bytes of a stored picture that has transparency, and therefore can't be a JPEG.
MAX_PNG = 1_000_000
JPEG_QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
NAME = re.compile(r"[0-9a-f]{32}\.(jpg|png)", re.ASCII)
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}

Format = Literal["JPEG", "PNG"]

# For pictures that are somewhat too large Pillow only gives a warning. This makes it an error.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class UnusablePicture(ValueError):
    """Says in words why a file can't be used as a picture."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is stored. `name` is made from the content, so a name always means the same
    picture. `small` is a smaller version for lists."""

    name: str
    width: int
    height: int
    content: bytes = field(repr=False)
    small: bytes = field(repr=False)


def is_picture_name(text: str) -> bool:
    """Tell whether a text looks like the name of a stored picture."""
    return NAME.fullmatch(text) is not None


def media_type_of(name: str) -> str:
    return MEDIA_TYPES[name.rpartition(".")[2]]


def make_picture(file: bytes) -> Picture:
    """Make a picture from an uploaded file. Raises UnusablePicture.

    It is turned upright, converted to sRGB, made smaller if it is larger than `MAX_SIDE`, and has
    no metadata.
    """
    if len(file) > MAX_FILE:
        raise UnusablePicture(f"the file is larger than {MAX_FILE // 2**20} MB")
    image, is_photo = _decode(file)
    width, height, kind, content = _write(image, is_photo)
    image.thumbnail((SMALL_SIDE, SMALL_SIDE))
    small = _encode(image, kind)
    digest = hashlib.blake2s(content + small, digest_size=16).hexdigest()
    suffix = "jpg" if kind == "JPEG" else "png"
    return Picture(f"{digest}.{suffix}", width, height, content, small)


def _decode(file: bytes) -> tuple[Image.Image, bool]:
    """Return the picture as RGB or RGBA, and whether the file was a JPEG. Raises
    UnusablePicture."""
    try:
        with Image.open(BytesIO(file), formats=FORMATS) as opened:
            _check(opened)
            # A JPEG can be decoded at a fraction of its size, which takes less memory.
            opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
            is_photo = opened.format in ("JPEG", "MPO")
            image = ImageOps.exif_transpose(opened)
            image.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=3.0)
            return _convert_colours(image), is_photo
    except UnusablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePicture(_TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise UnusablePicture("it is no JPEG, PNG, WebP or GIF file") from None
    except Exception as error:  # Damaged files can make decoders raise any exception.
        raise UnusablePicture("the file is damaged") from error


_TOO_MANY_PIXELS = f"it has more than {MAX_PIXELS // 1_000_000} million pixels"


def _check(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise UnusablePicture(_TOO_MANY_PIXELS)
    # A JPEG with more than one frame is a photo with its preview.
    if opened.format not in ("JPEG", "MPO") and getattr(opened, "is_animated", False):
        raise UnusablePicture("it moves: only pictures that stand still can be used")


def _convert_colours(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB with eight bits for each colour, so that it needs no colour
    profile."""
    if image.mode.startswith(("I", "F")):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    profile = image.info.get("icc_profile")
    has_alpha = image.has_transparency_data
    plain = image.convert("RGBA" if has_alpha else "RGB")
    if has_alpha and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    if profile and image.mode in ("RGB", "RGBA"):
        plain = _convert_to_srgb(plain, profile)
    plain.info.clear()
    return plain


def _convert_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert the picture from its colour profile to sRGB. A profile that can't be read is
    ignored."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    try:
        converted = ImageCms.profileToProfile(
            image.convert("RGB"),
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
        )
    except (ImageCms.PyCMSError, OSError):
        return image
    if converted is None:
        return image
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _write(image: Image.Image, is_photo: bool) -> tuple[int, int, Format, bytes]:
    """Return width, height, format and content. A picture with transparency becomes a PNG, and so
    does one that is smaller as a PNG and was no JPEG. All others become a JPEG. Every browser, mail
    program and preview shows these two formats."""
    if image.mode == "RGBA":
        fitted, content = image, _encode(image, "PNG")
        while len(content) > MAX_PNG:
            fitted = fitted.resize((max(1, fitted.width * 3 // 4), max(1, fitted.height * 3 // 4)))
            content = _encode(fitted, "PNG")
        return *fitted.size, "PNG", content
    jpeg = _encode(image, "JPEG")
    png = jpeg if is_photo else _encode(image, "PNG")
    if not is_photo and len(png) <= len(jpeg):
        return *image.size, "PNG", png
    return *image.size, "JPEG", jpeg


def _encode(image: Image.Image, kind: Format) -> bytes:
    written = BytesIO()
    if kind == "PNG":
        image.save(written, "PNG", optimize=True)
    else:
        image.save(written, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return written.getvalue()
