"""Splits long computations into short slices, so that other tasks can run in between."""

from __future__ import annotations

import asyncio
import time

#: Seconds after which a computation lets other tasks run. A poll takes a tenth of this time.
SLICE = 0.002


class TimeSlices:
    """The slices of one computation, which has to call `pause_if_due` often."""

    def __init__(self) -> None:
        self._ends = time.perf_counter() + SLICE

    async def pause_if_due(self) -> None:
        """Let other tasks run if the slice is over."""
        if time.perf_counter() >= self._ends:
            await asyncio.sleep(0)
            self._ends = time.perf_counter() + SLICE
