"""Backups and exports: complete or absent, and readable by nobody else."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dibs.clock import EPOCH
from tests.support.appointease import API
from tests.support.catalog_files import DEMO
from tests.support.commands import dibs, make_data_folder
from tests.support.days import at
from tests.support.forked_process import ForkedProcess
from tests.support.plain_sql import connect
from tests.support.postgres import Postgres
from tests.support.server import DIBS, Server, environment
from tests.support.traffic import State, traffic
from tests.support.visitor import Visitor
from tests.support.waiting import until

StartServer = Callable[..., Server]

WRITERS = 8
READERS = 8
BACKUPS = 3


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


@pytest.mark.alone
@pytest.mark.scenario(53)
def test_backups_under_load_are_whole_and_nobody_is_refused(
    shared: Server,
    visitors: Callable[[Server, int], list[Visitor]],
    postgres: Postgres,
    tmp_path: Path,
    day: date,
) -> None:
    people = visitors(shared, WRITERS + READERS)
    made = []
    with traffic(people[:WRITERS], pairs_of_starts(day), people[WRITERS:], paths(day)) as going:
        for number in range(BACKUPS):
            wanted = len(going.states) + WRITERS
            until(lambda wanted=wanted: len(going.states) >= wanted, "more is booked")
            known = going.count_known()
            made.append((known, save(shared, tmp_path / f"copy-{number}")))
        assert going.is_busy, "the backups were made while people booked"
    assert set(going.statuses) == {200, 201}
    for known, copy in made:
        found = states_in(restore(shared, copy, postgres))
        for reference, answered in known.items():
            assert found[reference] in going.states[reference][answered - 1 :]


def pairs_of_starts(day: date) -> list[tuple[datetime, datetime]]:
    """Return two starts for each writer, within three days."""
    starts = [
        at(f"{hour:02}:{minute:02}", day + timedelta(days=number))
        for number in (-1, 0, 1)
        for hour in range(10, 17)
        for minute in (0, 30)
    ]
    return list(zip(starts[::2], starts[1::2], strict=True))[:WRITERS]


def paths(day: date) -> list[str]:
    """Return the paths of a day view, a board and a poll."""
    poll = f"{API}/slots/poll?date={day}&employee_id=1&client_id=looks"
    return [f"/api/v1/services/1/days/{day}", f"/api/v1/boards/1/{day}", poll]


def states_in(settings: dict[str, Any]) -> dict[str, State]:
    """Return status and start of each booking, by reference, from the database of these
    settings."""
    assert dibs("bookings", **settings).code == 0
    with connect(settings.get("database_url") or settings["data"] / "dibs.db") as sql:
        rows = sql("SELECT reference, status, starts_at FROM bookings")
    return {reference: (status, instant(starts_at)) for reference, status, starts_at in rows}


def save(server: Server, copy: Path) -> Path:
    """Save the database in another process, as the owner does."""
    embedded = isinstance(server.database, Path)
    process = ForkedProcess(
        ["backup" if embedded else "export", str(copy), "--data", str(server.data)],
        environment(**server.settings),
        log := copy.with_suffix(".log"),
    )
    assert process.wait(timeout=60) == 0, log.read_text()
    return copy


def restore(server: Server, copy: Path, postgres: Postgres) -> dict[str, Any]:
    """Restore a copy made by `save`. Returns the settings of a Dibs that uses it."""
    if isinstance(server.database, Path):
        with closing(sqlite3.connect(copy)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        (data := copy.with_name(f"{copy.name} restored")).mkdir()
        shutil.copy(copy, data / "dibs.db")
        return server.settings | {"data": data}
    settings = server.settings | {"database_url": postgres.new_database()}
    outcome = dibs("import", "archive", copy, **settings)
    assert outcome.code == 0, outcome.complained
    return settings


def instant(stored: datetime | int) -> datetime:
    """Return the instant of a value that SQLite or PostgreSQL stores."""
    return stored if isinstance(stored, datetime) else EPOCH + timedelta(microseconds=stored)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, int | None]]:
    """Yield a folder on a disk of 64 kB.

    If the test can't mount one, it also yields the maximum size of files.
    """
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
    data = make_data_folder(tmp_path, DEMO)
    with closing(sqlite3.connect(data / "dibs.db")) as database, database:
        # Random data, which can't be compressed.
        noise = "INSERT INTO outbox (topic, payload, created_at, due_at) VALUES"
        for _ in range(100):
            payload = f'{{"text": "{os.urandom(1000).hex()}"}}'
            database.execute(f"{noise} ('none', ?, 0, 0)", (payload,))
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
    data = make_data_folder(tmp_path, DEMO)
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
