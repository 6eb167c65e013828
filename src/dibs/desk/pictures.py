"""Stores pictures, and reads them for viewers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dibs.bounded_cache import BoundedCache
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger import pictures
from dibs.ledger.database import retry_on_conflict
from dibs.pictures import UnusablePicture, is_picture_name, make_picture

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.pictures import Picture

#: Bytes of the pictures that are kept in memory, because many viewers ask for the same ones.
MAX_KEPT = 16 * 1024 * 1024


class Pictures:
    def __init__(self, context: DeskContext) -> None:
        self._database = context.ledger.database
        self._kept = BoundedCache[tuple[str, bool], bytes](MAX_KEPT)
        # One at a time, because decoding a large picture takes some hundred megabytes.
        self._turn = asyncio.Lock()

    async def add(self, file: bytes) -> Picture:
        """Make a picture of a file, and store it. Raises Invalid, Unavailable."""
        try:
            async with self._turn:
                picture = await asyncio.to_thread(make_picture, file)
        except UnusablePicture as error:
            fault = FieldError("picture", "malformed", said=str(error))
            raise Invalid(fault, detail="This file can't be used as a picture.") from None
        await self._store(picture)
        return picture

    @retry_on_conflict
    async def _store(self, picture: Picture) -> None:
        await self._database.write(pictures.store, picture)

    async def content(self, name: str, *, is_small: bool) -> bytes:
        """Return the bytes of a picture, in full size or small. Raises NotFound, Unavailable."""
        if not is_picture_name(name):
            raise NotFound
        found = self._kept.get((name, is_small))
        if found is None:
            found = await self._database.read(pictures.read, name, is_small=is_small)
            if found is None:
                raise NotFound
            self._kept.put((name, is_small), found, len(found))
        return found
