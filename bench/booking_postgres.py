"""The part of `bench booking` with PostgreSQL and Redis. It compares the bookings per second with
pgbench, which sends the same statements to another database of the same server. It also measures
how long a race for one slot takes.

The database server keeps `fsync` on, as in production.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench import studio
from bench.booking_requests import request_of
from bench.cores import LOAD, core_command
from bench.load import Load, send, write_requests
from bench.results import machine, results, save, table
from bench.servers import Server, dibs
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CONNECTIONS = 16
SECONDS = 3
REQUESTS = 8_000
STATEMENTS = Path(__file__).with_name("booking.sql")
RACES, RACERS, CROWD = 20, 50, 500
#: Aims: the share of pgbench's rate; the milliseconds in which a race of fifty is over; and those
#: in which all of a crowd are answered.
AIM, AIM_RACE_MS, AIM_CROWD_MS = 0.25, 200, 1000


def run(requests: Sequence[dict[str, Any]], rounds: int, *, short: bool = False) -> None:
    with (
        tempfile.TemporaryDirectory(dir=results(), prefix="booking-") as name,
        ExitStack() as stack,
    ):
        folder = Path(name)
        postgres = Postgres(durable=True)
        stack.callback(postgres.stop)
        redis = RedisServer()
        stack.callback(redis.remove)
        settings = {"redis_url": redis.url, "secret_key": "a key for benchmarks, not a secret"}
        for database in ("measured", "beside"):
            settings["database_url"] = postgres.new_database()
            studio.furnish(folder / database, **settings)
            if database == "beside":
                break
            measured = dict(settings)
        beside = settings["database_url"]
        with dibs(folder / "measured", **measured) as server, server.awake():
            unused = iter(requests)
            loads, bare = _side_by_side(server, beside, folder, unused, rounds)
            races = [
                asyncio.run(race(server.url, _rivals(next(unused), RACERS)))
                for _ in range(5 if short else RACES)
            ]
            crowds = [asyncio.run(race(server.url, _rivals(next(unused), CROWD))) for _ in range(3)]
    report(loads, bare, races, crowds)


def report(
    loads: list[Load], bare: list[Load], races: list[list[float]], crowds: list[list[float]]
) -> None:
    ratios = sorted(rate(mine) / rate(theirs) for mine, theirs in zip(loads, bare, strict=True))
    found = [
        {
            "case": case,
            "bookings_per_s": round(median(map(rate, each))),
            "p50_ms": round(median(load.p50_ms for load in each), 2),
            "p99_ms": round(median(load.p99_ms for load in each), 2),
        }
        for case, each in (("Dibs over HTTP, PostgreSQL", loads), ("pgbench", bare))
    ]
    ends = [max(each) for each in races]
    raced = {
        "races of 50, median ms": round(median(ends)),
        "slowest ms": round(max(ends)),
        "aim ": AIM_RACE_MS,
        "500 answered, median ms": round(median(max(each) for each in crowds)),
        "aim": AIM_CROWD_MS,
    }
    ratio = {
        "ratio": round(median(ratios), 2),
        "from": round(ratios[0], 2),
        "to": round(ratios[-1], 2),
        "aim": AIM,
    }
    setting = {"connections": CONNECTIONS, "seconds": SECONDS, "rounds": len(loads)}
    whole = {"machine": machine(), "setting": setting, "cases": found, "ratio": ratio}
    save("booking-postgres", whole | {"races": raced})
    for rows in (found, [ratio], [raced]):
        print(f"\n{table(rows)}")


def rate(load: Load) -> float:
    return load.requests / load.seconds


def _side_by_side(
    server: Server, beside: str, folder: Path, unused: Iterator[dict[str, Any]], rounds: int
) -> tuple[list[Load], list[Load]]:
    loads, bare = [], []
    for number in range(rounds):
        print(f"bench: PostgreSQL, round {number + 1} of {rounds} ...", file=sys.stderr)
        bare.append(pgbench(beside, folder, number * 10_000_000))
        some = map(request_of, islice(unused, REQUESTS))
        file = write_requests(folder / "requests", some)
        load = send(server.url, file, connections=CONNECTIONS, seconds=SECONDS)
        if load.failed or load.requests > REQUESTS:
            sys.exit(f"bench: {load.failed} of {load.requests} bookings failed")
        loads.append(load)
    return loads, bare


def pgbench(url: str, folder: Path, first: int) -> Load:
    """Let pgbench send the statements of a booking, on as many connections as Dibs has clients."""
    log = folder / f"pgbench-{first}"
    variables = {"n": 0, "first": first, "clients": CONNECTIONS}
    done = subprocess.run(
        [
            *core_command(LOAD),
            *("pgbench", "--no-vacuum", "--protocol=prepared", f"--file={STATEMENTS}"),
            *(f"--client={CONNECTIONS}", f"--time={SECONDS}", "--log", f"--log-prefix={log}"),
            *(f"--define={name}={value}" for name, value in variables.items()),
            url,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    tps = re.search(r"tps = ([\d.]+)", done.stdout)
    if tps is None or "number of failed transactions: 0 " not in done.stdout:
        sys.exit(f"bench: pgbench failed: {done.stdout}{done.stderr}")
    lines = [line for file in folder.glob(f"{log.name}.*") for line in file.read_text().split("\n")]
    took = quantiles(
        (int(line.split()[2]) / 1000 for line in lines if line), n=100, method="inclusive"
    )
    count = len(lines) - 1
    return Load(count, 0, count / float(tps[1]), 0, took[49], took[98], 0)


def _rivals(request: dict[str, Any], count: int) -> list[bytes]:
    """So many who all want this."""
    name = request["customer"]["email"]
    return [
        request_of(request | {"customer": {"name": "Ann Lee", "email": f"rival{number}-{name}"}})
        for number in range(count)
    ]


async def race(url: str, requests: Iterable[bytes]) -> list[float]:
    """Send all requests at once, on connections that are open already. Returns the milliseconds
    until each was answered."""
    address = urlsplit(url)
    connections = [
        (await asyncio.open_connection(address.hostname, address.port), request)
        for request in requests
    ]
    began = time.perf_counter()
    for (_, writer), request in connections:
        writer.write(request)
    answers = await asyncio.gather(*(_answer(reader, began) for (reader, _), _ in connections))
    for (_, writer), _ in connections:
        writer.close()
    statuses = [status for status, _ in answers]
    if statuses.count(201) != 1 or statuses.count(409) != len(statuses) - 1:
        seen = {status: statuses.count(status) for status in set(statuses)}
        print(f"bench: a race was answered with {seen}", file=sys.stderr)
    return [took for _, took in answers]


async def _answer(reader: asyncio.StreamReader, began: float) -> tuple[int, float]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    if length is not None:
        await reader.readexactly(int(length[1]))
    return int(head.split(maxsplit=2)[1]), (time.perf_counter() - began) * 1000
