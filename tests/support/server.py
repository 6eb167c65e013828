"""Starts a real Dibs in a process of its own, on a free port, with a database of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2

from tests.support.demo_database import copy_demo_database
from tests.support.forked_process import ForkedProcess
from tests.support.plain_sql import connect
from tests.support.visitor import Visitor
from tests.support.waiting import until

DIBS = [sys.executable, "-c", "from dibs.cli import main; main()"]
STARTS_WITHIN = 60.0


class Server:
    """A running Dibs, made by `Server.start`. `url` is its address, `settings` are the settings
    that it was given, and `database` is its SQLite file or the URL of its PostgreSQL."""

    def __init__(
        self,
        process: subprocess.Popen[bytes] | ForkedProcess,
        url: str,
        data: Path,
        log: Path,
        settings: dict[str, Any],
    ) -> None:
        self.process = process
        self.url = url
        self.data = data
        self.log = log
        self.settings = settings
        self.database: Path | str = settings.get("database_url") or data / "dibs.db"
        # Nothing is encrypted here, and reading the certificates takes a tenth of a second.
        self.http = httpx2.Client(base_url=url, timeout=10, verify=False)
        self._visitors: list[Visitor] = []

    @classmethod
    def start(
        cls,
        data: Path,
        *,
        command: str = "demo",
        port: int = 0,
        entry: list[str] | None = None,
        **settings: Any,
    ) -> Server:
        """Start a Dibs. `settings` become DIBS_… variables. `entry` is the command of another
        program that acts as `dibs`.

        Without `settings` for them, there is no mail server and there are no limits, because all
        tests come from one address. With a `public_url`, Dibs does not print its own address, so
        `port` is needed.
        """
        log = data.with_suffix(".log")
        said_before = log.stat().st_size if log.exists() else 0
        arguments = [command, "--port", str(port), "--data", str(data)]
        env = environment(**({"limits": "off", "smtp_url": ""} | settings))
        if command == "demo" and not entry and "database_url" not in settings and not data.exists():
            copy_demo_database(data)
        process = (
            _start([*entry, *arguments], env, log) if entry else ForkedProcess(arguments, env, log)
        )

        def address() -> str | None:
            if process.poll() is not None:
                raise AssertionError(f"dibs stopped: {log.read_text()}")
            found = re.search(rb"Dibs is ready: (https?://\S+)/\n", log.read_bytes()[said_before:])
            if found and "public_url" in settings:
                return f"http://127.0.0.1:{port}"
            return found[1].decode() if found else None

        try:
            url = until(address, "the server says that it is ready", within=STARTS_WITHIN)
            server = cls(process, url, data, log, settings)
            until(server.answers, "the server answers", within=STARTS_WITHIN)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return server

    @property
    def secret_key(self) -> str:
        given: str | None = self.settings.get("secret_key")
        return given or (self.data / "secret.key").read_text()

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run plain SQL in the database of the running server, and return the rows."""
        with connect(self.database) as sql:
            return sql(statement, *values)

    def visitor(self) -> Visitor:
        """Return a new visitor of this server."""
        visitor = Visitor(self.url)
        self._visitors.append(visitor)
        return visitor

    def answers(self) -> bool:
        try:
            return self.http.get("/health/live").status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> int:
        """Ask the server to stop, if it still runs. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def kill(self) -> None:
        """Kill the server (kill −9)."""
        self.process.kill()
        self._end()

    def _end(self) -> int:
        for visitor in self._visitors:
            visitor.http.close()
        self.http.close()
        return self.process.wait(timeout=20)


def _start(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT)


def environment(**settings: Any) -> dict[str, str]:
    """Return the environment for a Dibs process: that of this process, but with only these
    settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIBS_")}
    return kept | {f"DIBS_{name.upper()}": str(value) for name, value in settings.items()}


def run_dibs(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run a `dibs` command to its end. It needs a process of its own, because browser tests have a
    running event loop in this one."""
    with tempfile.TemporaryDirectory() as folder:
        said, complained = Path(folder, "said"), Path(folder, "complained")
        process = ForkedProcess([*arguments], environment(**settings), said, complained)
        code = process.wait(timeout=60)
        return subprocess.CompletedProcess(
            arguments, code, said.read_text(), complained.read_text()
        )
