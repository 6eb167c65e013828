"""A server that can't start says why in one line, and a server that is told to stop does so."""

from __future__ import annotations

import signal
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dibs.ledger import migrate
from tests.support.answers import refusal_of, states
from tests.support.catalog_files import DEMO
from tests.support.commands import apply_catalog, dibs
from tests.support.days import working_day
from tests.support.server import Server

StartServer = Callable[..., Server]


Write = Callable[[str], Path]


# --- starting


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as made, made:
        made.execute("CREATE TABLE alembic_version (version_num TEXT NOT NULL)")
        made.execute("INSERT INTO alembic_version VALUES ('9999')")


def of_another_program(database: Path) -> None:
    with closing(sqlite3.connect(database)) as made, made:
        made.execute("CREATE TABLE songs (title TEXT)")


def no_database(database: Path) -> None:
    database.write_bytes(b"This is a letter, and no database. " * 100)


def cut_short(database: Path) -> None:
    with closing(sqlite3.connect(database)) as made, made:
        made.execute("CREATE TABLE songs (title TEXT)")
    database.write_bytes(database.read_bytes()[:2000])


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (newer, "newer Dibs"),
        (of_another_program, "another program"),
        (no_database, "not a database"),
        (cut_short, "malformed"),
        (Path.mkdir, "unable to open"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "bookings", "catalog export", "cancel X"])
def test_a_database_that_cannot_be_used_is_said_in_a_line_and_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None], word: str, command: str
) -> None:
    spoil(database := tmp_path / "dibs.db")
    before = database.read_bytes() if database.is_file() else b""
    outcome = dibs(*command.split(), "--data", tmp_path)
    assert (outcome.code, outcome.said) == (1, [])
    (line,) = outcome.complained
    assert line.startswith("dibs: ")
    assert word in line
    assert str(database) in line
    assert (database.read_bytes() if database.is_file() else b"") == before


@pytest.mark.parametrize(
    "settings",
    [
        {"data": "/nowhere/to/be/found"},
        {"data": "/proc/dibs"},
        {"database_url": "sqlite:////nowhere/to/be/found/dibs.db"},
        {"database_url": "sqlite:////proc/dibs.db"},
    ],
)
def test_a_folder_that_is_missing_or_read_only_is_said_in_a_line(settings: dict[str, str]) -> None:
    outcome = dibs("migrate", **settings)
    assert (outcome.code, outcome.said, len(outcome.complained)) == (1, [], 1)


def test_a_locked_database_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_WAIT", 1.0)  # instead of half a minute
    with closing(sqlite3.connect(tmp_path / "dibs.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        outcome = dibs("serve", "--port", 0, "--data", tmp_path)
    assert (outcome.code, outcome.said, len(outcome.complained)) == (1, [], 1)
    assert "database is locked" in outcome.complained[0]


def test_a_taken_port_is_said_in_a_line(server: Server, tmp_path: Path) -> None:
    port = int(server.url.rpartition(":")[2])
    outcome = dibs("demo", "--port", port, "--data", tmp_path / "data")
    assert (outcome.code, outcome.said, len(outcome.complained)) == (1, [], 1)
    assert f"Port {port} is taken" in outcome.complained[0]


def test_a_second_server_on_the_same_data_is_refused(server: Server) -> None:
    outcome = dibs("serve", "--port", 0, "--data", server.data)
    assert (outcome.code, outcome.said) == (1, [])
    (line,) = outcome.complained
    assert line == f"dibs: Another Dibs is running on {server.database} already."


def test_an_address_that_is_not_ours_is_said_in_a_line(tmp_path: Path) -> None:
    outcome = dibs("serve", "--host", "192.0.2.1", "--data", tmp_path / "data")
    assert (outcome.code, len(outcome.complained)) == (1, 1)
    assert "Can't listen on 192.0.2.1" in outcome.complained[0]


WELL = {"status": "ok", "holds": "ok", "mail": "off", "tasks": "ok"}


def test_a_server_without_a_business_starts_and_waits_for_one(
    start_server: StartServer, write: Write
) -> None:
    server = start_server(command="serve")
    http, day = server.http, working_day()
    assert http.get("/").status_code == 200
    assert http.get("/health/ready").json() == {"ledger": "empty"} | WELL
    for path in (
        "/api/v1/business",
        "/api/v1/services",
        f"/api/v1/boards/1/{day}",
        f"/api/v1/services/1/days/{day}",
        f"/api/v1/services/1/availability?from={day}&to={day}",
    ):
        assert refusal_of(http.get(path)) == (404, "not_found")
    ann = server.visitor()
    for attempt in (ann.hold, ann.check_out, ann.book):
        assert refusal_of(attempt("10:00")) == (404, "not_found")
    poll = http.get(f"/wp-json/appointease/v1/slots/poll?date={day}&employee_id=1")
    assert poll.json()["booked_slots"] == []

    assert apply_catalog(server, write(DEMO)).code == 0
    assert http.get("/api/v1/business").json()["name"] == "Dibs Studio"
    assert http.get("/health/ready").json() == {"ledger": "ok"} | WELL
    assert ann.book("10:00").status_code == 201
    assert states(ann.board()) == ["taken"]


def test_the_demo_never_goes_over_what_is_there(
    start_server: StartServer, write: Write, tmp_path: Path
) -> None:
    own = write(DEMO.replace("Dibs Studio", "My Own Studio"))
    assert dibs("catalog", "apply", own, "--data", tmp_path / "data").code == 0
    server = start_server(command="demo")
    assert server.http.get("/api/v1/business").json()["name"] == "My Own Studio"
    assert apply_catalog(server, own).said == ["nothing to change"]


# --- stopping


def test_a_server_that_is_told_to_stop_stops_with_exit_code_zero(
    start_server: StartServer,
) -> None:
    server = start_server()
    visitor = server.visitor()
    visitor.book("10:00")
    visitor.hold("11:00")
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    with closing(socket.create_connection((host, int(port)))):
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=15) == 0
    assert "Traceback" not in server.log.read_text()
    with closing(sqlite3.connect(server.database)) as database:
        assert database.execute("SELECT count(*) FROM bookings").fetchall() == [(1,)]
    # Everything is in the one file: no log is left to be merged into it.
    assert not (server.data / "dibs.db-wal").exists()
