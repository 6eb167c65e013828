"""The servers that are measured. All are on the core for servers, and only one runs at a time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cores import SERVER, core_command

if TYPE_CHECKING:
    from collections.abc import Iterator

DIBS = [sys.executable, "-c", "from dibs.cli import main; main()"]
ROOT = Path(__file__).parent.parent
#: Seconds to wait after a server goes on. Dibs serves no board after a pause before it has compared
#: the board once.
WAKES_WITHIN = 0.4
#: There are no limits. The short lifetime of records lets a visitor whose hold ended while the
#: server was paused take it again with the next poll.
SETTINGS = {"DIBS_LIMITS": "off", "DIBS_HOLD_RECORD_LIFETIME": "0.001"}


class Server:
    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.url = url
        self._process = process

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Let the server run during the block. Otherwise it is paused, so that it takes no CPU time
        from the others."""
        self._process.send_signal(signal.SIGCONT)
        time.sleep(WAKES_WITHIN)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGSTOP)

    def cpu_seconds(self) -> float:
        """Return the CPU seconds that all its threads have used so far."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def bare(size: int) -> Iterator[Server]:
    """Run the bare app, with answers of that many bytes."""
    with _running([sys.executable, "-m", "bench.bare", str(size)]) as server:
        yield server


@contextmanager
def bare_holds(store: str) -> Iterator[Server]:
    """Run the web stack with nothing but one call of the hold store. `store` is `memory`, or the
    URL of a Redis."""
    with _running([sys.executable, "-m", "bench.bare_holds", store]) as server:
        yield server


@contextmanager
def dibs(data: Path, **settings: str) -> Iterator[Server]:
    """Run Dibs. `settings` become DIBS_… variables."""
    with _running([*DIBS, "serve", "--port", "0", "--data", str(data)], **settings) as server:
        yield server


@contextmanager
def demo(data: Path) -> Iterator[Server]:
    with _running([*DIBS, "demo", "--port", "0", "--data", str(data)]) as server:
        yield server


def run_dibs(*arguments: str, **settings: str) -> None:
    subprocess.run(
        [*DIBS, *arguments], env=_environment(**settings), stdout=subprocess.DEVNULL, check=True
    )


@contextmanager
def _running(command: list[str], **settings: str) -> Iterator[Server]:
    process = subprocess.Popen(
        [*core_command(SERVER), *command],
        cwd=ROOT,
        env=_environment(**settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = re.search(r"is ready: (http://\S+)/", process.stdout.readline())
        if ready is None:
            sys.exit(f"bench: {' '.join(command)} did not start")
        server = Server(process, ready[1])
        with server.awake():
            pass
        yield server
    finally:
        process.terminate()
        process.send_signal(signal.SIGCONT)
        process.wait(timeout=20)


def _environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIBS_")}
    return kept | SETTINGS | {f"DIBS_{name.upper()}": value for name, value in settings.items()}
