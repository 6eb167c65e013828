"""Compares how a page looks with a reference: a picture that somebody has found right.

Both pictures are made small before they are compared. So the differences in how machines smooth
letters become too small to count. A reference is kept at half the size.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

#: So many pixels of the page, in each direction, become one pixel of a reference (KEPT), and one
#: pixel of the comparison (COMPARED).
KEPT, COMPARED = 2, 4
#: How far a channel of a pixel may be off (of 255), and the share of pixels that may be off by
#: more.
MAX_DISTANCE, MAX_SHARE = 40, 0.001
QUALITY = 75
GAP = 8


@dataclass(frozen=True)
class Looks:
    """References in one folder. Another folder gets the whole pictures of this run, and the
    differences."""

    references: Path
    pictures: Path
    renews: bool

    def compare(self, name: str, jpeg: bytes) -> str | None:
        """Return what is wrong with the look of a page, or None."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        (self.pictures / f"{name}.jpg").write_bytes(jpeg)
        now = _at_half(jpeg)
        kept = self.references / f"{name}.webp"
        if self.renews:
            self._renew(kept, now)
            return None
        if not kept.exists():
            return f"{name}: no picture to compare with; make one with --renew-looks"
        before = Image.open(kept).convert("RGB")
        share = difference(before, now)
        if share <= MAX_SHARE:
            return None
        beside = self.pictures / f"{name}-difference.png"
        _beside(before, now).save(beside)
        return f"{name}: {share:.2%} of it looks different (was, is, difference: {beside})"

    def _renew(self, kept: Path, now: Image.Image) -> None:
        """Replace a reference, unless the new picture is hardly different."""
        if kept.exists() and difference(Image.open(kept).convert("RGB"), now) <= MAX_SHARE / 4:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        now.save(kept, "WEBP", quality=QUALITY, method=6)


def difference(before: Image.Image, now: Image.Image) -> float:
    """Return the share of the pixels that are not alike. Pixels that only one picture has count as
    not alike."""
    steps = COMPARED // KEPT
    differing = _draw_difference(before.reduce(steps), now.reduce(steps))
    return sum(differing.histogram()[1:]) / (differing.width * differing.height)


def _draw_difference(before: Image.Image, now: Image.Image) -> Image.Image:
    size = (max(before.width, now.width), max(before.height, now.height))
    # The area beside a picture gets a colour that no page shows.
    wider = [Image.new("RGB", size, beside) for beside in ("#ff00ff", "#00ff00")]
    for picture, whole in zip((before, now), wider, strict=True):
        whole.paste(picture)
    red, green, blue = ImageChops.difference(*wider).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda distance: 255 * (distance > MAX_DISTANCE))


def _beside(before: Image.Image, now: Image.Image) -> Image.Image:
    marked = _draw_difference(before, now).convert("RGB")
    pictures = [before, now, marked]
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, marked.height), "#808080")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + GAP
    return sheet


def _at_half(jpeg: bytes) -> Image.Image:
    """Return a JPEG at half its size. Reading it so takes much less time than reading it whole."""
    picture = Image.open(BytesIO(jpeg))
    half = (picture.width // KEPT, picture.height // KEPT)
    picture.draft("RGB", half)
    return picture.convert("RGB").resize(half)
