"""The demo's salon: its catalog matches the pictures that are drawn for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dibs
from dibs.catalog_file import PictureFolder, dump, parse
from dibs.desk.catalog_effects import find_unbookable
from dibs.salon_pictures import draw_salon


def test_the_salon_has_all_its_pictures_and_can_be_booked(tmp_path: Path) -> None:
    draw_salon(tmp_path)
    folder = PictureFolder(tmp_path)
    text = Path(dibs.__file__).with_name("salon.toml").read_text(encoding="utf-8")
    salon = parse(text, folder.find)
    drawn = {file.name for file in tmp_path.iterdir()}
    assert len(folder.pictures) == len(drawn) == text.count("picture = ")
    assert all(each.picture in folder.pictures for each in salon.services.values())
    assert all(each.picture in folder.pictures for each in salon.resources.values())
    assert list(find_unbookable(salon, date(2026, 11, 30))) == []
    assert parse(dump(salon)) == salon
