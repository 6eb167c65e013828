"""Dibs in a process of its own that starts quickly. It is forked from a process that has imported
everything already, because the imports take most of the time of a start."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

#: Children are forked from a process that has imported `warm_start` and has started no thread.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.support.warm_start"])


class ForkedProcess:
    """The `dibs` command with these arguments, with the parts of `subprocess.Popen` that tests
    need. It writes its output into `log`, and its errors into `errors` if there is such a file."""

    def __init__(
        self, arguments: list[str], env: dict[str, str], log: Path, errors: Path | None = None
    ) -> None:
        log.touch()
        # As a daemon it ends with the tests, however they end.
        self._process = processes.Process(
            target=_run, args=(arguments, env, log, errors or log), daemon=True
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired("dibs", timeout)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(arguments: list[str], env: dict[str, str], log: Path, errors: Path) -> None:
    from dibs.cli import main

    with log.open("ab") as output, errors.open("ab") as complaints:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(complaints.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["dibs", *arguments]
    main()
