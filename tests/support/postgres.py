"""Starts a PostgreSQL for tests: a server on a free port, with its data in a temporary folder."""

from __future__ import annotations

import asyncio
import atexit
import functools
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg

from tests.support.waiting import until

STARTS_WITHIN = 60.0
_numbers = itertools.count()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def binaries() -> Path:
    """Return the folder in which Debian has the server's programs. They are not on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "the tests need PostgreSQL: apt-get install postgresql"
    return found[-1].parent


def _unprivileged_command() -> list[str]:
    """Return what to put before a command. PostgreSQL refuses to run as root, so for root it runs
    as the user `nobody`."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--reset-env"]


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dibs-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    return folder


def _is_stopped(process: int) -> bool:
    """Tell whether the process is stopped or has ended."""
    state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return state in "TtZ"


def _run(program: str | Path, *arguments: str | Path) -> None:
    command = [*_unprivileged_command(), program, *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd="/")


@functools.cache
def _initialized_folder() -> Path:
    """Return an unused data folder of a server. Copying it is much quicker than `initdb`."""
    folder = _new_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    options = ["--auth=trust", "--username=dibs", "--encoding=UTF8", "--no-sync"]
    _run(binaries() / "initdb", "-D", folder / "data", *options)
    return folder / "data"


class Postgres:
    """A PostgreSQL server. With `durable`, `fsync` stays on, for tests that kill the server."""

    def __init__(self, *, durable: bool = False, connections: int = 200) -> None:
        self.folder = _new_folder()
        self.port = free_port()
        #: The names of databases that are used only as templates, by the catalog that they have.
        self.furnished: dict[str, str] = {}
        self._options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "max_connections": connections,
            "fsync": "on" if durable else "off",
        }
        self._process: subprocess.Popen[bytes] | None = None
        _run("cp", "--archive", _initialized_folder(), self.folder / "data")
        self.start()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://dibs@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options: list[str] = []
        for name, value in self._options.items():
            options += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *_unprivileged_command(),
                    binaries() / "postgres",
                    "-D",
                    self.folder / "data",
                    *options,
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
            )
        until(self._answers, "PostgreSQL answers", within=STARTS_WITHIN)

    def _answers(self) -> bool:
        ready = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def kill(self) -> None:
        """Kill the server and all its processes (kill −9), as when the power fails."""
        assert self._process is not None
        self._signal(signal.SIGKILL)
        self._process.wait()

    def freeze(self) -> None:
        """Stop the server's processes. Connections stay open and new ones are accepted, but nothing
        is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """Send a signal to the server and all its processes. The server is stopped before its
        processes are listed. Otherwise it could start another process, which would go on working.
        """
        assert self._process is not None
        server = self._process.pid
        self._process.send_signal(signal.SIGSTOP)
        until(lambda: _is_stopped(server), "the server is stopped", every=0.001)
        children = Path(f"/proc/{server}/task/{server}/children").read_text()
        for child in children.split():
            with suppress(ProcessLookupError):
                os.kill(int(child), number)
        self._process.send_signal(number)

    def stop(self) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self.thaw()
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, template: str = "template1") -> str:
        """Make a database as a copy of the template, and return its URL."""
        name = f"test_{next(_numbers)}"
        with Sql(self.url()) as sql:
            # Without a sync, copying files is several times quicker than writing them to the log.
            sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database and its files. This is quicker than removing all files at the end."""
        with Sql(self.url()) as sql:
            sql(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


class Sql:
    """Plain SQL (with `?` for parameters), from any thread, through a connection without any code
    of Dibs.

    Each statement is a transaction of its own, unless told otherwise.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection = self._wait(asyncpg.connect(url))

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        for number in range(1, len(values) + 1):
            statement = statement.replace("?", f"${number}", 1)
        return [tuple(row) for row in self._wait(self._connection.fetch(statement, *values))]

    def close(self) -> None:
        self._wait(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Sql:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
