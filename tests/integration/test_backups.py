"""Backups and exports: whole or not there at all, and readable by nobody else."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.catalog_files import DEMO
from tests.support.commands import dibs, furnished
from tests.support.days import at
from tests.support.server import DIBS, Server, environment

StartServer = Callable[..., Server]


@pytest.mark.parametrize("shared", ["embedded"], indirect=True)
def test_a_backup_is_whole_though_bookings_go_on(
    shared: Server, start_server: StartServer, tmp_path: Path, day: date
) -> None:
    visitor = shared.visitor()
    before = visitor.book(at("16:00", day)).json()
    copy = tmp_path / "data" / "dibs.db"
    copy.parent.mkdir()
    outcome = dibs("backup", copy, "--data", shared.data, **shared.settings)
    assert (outcome.code, outcome.said[0]) == (0, f"saved to {copy}")
    assert str(shared.data / "secret.key") in outcome.said[1]
    visitor.book(at("16:30", day))
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []

    (copy.parent / "secret.key").write_text((shared.data / "secret.key").read_text())
    restored = start_server(command="serve")
    there = restored.visitor()
    slots = there.slots(day=day, resource=1)
    assert (slots["16:00"]["state"], slots["16:30"]["state"]) == ("taken", "free")
    assert there.read(before).json()["reference"] == before["reference"]


@pytest.mark.parametrize("shared", ["embedded"], indirect=True)
def test_a_backup_never_overwrites_anything(shared: Server, tmp_path: Path) -> None:
    (kept := tmp_path / "kept").write_text("precious")
    for target in (kept, tmp_path, shared.database):
        outcome = dibs("backup", target, "--data", shared.data, **shared.settings)
        assert (outcome.code, len(outcome.complained)) == (1, 1)
    assert kept.read_text() == "precious"


def test_a_backup_that_cannot_be_made_is_one_line(shared: Server, tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "copy.db"
    for data, target in ((shared.data, missing), (tmp_path / "nothing here", tmp_path / "copy")):
        outcome = dibs("backup", target, "--data", data)
        assert (outcome.code, len(outcome.complained)) == (1, 1)


def test_a_backup_under_load_has_all_that_was_booked_before_it(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server("busy")
    over, booked = Event(), []

    def book_all_the_time() -> None:
        visitor = server.visitor()
        for minute in range(0, 8 * 60, 30):
            if over.is_set():
                return
            clock = f"{9 + minute // 60:02}:{minute % 60:02}"
            answer = visitor.book(clock, resource=1)
            if answer.status_code == 201:
                booked.append(answer.json())

    first = server.visitor().book("10:00", resource=2).json()
    people = Thread(target=book_all_the_time)
    people.start()
    try:
        copy = tmp_path / "data" / "dibs.db"
        copy.parent.mkdir()
        before = list(booked)
        assert dibs("backup", copy, "--data", server.data).code == 0
    finally:
        over.set()
        people.join()
    (copy.parent / "secret.key").write_text((server.data / "secret.key").read_text())
    restored = start_server()
    there = restored.visitor()
    for booking in [first, *before]:
        assert there.read(booking).json()["status"] == "confirmed"
    kept = restored.sql("SELECT count(*) FROM bookings WHERE status = 'confirmed'")[0][0]
    assert 1 + len(before) <= kept <= 1 + len(booked)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, int | None]]:
    """A folder on a disk of 64 kB; where none may be mounted, the size that files may have."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    yield folder, None if mounted else 65536
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("command", ["backup", "export"])
def test_a_full_disk_leaves_no_half_file_behind(
    tmp_path: Path, small_disk: tuple[Path, int | None], command: str
) -> None:
    data = furnished(tmp_path, DEMO)
    with closing(sqlite3.connect(data / "dibs.db")) as database, database:
        # What can't be made smaller.
        noise = "INSERT INTO outbox (topic, payload, created_at, due_at, attempts) VALUES"
        for _ in range(100):
            payload = f'{{"text": "{os.urandom(1000).hex()}"}}'
            database.execute(f"{noise} ('none', ?, 0, 0, 0)", (payload,))
    folder, most = small_disk
    target = folder / "copy"

    def allow_little() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    for _ in range(2):
        outcome = subprocess.run(
            [*DIBS, command, str(target), "--data", str(data)],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            preexec_fn=allow_little,
            check=False,
        )
        assert outcome.returncode == 1
        assert len(outcome.stderr.splitlines()) == 1
        assert str(target) in outcome.stderr
        assert "exists" not in outcome.stderr
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", ["backup", "export"])
def test_nobody_else_may_read_what_is_saved(tmp_path: Path, command: str) -> None:
    data = furnished(tmp_path, DEMO)
    assert dibs(command, tmp_path / "saved", "--data", data).code == 0
    assert (tmp_path / "saved").stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["catalog.toml", "data", "saved"]


def test_nobody_else_may_read_the_data(start_server: StartServer) -> None:
    server = start_server()
    assert server.visitor().book("10:00").status_code == 201
    assert server.data.stat().st_mode & 0o777 == 0o700
    found = {each.name: each.stat().st_mode & 0o777 for each in server.data.iterdir()}
    for name in ("dibs.db", "dibs.db-wal", "dibs.db-shm", "secret.key"):
        assert found[name] == 0o600, found


def test_what_dibs_made_with_wider_rights_is_closed_and_a_folder_warned_of(
    start_server: StartServer,
) -> None:
    before = start_server()
    before.stop()
    for each in before.data.iterdir():
        each.chmod(0o644)
    before.data.chmod(0o755)
    again = start_server()
    assert (again.data / "dibs.db").stat().st_mode & 0o777 == 0o600
    assert (again.data / "secret.key").stat().st_mode & 0o777 == 0o600
    assert again.data.stat().st_mode & 0o777 == 0o755
    assert f"chmod 700 {again.data}" in again.log.read_text()
