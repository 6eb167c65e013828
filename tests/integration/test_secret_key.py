"""The key that signs manage links: never half written or too short, and replaced without losing
links."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from dibs.secret_key import secret_key
from dibs.settings import Settings
from tests.support.catalog_files import DEMO
from tests.support.commands import dibs, make_data_folder
from tests.support.forked_process import processes
from tests.support.server import Server, environment

StartServer = Callable[..., Server]

STOPPED_BEFORE_ANYTHING_IS_WRITTEN = """
import os, signal
from pathlib import Path
from dibs.secret_key import secret_key
from dibs.settings import Settings
Path.write_text = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
secret_key(Settings())
"""


def make_a_key(start: Barrier, folder: Path, made: Queue[str]) -> None:
    start.wait(60)
    made.put(secret_key(Settings(data=folder)))


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    start: Barrier = processes.Barrier(6)
    made: Queue[str] = processes.Queue()
    makers = [
        processes.Process(target=make_a_key, args=(start, tmp_path, made), daemon=True)
        for _ in range(6)
    ]
    for maker in makers:
        maker.start()
    keys = {made.get(timeout=60) for _ in makers}
    for maker in makers:
        maker.join(timeout=60)
    assert len(keys) == 1
    assert (tmp_path / "secret.key").read_text() == keys.pop()
    assert [each.name for each in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_process_that_dies_while_it_makes_the_key_leaves_none(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", STOPPED_BEFORE_ANYTHING_IS_WRITTEN],
        env=environment(data=tmp_path),
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("content", ["", "short", "x" * 31, "x" * 31 + "\n", "é" * 40])
def test_a_key_file_without_a_whole_key_is_refused(tmp_path: Path, content: str) -> None:
    data = make_data_folder(tmp_path, DEMO)
    (data / "secret.key").write_text(content)
    for command in (["serve", "--port", "0"], ["cancel", "K7M2P-Q9XDA"]):
        outcome = dibs(*command, "--data", data)
        assert (outcome.code, outcome.said) == (1, [])
        assert f"The secret key {data}/secret.key" in outcome.complained[-1]
    assert (data / "secret.key").read_text() == content


@pytest.mark.parametrize("name", ["secret_key", "previous_secret_key"])
@pytest.mark.parametrize("key", ["a", "a" * 31, "a" * 31 + " "])
def test_a_short_key_in_the_settings_is_refused_and_not_repeated(name: str, key: str) -> None:
    outcome = dibs("settings", **{name: key})
    assert outcome.code == 1
    assert f"DIBS_{name.upper()}: it has {len(key.strip())} characters" in outcome.complained[0]
    assert "aaaa" not in outcome.complained[0]


def test_a_key_can_be_replaced_while_links_of_the_one_before_go_on(
    start_server: StartServer,
) -> None:
    old, new = (secrets.token_urlsafe(32) for _ in range(2))
    server = start_server(secret_key=old)
    booking = server.visitor().book("10:00").json()
    server.stop()

    server = start_server(secret_key=new, previous_secret_key=old)
    visitor = server.visitor()
    answer = visitor.read(booking)
    assert answer.status_code == 200
    renewed = answer.json()
    assert renewed["manage_token"] != booking["manage_token"]
    server.stop()

    server = start_server(secret_key=new)
    visitor = server.visitor()
    assert visitor.read(booking).status_code == 404
    assert visitor.read(renewed).status_code == 200


def test_a_server_that_has_lost_its_key_says_so(start_server: StartServer) -> None:
    server = start_server()
    booking = server.visitor().book("10:00").json()
    server.stop()
    assert "manage links" not in server.log.read_text()

    os.remove(server.data / "secret.key")
    server = start_server()
    assert "manage links that customers have been given no longer work" in server.log.read_text()
    assert server.visitor().read(booking).status_code == 404
