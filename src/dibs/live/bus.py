"""Hints that a board has changed: no content, only which board, so that losing one is harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dibs.availability.boards import BoardKey


class Bus:
    def __init__(self) -> None:
        self._hints: list[Callable[[BoardKey, int], None]] = []
        self._resubscribed: list[Callable[[], None]] = []

    def listen(
        self,
        hint: Callable[[BoardKey, int], None],
        resubscribed: Callable[[], None] | None = None,
    ) -> None:
        """`hint` is told of boards and their new version; `resubscribed` that any number of hints
        may have been lost."""
        self._hints.append(hint)
        if resubscribed is not None:
            self._resubscribed.append(resubscribed)

    def announce(self, board: BoardKey, version: int) -> None:
        """Tell all who listen in this process."""
        for hint in self._hints:
            hint(board, version)

    async def run(self) -> None:
        """Listen for as long as the process lives, if others may have something to say."""

    async def aclose(self) -> None:
        """Let go of what `run` needed."""

    def announce_loss(self) -> None:
        for resubscribed in self._resubscribed:
            resubscribed()


class MemoryBus(Bus):
    """The bus of the embedded mode: the one process tells itself, and loses nothing."""
