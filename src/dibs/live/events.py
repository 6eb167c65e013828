"""The events of a stream, as the text of server-sent events."""

from __future__ import annotations

import random
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

#: If many streams end at the same moment, their viewers come back spread over so many milliseconds.
SPREAD_MS = 2000

#: How long an `EventSource` waits before it connects again by itself.
RETRY = b"retry: 2000\n\n"


def state(name: str, revision: str, json: bytes) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (revision.encode(), name.encode(), json)


def heartbeat(now: datetime) -> bytes:
    clock = now.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f'event: heartbeat\ndata: {{"server_time":"{clock}Z"}}\n\n'.encode()


def goodbye() -> bytes:
    """Return an event that asks the viewer to come back after a random pause. Many streams may end
    at once, and their viewers should not all come back at once."""
    return b'event: goodbye\ndata: {"retry_ms":%d}\n\n' % random.randint(0, SPREAD_MS)  # noqa: S311 - no secret
