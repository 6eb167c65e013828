"""Reads requests that a connection may answer at once: whole heads of GETs without a body.

A client that polls sends the same bytes each time. So the request that was read is remembered by
its bytes (see `quick_answers`), because parsing takes several times as long as looking up the
answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import httptools

if TYPE_CHECKING:
    Headers = list[tuple[bytes, bytes]]

#: The most bytes and header fields of a head. Browsers send about 700 bytes and 15 fields. A larger
#: head is read in the ordinary way, which has its own limits for both.
MAX_SIZE = 2048
MAX_FIELDS = 50
END_OF_HEAD = b"\r\n\r\n"


class UsualRequest(NamedTuple):
    """A GET over HTTP/1.1 that has no body and keeps its connection. Names of headers are in lower
    case."""

    path: str
    query: bytes
    headers: Headers


def read_usual_request(data: bytes) -> UsualRequest | None:
    """Return the request if these bytes are one whole usual request and nothing else, else None."""
    if len(data) > MAX_SIZE or not data.startswith(b"GET /") or not data.endswith(END_OF_HEAD):
        return None
    reader = _Reader()
    try:
        reader.parser.feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    if (
        reader.whole != 1
        or not reader.stays
        or len(reader.headers) > MAX_FIELDS
        or any(name == b"expect" for name, _ in reader.headers)
    ):
        return None
    url = httptools.parse_url(reader.url)
    # A path with escaped characters is decoded in the ordinary way.
    if b"%" in url.path:
        return None
    return UsualRequest(url.path.decode(), url.query or b"", reader.headers)


class _Reader:
    """Collects what the parser finds. `whole` counts the requests that have ended. `stays` says
    whether the request is HTTP/1.1 and keeps its connection."""

    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.url = b""
        self.headers: Headers = []
        self.stays = False
        self.whole = 0

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        # This is read here because the parser forgets it when the request has ended.
        self.stays = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()

    def on_message_complete(self) -> None:
        self.whole += 1
