"""The catalog changes although there are bookings: the owner is warned, and each booking stays."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import PluginClient, wordpress_error
from tests.support.catalog_files import DEMO, without_horizon
from tests.support.commands import Outcome, dibs
from tests.support.days import at, wire, working_day
from tests.support.server import DIBS, Server, environment
from tests.support.waiting import until

CATALOG = without_horizon()
#: For each removal: the texts at which the removed part of the catalog starts and ends, and the
#: code of the refusal.
RETIREMENTS = {
    "the service": ("[[services]]\nid = 2", "[[services]]\nid = 3", "service_retired"),
    "the person": ("[[resources]]\nid = 1", "[[resources]]\nid = 2", "resource_retired"),
    "the person from the service": ("", "", "resource_retired"),
}


def retire(what: str) -> str:
    begin, end, _ = RETIREMENTS[what]
    if not begin:
        before, head, after = CATALOG.partition("id = 2\n")
        return before + head + after.replace("resources = [1, 2]", "resources = [2]", 1)
    before, _, rest = CATALOG.partition(begin)
    left = before + rest[rest.index(end) :]
    return left.replace("[1, 2]", "[2]") if what == "the person" else left


@pytest.fixture(params=["embedded", "production"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Yield one of the shared servers. Its catalog is restored in the end."""
    server: Server = request.getfixturevalue("_servers").get("retired", request.param)
    yield server
    apply(server, CATALOG)


def apply(server: Server, text: str) -> None:
    (file := server.data.parent / "retired.toml").write_text(text, encoding="utf-8")
    applied = dibs("catalog", "apply", file, "--data", server.data, "--yes", **server.settings)
    assert applied.code == 0, applied.complained


def list_resources(server: Server) -> list[int]:
    for service in server.http.get("/api/v1/services").json():
        if service["id"] == 2:
            found: list[int] = service["resource_ids"]
            return found
    return []


@pytest.mark.parametrize("what", RETIREMENTS)
def test_a_booking_of_what_is_retired_keeps_its_names_and_says_why_it_stays(
    server: Server, what: str
) -> None:
    apply(server, CATALOG)
    ann, day = server.visitor(), working_day(2)
    until(lambda: list_resources(server) == [1, 2], "both offer it")
    booking = ann.book(at("14:00", day), service=2, resource=1).json()
    _, _, code = RETIREMENTS[what]
    apply(server, retire(what))
    until(lambda: ann.read(booking).json()["unmovable"] == code, "the server knows")

    read = ann.read(booking).json()
    assert (read["service_name"], read["resource_name"]) == ("Premium Service", "Sarah Johnson")
    listed = dibs("bookings", "--json", "--data", server.data, **server.settings)
    (row,) = (
        each
        for each in json.loads("\n".join(listed.said))
        if each["reference"] == booking["reference"]
    )
    assert (row["service"], row["resource"]) == ("Premium Service", "Sarah Johnson")

    moved = ann.reschedule(booking, at("15:00", day))
    assert refusal_of(moved) == (409, code)
    assert moved.json()["alternatives"] == []
    proof = {name: booking[name] for name in ("reference", "manage_token")}
    slot_request = {"service_id": 2, "starts_at": read["ends_at"], "booking": proof}
    assert refusal_of(server.http.post("/api/v1/holds", json=slot_request)) == (409, code)
    assert ann.read(booking).json()["starts_at"] == booking["starts_at"]
    assert ann.cancel(booking).json()["status"] == "cancelled"
    assert ann.cancel(booking).json()["status"] == "cancelled"


# --- until when a customer can change a booking


