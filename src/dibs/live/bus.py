"""Hints that a board has changed: no content, only which board, so that losing one is harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dibs.availability.boards import BoardKey


class MemoryBus:
    """The bus of the embedded mode: the one process tells itself."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[BoardKey, int], None]] = []

    def listen(self, listener: Callable[[BoardKey, int], None]) -> None:
        self._listeners.append(listener)

    def announce(self, board: BoardKey, version: int) -> None:
        for listener in self._listeners:
            listener(board, version)
