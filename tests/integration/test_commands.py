"""The owner's command line, beside a server that runs and without one."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dibs import __version__
from dibs.plain_text import escape_unprintable
from dibs.settings import Settings
from tests.support.answers import refused, states
from tests.support.catalog_files import DEMO
from tests.support.commands import Outcome, dibs
from tests.support.days import at, wire, working_day
from tests.support.server import DIBS, Server, environment
from tests.support.waiting import until

Ask = Callable[..., list[tuple[Any, ...]]]
StartServer = Callable[..., Server]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With the demo's catalog; a test that changes it changes it back."""
    server = Server.start(tmp_path_factory.mktemp("commands") / "data")
    yield server
    server.stop()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a catalog file."""

    def made(text: str) -> Path:
        (file := tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
        return file

    return made


Write = Callable[[str], Path]


def apply(server: Server, file: Path, *more: str) -> Outcome:
    return dibs("catalog", "apply", file, "--data", server.data, *more)


# --- catalog


def test_applying_again_changes_nothing(tmp_path: Path, write: Write) -> None:
    file = write(DEMO)
    first = dibs("catalog", "apply", file, "--data", tmp_path / "data")
    assert first.code == 0
    assert "business: set up" in first.said
    assert "service 2 Premium Service: added" in first.said
    again = dibs("catalog", "apply", file, "--data", tmp_path / "data")
    assert (again.code, again.said) == (0, ["nothing to change"])


def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path: Path, write: Write) -> None:
    data = tmp_path / "data"
    dry = dibs("catalog", "apply", write(DEMO), "--data", data, "--dry-run")
    assert dry.said[0] == "business: set up"
    assert dry.said[-1] == "nothing was changed: this was a dry run"
    assert dibs("catalog", "export", "--data", data).code == 1
    assert dibs("catalog", "apply", write(DEMO), "--data", data).said == dry.said[:-1]


def test_what_is_exported_can_be_applied_and_changes_nothing(server: Server, write: Write) -> None:
    exported = dibs("catalog", "export", "--data", server.data)
    assert exported.code == 0
    text = "\n".join(exported.said)
    assert apply(server, write(text)).said == ["nothing to change"]


def test_applying_names_what_it_changes_adds_and_retires(server: Server, write: Write) -> None:
    changed = DEMO.replace("Photo Session", "Photo Shooting")
    changed = changed.replace("resources = [4]\n", "resources = [1]\n")
    changed, _, _ = changed.partition("[[resources]]\nid = 4")
    assert apply(server, write(changed), "--dry-run").said[:-1] == [
        "service 3 Photo Shooting: changed",
        "service 4 Drawing Class: changed",
        "resource 4 Nora Lind: retired",
    ]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("duration = 60", 'duration = "60"', "duration"),
        ("duration = 60", "duration = 0", "duration"),
        ("duration = 60", "length = 60", "length"),
        ("resources = [1, 2]", "resources = [1, 7]", "resource 7"),
        ("resources = [1, 2]", "resources = [1, 1]", "twice"),
        ('time_zone = "UTC"', 'time_zone = "Mars"', "Mars"),
        ('currency = "EUR"', 'currency = "euro"', "currency"),
        ('price = "75.00"', "price = 75.00", "price"),
        ('tue = ["17:00-21:00"]', 'tue = ["21:00-17:00"]', "tue"),
        ('tue = ["17:00-21:00"]', 'tue = ["17-21"]', "tue"),
        ('tue = ["17:00-21:00"]', 'tuesday = ["17:00-21:00"]', "tuesday"),
        ('kind = "room"', 'kind = "ship"', "kind"),
        ('id = 2\nname = "Mike', 'id = 1\nname = "Mike', "twice"),
    ],
)
def test_a_fault_in_a_catalog_is_named_by_its_line(
    server: Server, write: Write, old: str, new: str, word: str
) -> None:
    before, _, after = DEMO.partition(old)
    line = before.count("\n") + 1
    file = write(before + new + after)
    outcome = apply(server, file)
    assert (outcome.code, outcome.said) == (1, [])
    assert any(
        fault.removeprefix("dibs: ").startswith(f"{file}: line {line}: ") and word in fault
        for fault in outcome.complained
    ), outcome.complained
    assert apply(server, write(DEMO)).said == ["nothing to change"]


def test_all_faults_of_a_catalog_are_named_at_once(server: Server, write: Write) -> None:
    text = DEMO.replace("duration = 60", "duration = -1").replace("capacity = 10", "capacity = 0")
    assert len(apply(server, write(text)).complained) == 2


@pytest.mark.parametrize("text", ["", "garbage", "[business", "[business]\nname = 1", "\0"])
def test_what_is_no_catalog_is_refused(server: Server, write: Write, text: str) -> None:
    outcome = apply(server, write(text))
    assert outcome.code == 1
    assert all("line" in fault or "at end of document" in fault for fault in outcome.complained)


def test_a_file_that_cannot_be_read_is_refused_in_a_line(server: Server, tmp_path: Path) -> None:
    (binary := tmp_path / "binary").write_bytes(b"\xff\xfe")
    for file in (tmp_path / "missing.toml", tmp_path, binary):
        outcome = apply(server, file)
        assert (outcome.code, len(outcome.complained)) == (1, 1)


@pytest.mark.scenario(32)
def test_a_running_server_follows_the_catalog_within_a_second_or_so(
    server: Server, write: Write
) -> None:
    visitor, day = server.visitor(), working_day(2)
    before = visitor.board(1, day)
    try:
        changed = DEMO.replace("Sarah Johnson", "Sarah Jones")
        changed = changed.replace('wed = ["09:00-17:00"]', 'wed = ["12:00-17:00"]', 1)
        assert apply(server, write(changed)).said == ["resource 1 Sarah Jones: changed"]

        names = {each["name"] for each in server.http.get("/api/v1/resources").json()}
        assert "Sarah Jones" in names
        assert refused(visitor.book(at("10:00", day))) == (409, "slot_closed")

        def follows() -> bool:
            opens: str = visitor.board(1, day)["open"][0]["starts_at"]
            return opens == wire(at("12:00", day))

        until(follows, "the board shows the new hours")
        assert visitor.board(1, day)["revision"] != before["revision"]
        assert "10:00" not in visitor.slots(day=day, resource=1)
    finally:
        apply(server, write(DEMO), "--yes")


def test_what_is_retired_is_no_longer_on_offer_and_its_bookings_stay(
    server: Server, write: Write
) -> None:
    visitor, day = server.visitor(), working_day(2)
    booking = visitor.book(at("10:00", day), resource=2).json()
    assert visitor.board(2, day)["busy"] != []
    without, _, rest = DEMO.partition("[[resources]]\nid = 2")
    try:
        retired = without + rest[rest.index("[[resources]]") :]
        retired = retired.replace("resources = [1, 2]", "resources = [1]")
        assert "resource 2 Mike Wilson: retired" in apply(server, write(retired), "--yes").said
        until(
            lambda: server.http.get(f"/api/v1/boards/2/{day}").status_code == 404,
            "the board is gone",
        )
        assert visitor.book(at("11:00", day), resource=2).status_code == 404
        assert visitor.read(booking).json()["status"] == "confirmed"
        assert visitor.cancel(booking).status_code == 200
    finally:
        apply(server, write(DEMO), "--yes")
    assert visitor.slots(day=day, resource=2)["10:00"]["state"] == "free"


@pytest.mark.scenario(12)
def test_a_new_price_holds_for_new_bookings_only(server: Server, write: Write, select: Ask) -> None:
    def price(booking: dict[str, Any]) -> str:
        statement = "SELECT price FROM bookings WHERE reference = ?"
        ((found,),) = select(server, statement, booking["reference"])
        return str(found)

    visitor, day = server.visitor(), working_day(3)
    old = visitor.book(at("13:00", day), service=2, resource=2).json()
    try:
        assert apply(server, write(DEMO.replace("150.00", "180.00"))).code == 0
        new = visitor.book(at("15:00", day), service=2, resource=2).json()
        assert visitor.reschedule(old, at("16:00", day)).status_code == 200
        assert (price(old), price(new)) == ("150.00", "180.00")
    finally:
        apply(server, write(DEMO), "--yes")
    assert visitor.cancel(old).status_code == visitor.cancel(new).status_code == 200


# --- bookings, cancel


def listed(server: Server, *arguments: str) -> list[dict[str, Any]]:
    outcome = dibs("bookings", "--json", "--data", server.data, *arguments, **server.settings)
    assert outcome.code == 0
    rows: list[dict[str, Any]] = json.loads("\n".join(outcome.said))
    return rows


def test_the_bookings_of_a_day_are_listed_with_who_booked(shared: Server, day: date) -> None:
    visitor = shared.visitor()
    booking = visitor.book(at("10:00", day), service=2, phone="+1 555 0001").json()
    visitor.book(at("09:00", day - timedelta(days=1)))
    cancelled = visitor.book(at("15:00", day)).json()
    visitor.cancel(cancelled)
    assert listed(shared, "--day", str(day)) == [
        {
            "starts_at": f"{day}T10:00+00:00",
            "ends_at": f"{day}T11:00+00:00",
            "time_zone": "UTC",
            "reference": booking["reference"],
            "status": "confirmed",
            "service": "Premium Service",
            "resource": "Sarah Johnson",
            "name": "Ann Lee",
            "email": "ann@example.com",
            "phone": "+1 555 0001",
            "phone_e164": None,
        }
    ]
    assert booking["reference"] in {row["reference"] for row in listed(shared)}
    plain = dibs("bookings", "--day", day, "--data", shared.data, **shared.settings)
    zone, line = plain.said
    assert zone == "Times are in UTC."
    assert booking["reference"] in line


def test_a_day_without_bookings_is_an_empty_list(shared: Server) -> None:
    assert listed(shared, "--day", "2001-01-01") == []
    plain = dibs("bookings", "--day", "2001-01-01", "--data", shared.data, **shared.settings)
    assert plain.said == ["Times are in UTC."]


@pytest.mark.parametrize("day", ["2026-02-30", "garbage", "*", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused(shared: Server, day: str) -> None:
    assert dibs("bookings", "--day", day, "--data", shared.data, **shared.settings).code == 2


@pytest.mark.parametrize("number", ["0", "garbage", str(2**31), str(10**20)])
def test_the_number_of_a_conflict_that_can_be_none_is_refused(shared: Server, number: str) -> None:
    outcome = dibs("conflicts", "resolve", number, "--data", shared.data, **shared.settings)
    assert outcome.code == 2


def test_the_owner_can_end_a_checkout_that_is_listed(shared: Server, day: date) -> None:
    ann = shared.visitor()
    ann.check_out(at("10:00", day))
    outcome = dibs("bookings", "--day", day, "--json", "--data", shared.data, **shared.settings)
    (listed,) = json.loads("\n".join(outcome.said))
    assert listed["status"] == "pending"
    assert dibs("cancel", listed["reference"], "--data", shared.data, **shared.settings).code == 0
    until(lambda: ann.slots(day=day, resource=1)["10:00"]["state"] == "free", "the time is free")


def test_a_booking_cancelled_by_the_owner_is_free_on_the_running_server(
    shared: Server, day: date, select: Ask
) -> None:
    ann, bob = shared.visitor(), shared.visitor()
    booking = ann.book(at("10:00", day)).json()
    assert states(bob.board(1, day)) == ["taken"]
    outcome = dibs("cancel", booking["reference"].lower(), "--data", shared.data, **shared.settings)
    assert (outcome.code, outcome.said) == (0, [f"{booking['reference']} is cancelled"])
    until(lambda: bob.board(1, day)["busy"] == [], "the board follows")
    assert bob.book(at("10:00", day)).status_code == 201
    assert ann.read(booking).json()["status"] == "cancelled"
    told = "SELECT actor FROM audit WHERE action = 'booking.cancelled' ORDER BY id DESC LIMIT 1"
    assert select(shared, told) == [("owner",)]


def test_cancelling_again_by_the_owner_changes_nothing(shared: Server, day: date) -> None:
    ann, bob = shared.visitor(), shared.visitor()
    booking = ann.book(at("12:00", day)).json()
    assert dibs("cancel", booking["reference"], "--data", shared.data, **shared.settings).code == 0
    until(lambda: bob.book(at("12:00", day)).status_code == 201, "it can be booked")
    assert dibs("cancel", booking["reference"], "--data", shared.data, **shared.settings).code == 0
    assert refused(ann.book(at("12:00", day))) == (409, "slot_taken")


@pytest.mark.parametrize("reference", ["AAAAA-AAAAA", "", "'; DROP TABLE bookings", "\x7f"])
def test_a_booking_that_is_none_cannot_be_cancelled(shared: Server, reference: str) -> None:
    outcome = dibs("cancel", reference, "--data", shared.data, **shared.settings)
    assert (outcome.code, outcome.said) == (1, [])
    said = escape_unprintable(reference.upper())
    assert outcome.complained == [f"dibs: There is no booking {said}."]


# --- settings, version


def test_the_version_is_said() -> None:
    assert dibs("--version").said == [f"dibs {__version__}"]


def test_settings_take_the_folder_as_all_commands_do(tmp_path: Path) -> None:
    assert f"DIBS_DATA={tmp_path}" in dibs("settings", "--data", tmp_path).said


def test_every_setting_is_shown_with_its_value_and_meaning() -> None:
    outcome = dibs("settings", hold_fresh=77, secret_key="not-to-be-shown" * 3)
    text = "\n".join(outcome.said)
    for name, field in Settings.model_fields.items():
        assert f"DIBS_{name.upper()}=" in text
        assert field.description
        assert field.description in text
    assert "DIBS_HOLD_FRESH=77" in text
    assert "not-to-be-shown" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "abc"),
        ("port", "70000"),
        ("hold_fresh", "0"),
        ("hold_fresh", "-1"),
        ("hold_fresh", "inf"),
        ("hold_fresh", "nan"),
        ("checkout_time", "soon"),
        ("log_level", "loud"),
        ("database_url", "mysql://x"),
        ("secret_key", "a" * 31),
        ("secret_key_previous", "a"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    outcome = dibs("settings", **{name: value})
    assert (outcome.code, outcome.said) == (1, [])
    (line,) = outcome.complained
    assert f"DIBS_{name.upper()}" in line


# --- starting


def start(*arguments: object, **settings: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*DIBS, *map(str, arguments)],
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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


def test_a_locked_database_or_a_taken_port_is_said_in_a_line(
    server: Server, tmp_path: Path
) -> None:
    """Both as processes of their own, at once: a locked database is given five seconds."""
    (locked := tmp_path / "locked").mkdir()
    port = int(server.url.rpartition(":")[2])
    with closing(sqlite3.connect(locked / "dibs.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = {
            "database is locked": start("serve", "--port", 0, "--data", locked),
            f"Port {port} is taken": start("demo", "--port", port, "--data", tmp_path / "a"),
        }
        ended = {word: process.communicate(timeout=60) for word, process in started.items()}
    for word, (said, complained) in ended.items():
        assert (started[word].returncode, said) == (1, "")
        assert len(complained.splitlines()) == 1, complained
        assert word in complained


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
        assert refused(http.get(path)) == (404, "not_found")
    ann = server.visitor()
    for attempt in (ann.hold, ann.check_out, ann.book):
        assert refused(attempt("10:00")) == (404, "not_found")
    poll = http.get(f"/wp-json/appointease/v1/slots/poll?date={day}&employee_id=1")
    assert poll.json()["booked_slots"] == []

    assert apply(server, write(DEMO)).code == 0
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
    assert apply(server, own).said == ["nothing to change"]


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
    # All is in the one file: nothing is left to be merged into it.
    assert not (server.data / "dibs.db-wal").exists()