@pytest.mark.scenario(48)
def test_within_the_notices_only_the_owner_cancels(
    server: Server, plugin_client: Callable[..., PluginClient]
) -> None:
    apply(server, CATALOG)
    ann, day = server.visitor(), working_day(4)
    until(lambda: list_resources(server) == [1, 2], "both offer it")
    booking = ann.book(at("10:00", day), service=2, resource=1).json()
    client = plugin_client(server, "ann")
    client.day = day
    number = client.book("12:00", service_id=2).json()["appointment_id"]
    for change in ("move", "cancel"):
        until_start = (booking["starts_at"], True)
        assert (booking[f"{change}_until"], booking[f"can_{change}"]) == until_start
    a_year, a_month_less = 366 * 24 * 60, 336 * 24 * 60
    before, head, after = CATALOG.partition("id = 2\n")
    apply(server, f"{before}{head}move_notice = {a_year}\ncancel_notice = {a_month_less}\n{after}")

    def list_notices() -> list[tuple[int, int]]:
        services = server.http.get("/api/v1/services").json()
        return [
            (each["move_notice"], each["cancel_notice"])
            for each in services
            if each["id"] in (1, 2)
        ]

    until(lambda: list_notices() == [(0, 0), (a_year, a_month_less)], "it is told")

    start = at("10:00", day)
    over = {
        "move": wire(start - timedelta(minutes=a_year)),
        "cancel": wire(start - timedelta(minutes=a_month_less)),
    }
    read = ann.read(booking).json()
    for change, moment in over.items():
        assert (read[f"{change}_until"], read[f"can_{change}"]) == (moment, False)
    proof = {name: booking[name] for name in ("reference", "manage_token")}
    slot_request = {"service_id": 2, "starts_at": wire(at("15:00", day)), "booking": proof}
    for answer, change in (
        (ann.reschedule(booking, at("15:00", day)), "move"),
        (ann.cancel(booking), "cancel"),
        (server.http.post("/api/v1/holds", json=slot_request), "move"),
    ):
        assert refusal_of(answer) == (409, f"too_late_to_{change}")
        assert answer.json()[f"{change}_until"] == over[change]
    for answer, change in (
        (client.move(number, f"{day} 15:00:00"), "move"),
        (client.cancel(number), "cancel"),
    ):
        message = f"It is too late to {change} this booking; please ask the business."
        assert answer.status_code == 409
        assert answer.json() == wordpress_error(f"too_late_to_{change}", message, 409)
    assert ann.read(booking).json()["status"] == "confirmed"
    owners = dibs("cancel", booking["reference"], "--data", server.data, **server.settings)
    assert owners.code == 0
    cancelled = ann.cancel(booking).json()
    assert (cancelled["can_move"], cancelled["can_cancel"]) == (False, False)


# --- what the owner is told


def offer(server: Server, text: str, *options: str) -> Outcome:
    (file := server.data.parent / "changed.toml").write_text(text, encoding="utf-8")
    return dibs("catalog", "apply", file, "--data", server.data, *options, **server.settings)


def test_bookings_that_a_change_concerns_are_named_and_have_to_be_agreed_to(
    server: Server,
) -> None:
    apply(server, CATALOG)
    ann, day = server.visitor(), working_day(3)
    until(lambda: list_resources(server) == [1, 2], "both offer it")
    first, second, other = (
        ann.book(at(clock, day), resource=1).json() for clock in ("10:00", "12:00", "15:00")
    )
    closure = f"[[closures]]\nfrom = {day}T09:30:00\nto = {day}T12:30:00\nreason = 'Repairs'\n"
    closed = CATALOG + closure
    why = f"it is closed from {day} 09:30 to {day} 12:30 UTC (Repairs)"
    named = [
        "closures of the business: changed",
        "2 bookings are concerned:",
        f"  {first['reference']}  {day} 10:00 UTC  Consultation, Sarah Johnson: {why}",
        f"  {second['reference']}  {day} 12:00 UTC  Consultation, Sarah Johnson: {why}",
    ]
    dry = offer(server, closed, "--dry-run")
    assert (dry.code, dry.said[:-1], dry.complained) == (0, named, [])
    assert dry.said[-1] == "nothing was changed: this was a dry run"

    refusal = offer(server, closed)
    assert (refusal.code, refusal.said) == (3, named)
    (complaint,) = refusal.complained
    assert complaint.startswith("dibs: Nothing was changed, because bookings are concerned.")
    assert "--yes" in complaint
    assert offer(server, CATALOG).said == ["nothing to change"]

    agreed = offer(server, closed, "--yes")
    assert (agreed.code, agreed.said, agreed.complained) == (0, named, [])
    assert {ann.read(each).json()["status"] for each in (first, second, other)} == {"confirmed"}
    # The owner has agreed to this; another change doesn't ask again.
    assert offer(server, closed.replace('"75.00"', '"80.00"')).said == [
        "service 1 Consultation: changed"
    ]
    for each in (first, second, other):
        assert ann.cancel(each).status_code == 200


def test_at_a_terminal_the_owner_is_asked(start_server: Callable[..., Server]) -> None:
    server = start_server()
    server.visitor().book(at("10:00"), resource=1)
    day = working_day()
    closed = DEMO + f"[[closures]]\nfrom = {day}\nto = {day}\n"
    (file := server.data.parent / "changed.toml").write_text(closed, encoding="utf-8")
    command = [*DIBS, "catalog", "apply", str(file), "--data", str(server.data)]
    for answer, code in ((b"n\n", 3), (b"y\n", 0)):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=environment()
        )
        os.write(ours, answer)
        assert process.stdout is not None
        said, _ = process.communicate(timeout=60)
        os.close(theirs)
        os.close(ours)
        assert process.returncode == code
        assert b"1 booking is concerned:" in said
    assert offer(server, closed).said == ["nothing to change"]
