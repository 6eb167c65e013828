"""A real Redis for tests, on a free port, with a folder that is removed with it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import redis

from tests.support.waiting import until

STARTS_WITHIN = 10.0


class RedisServer:
    """The server. `control` is a plain client for the test itself."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dibs-redis-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.control = redis.Redis.from_url(self.url, socket_timeout=10)
        self.start()

    def start(self) -> None:
        """Start the server, on the same port as before, with the data of the last snapshot."""
        command = [
            *("redis-server", "--bind", "127.0.0.1", "--port", str(self.port)),
            *("--dir", str(self._folder), "--save", "", "--appendonly", "no"),
            # A test that doesn't read its subscription for a while is not disconnected.
            *("--client-output-buffer-limit", "pubsub 0 0 0"),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._answers, "redis answers", within=STARTS_WITHIN)

    def kill(self) -> None:
        """Kill the server (kill −9). What is in no snapshot is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def freeze(self) -> None:
        """Stop the process. Connections stay open and new ones are accepted, but nothing is
        answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def command(self, *words: str) -> None:
        self.control.execute_command(*words)  # type: ignore[no-untyped-call]

    def restart(self) -> None:
        self.kill()
        self.start()

    def snapshot(self) -> None:
        """Write a snapshot, with which the next start begins."""
        self.control.save()

    def remove(self) -> None:
        """Kill the server, and remove its folder."""
        self.control.close()
        self.kill()
        shutil.rmtree(self._folder)

    def calls(self) -> dict[str, int]:
        """Return how often each command was run, also by scripts."""
        stats = self.control.info("commandstats")
        return {name.removeprefix("cmdstat_"): stat["calls"] for name, stat in stats.items()}

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"redis stopped: {(self._folder / 'log').read_text()}")
        try:
            return bool(self.control.ping())
        except redis.ConnectionError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
