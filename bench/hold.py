"""`bench hold`: holds over HTTP beside the script alone, and beside the web stack alone.

Every request comes from another visitor and asks for another time, so that all are granted. Before,
every board is looked at once, as the page does before a time is chosen. In each round, the same
requests also go to `bench.bare_holds`, and redis-benchmark calls the script.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import studio
from bench.cores import LOAD, core_command
from bench.load import Load, get_wrk, send, write_requests
from bench.pipe import send_pipelined
from bench.results import machine, results, save, table
from bench.servers import Server, bare_holds, dibs
from dibs.holds.redis import RedisHoldStore
from dibs.holds.redis_calls import connect
from dibs.holds.store import Lifetimes
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.studio import Board

CONNECTIONS = 64
ROUNDS = 5
SECONDS = 2
#: More than can be held in a round, so that no time is asked for twice.
REQUESTS = 12_000
SCRIPT_CALLS = 50_000
TIMES = [*studio.FREE, *studio.BOOKED]
#: How many boards a round needs.
BOARDS = REQUESTS // len(TIMES)
#: Seconds after which the boards of the previous round cost nothing any more.
IDLE = {"board_idle_timeout": "4"}
#: The aim: this share of the rate of the web stack with nothing but the call of the store.
AIM = 0.8


@dataclass
class Case:
    """Holds in one kind of store; `stack` is the web stack alone, `script` the script alone."""

    name: str
    rounds: list[Load] = field(default_factory=list)
    stack: list[Load] = field(default_factory=list)
    script: list[Load] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return medians. Each ratio compares two measurements of the same round."""
        ratios = sorted(
            rate(mine) / rate(theirs) for mine, theirs in zip(self.rounds, self.stack, strict=True)
        )
        found: dict[str, Any] = {
            "case": self.name,
            "ratio": round(median(ratios), 2),
            "ratio_from": round(ratios[0], 2),
            "ratio_to": round(ratios[-1], 2),
            "aim": AIM,
            "refused": sum(each.failed for each in self.rounds),
        }
        for prefix, loads in (("", self.rounds), ("stack_", self.stack), ("script_", self.script)):
            if loads:
                found |= {
                    f"{prefix}holds_per_s": round(median(map(rate, loads))),
                    f"{prefix}p50_ms": round(median(each.p50_ms for each in loads), 1),
                    f"{prefix}p99_ms": round(median(each.p99_ms for each in loads), 1),
                }
        return found


def run(short: bool = False) -> None:
    get_wrk()
    rounds = 2 if short else ROUNDS
    with tempfile.TemporaryDirectory(dir=results(), prefix="hold-") as name, ExitStack() as stack:
        folder = Path(name)
        studio.furnish(folder / "embedded")
        with dibs(folder / "embedded", **IDLE) as server, bare_holds("memory") as beside:
            memory = Case("memory, SQLite")
            _measure(memory, folder, server, beside, rounds)
        postgres = Postgres()
        stack.callback(postgres.stop)
        redis, other_redis = RedisServer(), RedisServer()
        stack.callback(redis.remove)
        stack.callback(other_redis.remove)
        settings = {
            "database_url": postgres.new_database(),
            "redis_url": redis.url,
            "secret_key": "a key for benchmarks, not a secret",
        } | IDLE
        studio.furnish(folder / "production", **settings)
        with (
            dibs(folder / "production", **settings) as server,
            bare_holds(other_redis.url) as beside,
        ):
            shared = Case("Redis, PostgreSQL")
            _measure(shared, folder, server, beside, rounds, other_redis)
    found = [case.summary() for case in (memory, shared)]
    setting = {"connections": CONNECTIONS, "seconds": SECONDS, "rounds": rounds}
    save("hold", {"machine": machine(), "setting": setting, "cases": found})
    for row in found:
        print(table([row]))


def rate(load: Load) -> float:
    """Return the holds granted per second. Failed requests don't count: under overload, a call of
    the store may time out."""
    return (load.requests - load.failed) / load.seconds


def _measure(
    case: Case,
    folder: Path,
    server: Server,
    beside: Server,
    rounds: int,
    redis: RedisServer | None = None,
) -> None:
    """Measure all rounds of a case. No server is paused between rounds: that would end the
    subscription to hints, and then all boards would be read anew."""
    with server.awake(), beside.awake():
        for number, boards in enumerate(split_into_batches(studio.boards(rounds * BOARDS), BOARDS)):
            print(f"bench: {case.name}, round {number + 1} of {rounds} ...", file=sys.stderr)
            file = write_requests(folder / "requests", _requests(number, boards))
            if redis is not None:
                case.script.append(script_alone(redis, number))
            case.stack.append(_send_all(beside, file))
            for _ in send_pipelined(server.url, [_look(board) for board in boards]):
                pass
            case.rounds.append(_send_all(server, file))


def split_into_batches(boards: Sequence[Board], size: int) -> Iterator[Sequence[Board]]:
    return (boards[first : first + size] for first in range(0, len(boards), size))


def _send_all(server: Server, requests: Path) -> Load:
    load = send(server.url, requests, connections=CONNECTIONS, seconds=SECONDS)
    if load.requests > REQUESTS:
        sys.exit("bench: more was asked for than there is")
    return load


def script_alone(redis: RedisServer, number: int) -> Load:
    """Let redis-benchmark call the script, each time for another visitor and another board."""
    store = RedisHoldStore(connect(redis.url), Lifetimes())
    for source in store._scripts.sources.values():
        redis.control.script_load(source)
    start = studio.microseconds(studio.boards(1)[0].day, "09:00")
    end = start + 30 * 60 * 1_000_000
    key, visitor = f"dibs:{{r:{1000 + number}}}:__rand_int__", "visitor-__rand_int__"
    script = ["EVALSHA", store._scripts.hold.decode(), "1", key, visitor]
    script += [f"{start} {end} {start} {end} 1", "__rand_int__", "claim-1234567890"]
    script += ["120000000", "1", "", "0", "1", "0"]
    command = ["redis-benchmark", "-p", str(redis.port), "-c", str(CONNECTIONS)]
    command += ["-n", str(SCRIPT_CALLS), "-r", "1000000000", "--csv", *script]
    done = subprocess.run(
        [*core_command(LOAD), *command], capture_output=True, text=True, check=True
    )
    (row,) = csv.DictReader(done.stdout.splitlines())
    seconds = SCRIPT_CALLS / float(row["rps"])
    p50, p99 = float(row["p50_latency_ms"]), float(row["p99_latency_ms"])
    return Load(SCRIPT_CALLS, 0, seconds, 0, p50, p99, 0)


def _requests(round_number: int, boards: Sequence[Board]) -> Iterator[bytes]:
    """Yield a request for each time of these boards, in random order, each of another visitor."""
    every = [(board, clock) for board in boards for clock in TIMES]
    random.Random(1).shuffle(every)
    for number, (board, clock) in enumerate(every, start=round_number * REQUESTS):
        request = {
            "service_id": 1,
            "resource_id": board.resource,
            "starts_at": f"{board.day}T{clock}:00Z",
        }
        body = json.dumps(request).encode()
        yield (
            b"POST /api/v1/holds HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer visitor-%032d\r\nContent-Length: %d\r\n\r\n%b"
            % (number, len(body), body)
        )


def _look(board: Board) -> bytes:
    query = f"date={board.day}&employee_id={board.resource}&client_id=onlooker"
    return (
        f"GET /wp-json/appointease/v1/slots/poll?{query} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
    )
