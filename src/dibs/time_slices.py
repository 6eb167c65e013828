"""Long computations in short slices, so that others get their turns in between."""

from __future__ import annotations

import asyncio
import time

#: Seconds after which a computation lets others run. A poll takes a tenth of it.
SLICE = 0.002


class TimeSlices:
    """For one computation: call `pause_if_due` often."""

    def __init__(self) -> None:
        self._ends = time.perf_counter() + SLICE

    async def pause_if_due(self) -> None:
        """Let others run if the slice is over."""
        if time.perf_counter() >= self._ends:
            await asyncio.sleep(0)
            self._ends = time.perf_counter() + SLICE
