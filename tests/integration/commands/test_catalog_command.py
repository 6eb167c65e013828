"""The owner's catalog file: applied, exported, and read again by a running server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import refusal_of
from tests.support.catalog_files import DEMO
from tests.support.commands import apply_catalog, dibs
from tests.support.days import at, wire, working_day
from tests.support.server import Server
from tests.support.waiting import until

Ask = Callable[..., list[tuple[Any, ...]]]


Write = Callable[[str], Path]


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


def test_an_accent_that_cannot_be_read_is_named(tmp_path: Path, write: Write) -> None:
    looking = DEMO.replace("[business]\n", '[business]\naccent = "#FFDD00"\nradius = 0\n')
    applied = dibs("catalog", "apply", write(looking), "--data", tmp_path / "data")
    assert applied.code == 0
    (note,) = (line for line in applied.said if line.startswith("note:"))
    assert note.startswith("note: accent #ffdd00 can't be read on a light page: ")
    exported = dibs("catalog", "export", "--data", tmp_path / "data").said
    assert {'accent = "#ffdd00"', "radius = 0", 'font = "system"'} <= set(exported)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('accent = "green"', "business.accent: write a colour as six digits"),
        ("accent = 255", "business.accent: write a colour as six digits"),
        ("radius = 25", "business.radius: it must be at most 24"),
        ("radius = 1.5", "business.radius: write a whole number"),
        ('font = "comic"', "business.font: it must be 'system', 'humanist', "),
        ('logo = "no.png"', "there is no file no.png"),
        ('logo = " "', "business.logo: is blank"),
    ],
)
def test_faults_of_the_appearance_are_named(write: Write, line: str, said: str) -> None:
    refused = dibs("catalog", "apply", write(DEMO.replace("[business]\n", f"[business]\n{line}\n")))
    assert refused.code == 1
    assert said in "\n".join(refused.complained)


def test_what_is_exported_can_be_applied_and_changes_nothing(server: Server, write: Write) -> None:
    exported = dibs("catalog", "export", "--data", server.data)
    assert exported.code == 0
    text = "\n".join(exported.said)
    assert apply_catalog(server, write(text)).said == ["nothing to change"]


def test_applying_names_what_it_changes_adds_and_retires(server: Server, write: Write) -> None:
    changed = DEMO.replace("Photo Session", "Photo Shooting")
    changed = changed.replace("resources = [4]\n", "resources = [1]\n")
    changed, _, _ = changed.partition("[[resources]]\nid = 4")
    assert apply_catalog(server, write(changed), "--dry-run").said[:-1] == [
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
    outcome = apply_catalog(server, file)
    assert (outcome.code, outcome.said) == (1, [])
    assert any(
        fault.removeprefix("dibs: ").startswith(f"{file}: line {line}: ") and word in fault
        for fault in outcome.complained
    ), outcome.complained
    assert apply_catalog(server, write(DEMO)).said == ["nothing to change"]


def test_all_faults_of_a_catalog_are_named_at_once(server: Server, write: Write) -> None:
    text = DEMO.replace("duration = 60", "duration = -1").replace("capacity = 10", "capacity = 0")
    assert len(apply_catalog(server, write(text)).complained) == 2


@pytest.mark.parametrize("text", ["", "garbage", "[business", "[business]\nname = 1", "\0"])
def test_what_is_no_catalog_is_refused(server: Server, write: Write, text: str) -> None:
    outcome = apply_catalog(server, write(text))
    assert outcome.code == 1
    assert all("line" in fault or "at end of document" in fault for fault in outcome.complained)


def test_a_file_that_cannot_be_read_is_refused_in_a_line(server: Server, tmp_path: Path) -> None:
    (binary := tmp_path / "binary").write_bytes(b"\xff\xfe")
    for file in (tmp_path / "missing.toml", tmp_path, binary):
        outcome = apply_catalog(server, file)
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
        assert apply_catalog(server, write(changed)).said == ["resource 1 Sarah Jones: changed"]

        names = {each["name"] for each in server.http.get("/api/v1/resources").json()}
        assert "Sarah Jones" in names
        assert refusal_of(visitor.book(at("10:00", day))) == (409, "slot_closed")

        def follows() -> bool:
            opens: str = visitor.board(1, day)["open"][0]["starts_at"]
            return opens == wire(at("12:00", day))

        until(follows, "the board shows the new hours")
        assert visitor.board(1, day)["revision"] != before["revision"]
        assert "10:00" not in visitor.slots(day=day, resource=1)
    finally:
        apply_catalog(server, write(DEMO), "--yes")


def test_addresses_and_places_change_no_time_and_staff_addresses_stay_private(
    server: Server, write: Write
) -> None:
    visitor, day = server.visitor(), working_day(3)
    booking = visitor.book(at("09:00", day)).json()
    wanted = DEMO.replace("studio@example.com", "desk@example.com")
    wanted = wanted.replace("2 Example Street", "3 Example Street")
    wanted = wanted.replace("# email = ", "email = ").replace("[1440]", "[600]")
    try:
        assert apply_catalog(server, write(wanted)).said == [
            "business: changed",
            "service 3 Photo Session: changed",
            "resource 1 Sarah Johnson: changed",
        ]
        assert server.http.get("/api/v1/business").json()["email"] == "desk@example.com"
        services = {each["id"]: each for each in server.http.get("/api/v1/services").json()}
        assert services[3]["place"] == "Daylight Studio, 3 Example Street"
        assert services[1]["place"] is None
        assert "sarah@example.com" not in server.http.get("/api/v1/resources").text
        moved = visitor.reschedule(booking, at("09:30", day))
        assert moved.status_code == 200, moved.text
        assert visitor.cancel(booking).status_code == 200
    finally:
        apply_catalog(server, write(DEMO), "--yes")


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
        assert (
            "resource 2 Mike Wilson: retired" in apply_catalog(server, write(retired), "--yes").said
        )
        until(
            lambda: server.http.get(f"/api/v1/boards/2/{day}").status_code == 404,
            "the board is gone",
        )
        assert visitor.book(at("11:00", day), resource=2).status_code == 404
        assert visitor.read(booking).json()["status"] == "confirmed"
        assert visitor.cancel(booking).status_code == 200
    finally:
        apply_catalog(server, write(DEMO), "--yes")
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
        assert apply_catalog(server, write(DEMO.replace("150.00", "180.00"))).code == 0
        new = visitor.book(at("15:00", day), service=2, resource=2).json()
        assert visitor.reschedule(old, at("16:00", day)).status_code == 200
        assert (price(old), price(new)) == ("150.00", "180.00")
    finally:
        apply_catalog(server, write(DEMO), "--yes")
    assert visitor.cancel(old).status_code == visitor.cancel(new).status_code == 200
