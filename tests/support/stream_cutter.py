"""A connection between a browser and a server that can block streams, in every browser alike."""

from __future__ import annotations

import asyncio
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from tests.support.server import Server

Result = TypeVar("Result")
MOST = 65_536
#: Seconds between two bytes of a trickling stream.
A_WHILE = 0.2


class StreamCutter:
    """Passes on everything until `cut`, and then everything but streams. `url` is its address.

    It can also spoil streams. With `swallows` it passes on nothing of them, like a proxy that
    buffers for ever or a half-open connection. With `trickles` it passes on a byte now and then.
    """

    def __init__(self, server: Server) -> None:
        host, _, port = server.url.removeprefix("http://").rpartition(":")
        self.server = server
        self._server = (host, int(port))
        self._is_cut = False
        self.swallows = False
        self.trickles = False
        self._streams: set[StreamWriter] = set()
        self._connections: dict[asyncio.Task[Any], StreamWriter] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._listener = self._run(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """End the open streams, of which there must be at least one, and refuse new ones."""
        self._run(self._cut())

    def mend(self) -> None:
        self._is_cut = self.swallows = self.trickles = False

    def stop(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, task: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(timeout=10)

    async def _cut(self) -> None:
        assert self._streams, "there is no stream to cut"
        self._is_cut = True
        for to_browser in self._streams:
            to_browser.transport.abort()

    async def _stop(self) -> None:
        self._listener.close()
        myself = asyncio.current_task()
        # Also those that are being accepted, or whose task has not begun.
        while others := asyncio.all_tasks() - {myself}:
            for to_browser in self._connections.values():
                to_browser.transport.abort()
            await asyncio.wait(others, timeout=0.1)
        for _ in range(3):  # A transport closes in the turn after it was aborted.
            await asyncio.sleep(0)

    async def _connect(self, browser: StreamReader, to_browser: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = to_browser
        with suppress(OSError):
            server, to_server = await asyncio.open_connection(*self._server)
            await asyncio.gather(
                self._pass_requests(browser, to_server, to_browser),
                self._pass_answers(server, to_browser),
            )
        self._streams.discard(to_browser)
        to_browser.close()
        del self._connections[task]

    async def _pass_requests(
        self, browser: StreamReader, to_server: StreamWriter, to_browser: StreamWriter
    ) -> None:
        with suppress(OSError):
            while asked := await browser.read(MOST):
                # A browser's next request after an answer comes in a new piece.
                if b"/stream" in asked.partition(b"\r\n")[0]:
                    if self._is_cut:
                        to_browser.transport.abort()
                        break
                    self._streams.add(to_browser)
                to_server.write(asked)
        to_server.close()

    async def _pass_answers(self, server: StreamReader, to_browser: StreamWriter) -> None:
        with suppress(OSError):
            while answer := await server.read(MOST):
                is_stream = to_browser in self._streams
                if is_stream and self.trickles:
                    for byte in answer:
                        if to_browser.is_closing():
                            return
                        to_browser.write(bytes([byte]))
                        await asyncio.sleep(A_WHILE)
                elif not (is_stream and self.swallows):
                    to_browser.write(answer)
        to_browser.close()
