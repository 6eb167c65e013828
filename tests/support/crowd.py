"""A crowd that follows one view as docs/reference/stream.md tells a client to."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

#: Seconds between two polls, and the shortest pause after a cut.
PACE = 1.0
PAUSE = 1.0


@dataclass
class Viewer:
    """One viewer. `shown` is what the viewer sees now, and `opened` when each of its streams was
    opened. `due` is when it should have come back after each stream that ended; a busy thread may
    come back later. `cuts` counts the streams that ended without a goodbye."""

    shown: dict[str, Any] = field(default_factory=dict)
    opened: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    cuts: int = 0

    async def follow(self, http: httpx2.AsyncClient, path: str) -> None:
        poll = asyncio.create_task(self._poll_on(http, path, PACE))
        while True:
            pause = await self._stream(http, path, poll)
            if pause is None:
                self.cuts += 1
                pause, until_poll = PAUSE * random.uniform(0.5, 1), random.uniform(0, 0.2)
            else:
                until_poll = random.uniform(0.1, 1.1)
            self.due.append(time.monotonic() + pause)
            poll = asyncio.create_task(self._poll_on(http, path, until_poll))
            await asyncio.sleep(pause)

    async def _stream(
        self, http: httpx2.AsyncClient, path: str, poll: asyncio.Task[None]
    ) -> float | None:
        """Follow one stream to its end. Returns how long to stay away, as its goodbye says, or None
        if the stream broke."""
        self.opened.append(time.monotonic())
        query = {"seen": self.shown["revision"]} if self.shown else {}
        try:
            async with http.stream("GET", f"{path}/stream", params=query) as answer:
                if answer.status_code != 200:
                    return None
                async for event, data in _events(answer):
                    poll.cancel()
                    if event == "goodbye":
                        return float(data["retry_ms"]) / 1000 * random.uniform(0.5, 1.5)
                    if event in ("board", "day"):
                        self.shown = data
        except httpx2.TransportError:
            return None
        finally:
            poll.cancel()
        return None

    async def _poll_on(self, http: httpx2.AsyncClient, path: str, wait: float) -> None:
        while True:
            await asyncio.sleep(wait)
            await self._poll(http, path)
            wait = PACE

    async def _poll(self, http: httpx2.AsyncClient, path: str) -> None:
        try:
            answer = await http.get(path)
        except httpx2.TransportError:
            return
        if answer.status_code == 200:
            self.shown = answer.json()


async def _events(answer: httpx2.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    event = ""
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)


@contextmanager
def crowd(count: int, url: str, path: str) -> Iterator[list[Viewer]]:
    """Let `count` viewers look on, from a thread of their own, until the block ends."""
    viewers = [Viewer() for _ in range(count)]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def look() -> None:
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(
            base_url=url, limits=limits, timeout=30, verify=False
        ) as http:
            await asyncio.gather(*(viewer.follow(http, path) for viewer in viewers))

    looking = asyncio.run_coroutine_threadsafe(look(), loop)
    try:
        yield viewers
        assert not looking.done(), looking.exception()
    finally:
        looking.cancel()
        asyncio.run_coroutine_threadsafe(_end_tasks(), loop).result(timeout=30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_tasks() -> None:
    """Cancel all other tasks of this loop, and wait until they have ended."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
