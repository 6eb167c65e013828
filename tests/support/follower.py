"""A client that follows a stream of a real server, and keeps all events."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from tests.support.waiting import until


class Event(NamedTuple):
    """An event of a stream. `raw` has its bytes as they came; `at` is when it came, by the
    monotonic clock."""

    name: str
    id: str | None
    data: dict[str, Any]
    raw: bytes
    at: float


class Follower:
    """A client of one stream. A thread adds to `events` as they come. If the stream was refused,
    there are only `status` and `body`."""

    def __init__(self, url: str, path: str, **headers: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=30)
        self._connection.request("GET", path, headers=headers)
        self._socket = self._connection.sock
        answer = self._connection.getresponse()
        self.status = answer.status
        self.headers = answer.headers
        self.body = b""
        self.events: list[Event] = []
        self.ended_at: float | None = None
        self._reader = threading.Thread(target=self._read, args=(answer,))
        if self.status == 200:
            self._reader.start()
        else:
            self.body = answer.read()
            self._connection.close()

    @property
    def states(self) -> list[Event]:
        """All events with a state of the view: no heartbeats and no goodbye."""
        return [event for event in self.events if event.name in ("board", "day")]

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def shown_states(self) -> dict[str, str]:
        """Return what isn't free in the last state: the states by UTC time."""
        return states_by_time(self.states[-1].data) if self.states else {"nothing": "said"}

    def until_shown(self, wanted: dict[str, str], within: float = 30) -> Event:
        """Wait until exactly this is shown, and return the last event with a state."""
        until(
            lambda: self.shown_states() == wanted, f"{wanted} is shown", within=within, every=0.002
        )
        return self.states[-1]

    def late(self, deadline: datetime) -> float:
        """Return the seconds from `deadline` until everything is shown as free."""
        ahead = deadline.timestamp() - time.time()
        due = time.monotonic() + ahead
        return self.until_shown({}, within=ahead + 30).at - due

    def until_said(self, what: Callable[[Event], bool], within: float = 30) -> Event:
        def find_event() -> Event | None:
            return next((event for event in self.events if what(event)), None)

        return until(find_event, "an event says so", within=within, every=0.005)

    def until_ended(self, within: float = 30) -> float:
        return until(lambda: self.ended_at, "the stream has ended", within=within, every=0.005)

    def close(self) -> None:
        if self.status == 200:
            with suppress(OSError):  # the server has closed the connection before
                self._socket.shutdown(socket.SHUT_RDWR)
            self._reader.join()
        self._connection.close()

    def _read(self, answer: http.client.HTTPResponse) -> None:
        lines: list[bytes] = []
        with suppress(OSError, http.client.HTTPException, ValueError):  # one side has cut it
            while line := answer.readline():
                lines.append(line)
                if line == b"\n":
                    self._hear(b"".join(lines))
                    lines = []
        self.ended_at = time.monotonic()
        answer.close()
        self._socket.close()

    def _hear(self, raw: bytes) -> None:
        fields = dict(
            line.split(": ", 1) for line in raw.decode().splitlines() if line.partition(": ")[1]
        )
        if "event" in fields:
            event = Event(
                fields["event"],
                fields.get("id"),
                json.loads(fields["data"]),
                raw,
                time.monotonic(),
            )
            self.events.append(event)


def states_by_time(view: dict[str, Any]) -> dict[str, str]:
    """Return what isn't free in a board or a day: the states by UTC time."""
    entries = view["busy"] if "busy" in view else view["slots"]
    return {each["starts_at"][11:16]: each["state"] for each in entries if each["state"] != "free"}
