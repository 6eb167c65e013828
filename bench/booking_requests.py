"""Requests for bookings as the booking page sends them, each for another time."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from bench import studio

if TYPE_CHECKING:
    from collections.abc import Iterator

BOARDS = 5_000


def booking_requests() -> Iterator[dict[str, Any]]:
    """Yield a request for each free time, in random order."""
    free = [(board, clock) for board in studio.boards(BOARDS) for clock in studio.FREE]
    for number, (board, clock) in enumerate(random.Random(1).sample(free, len(free))):
        yield {
            "service_id": 1,
            "resource_id": board.resource,
            "starts_at": f"{board.day}T{clock}:00Z",
            "customer": {"name": "Ann Lee", "email": f"ann{number}@example.com"},
        }


def headers_of(request: dict[str, Any]) -> dict[str, str]:
    """Return headers with a visitor of their own and an idempotency key, as the page sends them."""
    name = request["customer"]["email"]
    return {"Authorization": f"Bearer {name:->32}".replace("@", "_"), "Idempotency-Key": name}


def request_of(request: dict[str, Any]) -> bytes:
    body = json.dumps(request).encode()
    headers = {"Host": "bench", "Content-Type": "application/json", **headers_of(request)}
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    start = f"POST /api/v1/bookings HTTP/1.1\r\n{''.join(lines)}"
    return start.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
