"""Reads the HTTP answer of another server, up to a limited size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httptools

from dibs.busy_times.faults import CalendarFault

if TYPE_CHECKING:
    import asyncio

#: Most bytes of a file. Calendars of many years have some megabytes.
MAX_FILE = 16 * 1024 * 1024
MAX_HEADERS = 64 * 1024
#: Most characters of a header, except `Location`. Longer headers are left out.
MAX_HEADER = 1_000
PIECE = 64 * 1024
FIRST_FINAL_STATUS = 200


@dataclass
class Answer:
    """The answer of a server. Names of headers are in lower case."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read the whole answer. Raises CalendarFault, EOFError, OSError."""
    incoming = _AnswerCollector()
    parser = httptools.HttpResponseParser(incoming)
    incoming.parser = parser
    while not incoming.is_complete:
        piece = await reader.read(PIECE)
        if not piece:
            if not incoming.ends_with_connection:
                raise EOFError
            break
        try:
            parser.feed_data(piece)
        except httptools.HttpParserError:
            if not incoming.is_complete:
                raise CalendarFault("unreachable") from None
        incoming.check_size(len(piece))
    return incoming.finish()


class _AnswerCollector:
    """Collects an answer from the calls of the parser of httptools."""

    parser: httptools.HttpResponseParser

    def __init__(self) -> None:
        self._answer = Answer()
        self._pieces: list[bytes] = []
        self._size = 0
        self._head_size = 0
        self._has_head = False
        self.is_complete = False

    @property
    def ends_with_connection(self) -> bool:
        """Whether the answer ends when the connection ends, because it names no length."""
        known = {"content-length", "transfer-encoding"} & self._answer.headers.keys()
        return self._has_head and not known

    def on_header(self, name: bytes, value: bytes) -> None:
        text = value.decode("latin-1")
        self._head_size += len(name) + len(value)
        if self._head_size > MAX_HEADERS:
            return
        key = name.decode("latin-1").lower()
        if key == "location" or len(text) <= MAX_HEADER:
            self._answer.headers[key] = text

    def on_headers_complete(self) -> None:
        self._answer.status = self.parser.get_status_code()
        self._has_head = self._answer.status >= FIRST_FINAL_STATUS

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size <= MAX_FILE:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self._has_head:
            self.is_complete = True
        else:
            # This was only an interim answer (1xx): the real one follows.
            self._answer = Answer()

    def check_size(self, came: int) -> None:
        """Count `came` more bytes. Raises CalendarFault if the answer is too large."""
        if not self._has_head:
            self._head_size += came
        if self._size > MAX_FILE or self._head_size > 2 * MAX_HEADERS:
            raise CalendarFault("too_large")

    def finish(self) -> Answer:
        self._answer.body = b"".join(self._pieces)
        return self._answer
