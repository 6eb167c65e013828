"""What is said on a stream, as the text of server-sent events."""

from __future__ import annotations

import random
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

#: Those who are sent away at one moment come back spread over so many milliseconds.
SPREAD_MS = 2000

RETRY = b"retry: 2000\n\n"


def state(name: str, tag: str, json: bytes) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (tag.encode(), name.encode(), json)


def beat(now: datetime) -> bytes:
    clock = now.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f'event: beat\ndata: {{"server_time":"{clock}Z"}}\n\n'.encode()


def bye() -> bytes:
    """Another pause for each."""
    return b'event: bye\ndata: {"retry_ms":%d}\n\n' % random.randint(0, SPREAD_MS)  # noqa: S311
