"""`bench poll --appointease`: the poll as AppointEase's unmodified front end sends it.

It measures the bytes of a poll as a client on an open connection sees them, how many polls per
second are answered at most, and how long 200 clients wait that poll once a second. The figures of
AppointEase itself (PLUGIN) are from a run of its own: WordPress, PHP-FPM, MariaDB, Redis and nginx,
on both cores of such a machine.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench import studio
from bench.load import get_wrk, send, write_requests
from bench.poll import come_in
from bench.results import machine, results, save, table
from bench.servers import dibs

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIENTS = 200
BOARDS = 20
CONNECTIONS = 8
SECONDS, SHORT_SECONDS = 60, 10
PLUGIN = {"bytes per poll": "586–608", "polls per s": "76–124", "p50 ms": "66–80 (8 connections)"}


def run(short: bool = False) -> None:
    get_wrk()
    boards = studio.boards(BOARDS)
    with tempfile.TemporaryDirectory(dir=results(), prefix="appointease-") as name:
        folder = Path(name)
        studio.make(folder / "data", boards)
        with dibs(folder / "data") as server, server.awake():
            requests, _ = come_in(server.url, boards, callers=CLIENTS)
            print("bench: as fast as can be ...", file=sys.stderr)
            file = write_requests(folder / "requests", requests)
            fast = send(server.url, file, connections=CONNECTIONS, seconds=3)
            seconds = SHORT_SECONDS if short else SECONDS
            print(f"bench: {CLIENTS} clients for {seconds} s ...", file=sys.stderr)
            sizes, waits, refused = asyncio.run(_once_a_second(server.url, requests, seconds))
    percentiles = quantiles(waits, n=100)
    found = {
        "bytes per poll": f"{min(sizes)}–{max(sizes)}",
        "median bytes": round(median(sizes)),
        "polls per s": round(fast.requests / fast.seconds),
        "p50 ms": f"{fast.p50_ms} ({CONNECTIONS} connections)",
        "200 clients: p50 ms": round(percentiles[49], 2),
        "200 clients: p99 ms": round(percentiles[98], 2),
        "polls": len(waits),
        "refused": refused + fast.failed,
    }
    setting = {"clients": CLIENTS, "seconds": seconds, "boards": BOARDS}
    save("poll-appointease", {"machine": machine(), "setting": setting, "found": found})
    rows = [{"case": "Dibs", **found}]
    rows.append({"case": "AppointEase, in its own run", **dict.fromkeys(found, ""), **PLUGIN})
    print(table(rows))


async def _once_a_second(
    url: str, requests: Sequence[bytes], seconds: int
) -> tuple[list[int], list[float], int]:
    """Return the bytes and the milliseconds of every poll, and how many polls were not answered
    with 200. Each client has a connection of its own, and begins at a random moment of the first
    second."""
    outcomes = await asyncio.gather(*(_client(url, request, seconds) for request in requests))
    polls = [poll for outcome in outcomes for poll in outcome]
    return (
        [size for size, _, _ in polls],
        [took for _, took, _ in polls],
        sum(status != http.client.OK for _, _, status in polls),
    )


async def _client(url: str, request: bytes, seconds: int) -> list[tuple[int, float, int]]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    due = time.perf_counter() + random.random()
    polls = []
    for _ in range(seconds):
        await asyncio.sleep(due - time.perf_counter())
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        took = (time.perf_counter() - began) * 1000
        polls.append((len(head) + len(body), took, int(head.split(maxsplit=2)[1])))
        due = max(due + 1, time.perf_counter())
    writer.close()
    return polls
