"""One after the other: what has to be looked at, done and counted before the next may look."""

from __future__ import annotations

from asyncio import Lock
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """Those of one name wait for each other, in this process; different ones never do."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(name, Lock())
        async with lock:
            yield
