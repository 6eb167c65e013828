"""Many clients of the plugin at once, far more than the limits would allow from one address."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from tests.support.appointease import API
from tests.support.days import working_day
from tests.support.server import Server

pytestmark = pytest.mark.anyio

CLIENTS = 200
SECONDS = 60
#: Every fourth client books. Two of them at a time want the same slot.
BOOKERS = CLIENTS // 4
TIMES = [f"{hour:02}:{minute:02}" for hour in range(10, 17) for minute in (0, 30)]
#: Clients that wait longer for answers ask less often. A run of twice the time would be no load any
#: more.
MAX_LENGTH = 2.0 * SECONDS
SET_COOKIE = re.compile(r"^set-cookie: ([^=]+)=([^;\r]*)", re.IGNORECASE | re.MULTILINE)
CONTENT_LENGTH = re.compile(r"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Seen:
    """How often each status was answered, by the kind of request."""

    polls: Counter[int] = field(default_factory=Counter)
    selects: Counter[int] = field(default_factory=Counter)
    bookings: Counter[int] = field(default_factory=Counter)


class Wire:
    """One kept connection with its cookies. It speaks HTTP by hand, because two hundred clients
    share this process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._cookies: dict[str, str] = {}

    @classmethod
    async def open(cls, url: str) -> Wire:
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        """Send a request and return the status of the answer."""
        content = orjson.dumps(body) if body is not None else b""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: site\r\nContent-Type: application/json\r\n"
            f"X-WP-Nonce: 96bf044326\r\nContent-Length: {len(content)}\r\n"
            + (f"Cookie: {cookies}\r\n\r\n" if cookies else "\r\n")
        )
        self._writer.write(head.encode() + content)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        self._cookies.update(SET_COOKIE.findall(answer))
        length = CONTENT_LENGTH.search(answer)
        assert length is not None, answer
        await self._reader.readexactly(int(length[1]))
        return int(answer.split(" ", 2)[1])

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@dataclass
class Client:
    """A client that polls once a second.

    A booker also selects a time, deselects it on entering the form, and books it. At first it sends
    its name, later only its cookie.
    """

    number: int
    seen: Seen

    @property
    def day(self) -> date:
        return working_day(self.number // 2 % 3)

    @property
    def books_in(self) -> int | None:
        """Return after how many seconds this client books, or None if it doesn't. The bookings are
        spread over the run."""
        return 2 + self.number % (SECONDS - 4) if self.number < BOOKERS else None

    @property
    def slot_request(self) -> dict[str, Any]:
        place = self.number // 2
        return {
            "date": str(self.day),
            "time": TIMES[place % len(TIMES)],
            "employee_id": 1 + place // len(TIMES) % 2,
            "client_id": f"client-{self.number}",
        }

    async def live(self, url: str) -> None:
        loop = asyncio.get_running_loop()
        wire = await Wire.open(url)
        # Clients don't all poll at the same moment.
        begin = loop.time() + self.number / CLIENTS
        for second in range(SECONDS):
            await asyncio.sleep(begin + second - loop.time())
            is_choosing = second + 1 == self.books_in
            self.seen.polls[await wire.ask("GET", self._poll(chosen=is_choosing))] += 1
            if is_choosing:
                self.seen.selects[
                    await wire.ask("POST", f"{API}/slots/select", self.slot_request)
                ] += 1
            if second == self.books_in:
                await self._book(wire)
        await wire.close()

    async def _book(self, wire: Wire) -> None:
        nameless = self.slot_request | {"client_id": ""}
        self.seen.selects[await wire.ask("POST", f"{API}/slots/deselect", nameless)] += 1
        self.seen.bookings[await wire.ask("POST", f"{API}/appointments", self._form)] += 1

    def _poll(self, *, chosen: bool) -> str:
        asked = (
            self.slot_request
            if chosen
            else {k: v for k, v in self.slot_request.items() if k != "time"}
        )
        named = {"time": "selected_time"}
        query = "&".join(f"{named.get(name, name)}={value}" for name, value in asked.items())
        return f"{API}/slots/poll?{query}"

    @property
    def _form(self) -> dict[str, Any]:
        return {
            "name": f"Client {self.number}",
            "email": f"client-{self.number}@example.com",
            "date": f"{self.day} {self.slot_request['time']}:00",
            "service_id": 1,
            "employee_id": self.slot_request["employee_id"],
        }


async def test_two_hundred_clients_poll_once_a_second_and_book(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(limits="off")
    seen = Seen()
    clients = [Client(number, seen) for number in range(CLIENTS)]
    async with asyncio.timeout(MAX_LENGTH):
        await asyncio.gather(*(client.live(server.url) for client in clients))
    assert seen.polls.keys() == {200}
    assert seen.polls.total() == CLIENTS * SECONDS
    assert seen.selects.keys() <= {200, 409}
    assert seen.bookings.keys() <= {200, 409}
    slot_requests = {
        (client.day, client.slot_request["time"], client.slot_request["employee_id"])
        for client in clients[:BOOKERS]
    }
    assert seen.bookings[200] == len(slot_requests) == BOOKERS // 2
    assert server.sql("SELECT count(*) FROM allocations") == [(len(slot_requests),)]
