"""Bookings of what is no longer on offer: named, cancelled, and not moved, with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from support.answers import refused
from support.catalog_files import without_horizon
from support.commands import dibs
from support.days import at, working_day
from support.server import Server
from support.waiting import until

CATALOG = without_horizon()
#: What is taken out of the catalogue, and the code and the word of the refusal.
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
    """One of the shared servers; its catalogue is put back."""
    server: Server = request.getfixturevalue("_servers").get("retired", request.param)
    yield server
    apply(server, CATALOG)


def apply(server: Server, text: str) -> None:
    (file := server.data.parent / "retired.toml").write_text(text, encoding="utf-8")
    applied = dibs("catalog", "apply", file, "--data", server.data, **server.settings)
    assert applied.code == 0, applied.complained


def offered_by(server: Server) -> list[int]:
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
    until(lambda: offered_by(server) == [1, 2], "both offer it")
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
    assert refused(moved) == (409, code)
    assert moved.json()["alternatives"] == []
    proof = {name: booking[name] for name in ("reference", "manage_token")}
    wish = {"service_id": 2, "starts_at": read["ends_at"], "booking": proof}
    assert refused(server.http.post("/api/v1/holds", json=wish)) == (409, code)
    assert ann.read(booking).json()["starts_at"] == booking["starts_at"]
    assert ann.cancel(booking).json()["status"] == "cancelled"
    assert ann.cancel(booking).json()["status"] == "cancelled"
