"""Finds the pictures that a catalog file names: files in its folder, or stored pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.pictures import UnusablePicture, is_picture_name, make_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from dibs.catalog_file.faults import Fault
    from dibs.catalog_file.tables import CatalogFile
    from dibs.pictures import Picture

    #: Returns the name under which a picture is stored, for its name in the catalog file. Raises
    #: ValueError.
    FindPicture = Callable[[str], str]


def find_stored(text: str) -> str:
    """Return the name of a stored picture as it is. Raises ValueError for any other text.

    This is for catalog files that come without a folder.
    """
    if not is_picture_name(text):
        raise ValueError("write the name of a picture that was uploaded, like 0f3a….jpg")
    return text


class PictureFolder:
    """The folder of a catalog file. `pictures` has the picture files that were found in it, by the
    names under which they will be stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, str] = {}
        self.pictures: dict[str, Picture] = {}

    def find(self, text: str) -> str:
        """Return the name under which the picture will be stored. `text` is its path from the
        folder, or the name of a stored picture. Raises ValueError."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> str:
        file = self._folder / text
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            if is_picture_name(text):
                return text
            raise ValueError(f"there is no file {text} in the folder of the catalog") from None
        except (OSError, ValueError) as error:
            raise ValueError(f"{text} can't be read") from error
        try:
            picture = make_picture(content)
        except UnusablePicture as error:
            raise ValueError(f"{text} can't be used: {error}") from None
        self.pictures[picture.name] = picture
        return picture.name


def name_pictures(file: CatalogFile, find: FindPicture) -> Iterator[Fault]:
    """Replace each picture's name in the tables by the name under which it is stored. Yields a
    fault for each picture that can't be found or used."""
    for where, table, key in _keys_of_pictures(file):
        name = getattr(table, key)
        if name is not None:
            try:
                setattr(table, key, find(name))
            except ValueError as error:
                yield (*where, key), str(error)


def _keys_of_pictures(
    file: CatalogFile,
) -> Iterator[tuple[tuple[str | int, ...], BaseModel, str]]:
    """Yield the path of a table, the table, and the key in it, for each key that may name a
    picture."""
    for key in ("logo", "picture"):
        yield ("business",), file.business, key
    for index, service in enumerate(file.services):
        yield ("services", index), service, "picture"
    for index, resource in enumerate(file.resources):
        yield ("resources", index), resource, "picture"
