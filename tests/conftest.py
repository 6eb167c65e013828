from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.support.kept_validators import keep_validators
from tests.support.memory_folder import keep_files_in_memory
from tests.support.postgres import Postgres
from tests.support.quick_passwords import hash_passwords_quickly
from tests.support.redis_server import RedisServer
from tests.support.server import Server
from tests.support.stack import Stack

#: The suites whose modules take longest.
LONGEST = frozenset({"browser", "nodes"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures",
        type=Path,
        default=Path(__file__).parents[1] / "test-results",
        help="where browser tests put their pictures (docs/images renews those of the README)",
    )
    parser.addoption(
        "--seed", type=int, help="of the interleavings, run this one only, and print it (-s)"
    )
    parser.addoption(
        "--seeds",
        type=int,
        default=100,
        help="run the interleavings with so many seeds for each fault schedule",
    )
    parser.addoption(
        "--renew-looks",
        action="store_true",
        help="keep how the booking page looks now as what it is compared with from now on",
    )
    parser.addoption(
        "--all-browsers", action="store_true", help="run also what is shown in Firefox and WebKit"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the suites that take longest, so that no process ends long after the others.
    Deselect tests that need other browsers, unless `--all-browsers` asks for them."""
    items.sort(key=lambda item: not LONGEST.intersection(item.path.parts))
    if config.getoption("--all-browsers"):
        return
    left_out = [item for item in items if item.get_closest_marker("all_browsers")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Exclude the collected tests from garbage collection.

    They stay alive anyway, and looking through thousands of them takes half a second each time.
    """
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    keep_files_in_memory()
    log_errors_plainly()
    hash_passwords_quickly()
    keep_validators()


def log_errors_plainly() -> None:
    """Log errors with plain tracebacks.

    The usual format prints the source and the variables of each frame, which takes seconds.
    """
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run one PostgreSQL for all tests that don't damage it. Each test uses a database of its
    own."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Return a function that starts servers with the given settings. Those still running are
    stopped in the end."""
    started: list[Server] = []

    def start(name: str = "data", **options: Any) -> Server:
        server = Server.start(tmp_path / name, **options)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """Start a Dibs with the demo's catalog and no bookings."""
    return start_server()


@pytest.fixture
def stack(tmp_path: Path, postgres: Postgres) -> Iterator[Stack]:
    """Yield a stack with a database of its own, and a Redis that the test may stop or damage."""
    redis = RedisServer()
    made = Stack(tmp_path, postgres, redis)
    yield made
    made.stop()
    redis.remove()
