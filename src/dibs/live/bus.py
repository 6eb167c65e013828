"""Passes on hints that a board has changed. Losing a hint does no harm: a comparison finds the
change within a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dibs.availability.boards import BoardKey


class Bus:
    """Passes hints to all who listen in this process."""

    def __init__(self) -> None:
        self._hints: list[Callable[[BoardKey, int], None]] = []
        self._resubscribed: list[Callable[[], None]] = []

    def listen(
        self,
        hint: Callable[[BoardKey, int], None],
        resubscribed: Callable[[], None] | None = None,
    ) -> None:
        """Call `hint` with each board that has changed and its new version.

        `resubscribed` is called when hints may have been lost.
        """
        self._hints.append(hint)
        if resubscribed is not None:
            self._resubscribed.append(resubscribed)

    def announce(self, board: BoardKey, version: int) -> None:
        """Give a hint to all who listen in this process."""
        for hint in self._hints:
            hint(board, version)

    async def run(self) -> None:
        """Receive hints of other processes, for as long as this process lives. This class receives
        none."""

    async def aclose(self) -> None:
        """Close the connections that `run` has opened."""

    def announce_loss(self) -> None:
        """Tell all who listen in this process that hints may have been lost."""
        for resubscribed in self._resubscribed:
            resubscribed()


class MemoryBus(Bus):
    """The bus of the embedded mode. There is only one process, so no hints come from others, and
    none are lost."""
