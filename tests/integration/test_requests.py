"""Booking requests over HTTP, and the letters about them: each person is told of each event
once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import MODES
from tests.support.appointease import PluginClient, read_booking
from tests.support.catalog_files import ONE_PERSON
from tests.support.commands import dibs, make_data_folder
from tests.support.days import at, wire
from tests.support.mail import MailSink, text_of
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.waiting import until

ANN, MIA, DESK = "ann@example.com", "mia@example.com", "desk@example.com"
CATALOG = ONE_PERSON.replace("duration = 60\n", "duration = 60\napprove_within = 600\n").replace(
    'hours = { wed = ["09:00-17:00"] }',
    "hours = { "
    + ", ".join(
        f'{day} = ["00:00-24:00"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    )
    + " }",
)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture(params=MODES)
def server(request: pytest.FixtureRequest, tmp_path: Path, sink: MailSink) -> Iterator[Server]:
    settings: dict[str, Any] = {"smtp_url": sink.url, "mail_from": "studio@dibs.example"}
    (file := tmp_path / "asked.toml").write_text(CATALOG, encoding="utf-8")
    if request.param == "production":
        stack: Stack = request.getfixturevalue("stack")
        started = stack.node(**settings)
        given = started.settings
    else:
        make_data_folder(tmp_path, CATALOG)
        started = Server.start(tmp_path / "data", command="serve", **settings)
        given = {"data": started.data}
    applied = dibs("catalog", "apply", file, "--yes", **given)
    assert applied.code == 0, applied.complained
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.fixture
def owner(server: Server) -> Iterator[OfficeBrowser]:
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    yield browser
    browser.close()


def subjects(sink: MailSink, address: str, count: int) -> list[str]:
    until(lambda: len(sink.messages_to(address)) >= count, f"{count} letters to {address}")
    return [str(each["Subject"]).split(":")[0] for each in sink.messages_to(address)]


def all_done(server: Server) -> bool:
    events = "SELECT count(*) FROM outbox WHERE due_at IS NOT NULL"
    waiting = "SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL AND lead = 0"
    return server.sql(f"SELECT ({events}), ({waiting})") == [(0, 0)]


def reminders(server: Server) -> int:
    ((count,),) = server.sql("SELECT count(*) FROM deliveries WHERE letter = 'reminder'")
    return int(count)


def count_waiting_reminders(server: Server) -> int:
    ((count,),) = server.sql(
        "SELECT count(*) FROM deliveries WHERE letter = 'reminder' AND due_at IS NOT NULL"
    )
    return int(count)


def test_an_approved_request(
    server: Server, owner: OfficeBrowser, sink: MailSink, day: date
) -> None:
    ann = server.visitor()
    asked = ann.book(at("10:00", day), email=ANN).json()
    assert asked["status"] == "requested"
    assert asked["answer_until"] is not None
    assert ann.read(asked).json()["can_cancel"] is True
    assert ann.read(asked).json()["can_move"] is True
    assert ann.slots(day=day)["10:00"]["state"] == "taken"
    ics = ann.http.post(
        f"/api/v1/bookings/{asked['reference']}/calendar.ics",
        headers={"Authorization": f"Bearer {asked['manage_token']}"},
    )
    assert "STATUS:TENTATIVE" in ics.text
    assert subjects(sink, ANN, 1) == ["Your request"]
    assert [subjects(sink, each, 1) for each in (MIA, DESK)] == [["To approve"]] * 2
    until(lambda: all_done(server), "all letters are done")
    assert reminders(server) == 0
    listed = owner.get("/bookings?status=requested").json()
    assert (listed["to_approve"], len(listed["bookings"])) == (1, 1)

    path = f"/bookings/{asked['reference']}/approve"
    headers = {"Idempotency-Key": "approved"}
    first, again = (owner.post(path, headers=headers) for _ in range(2))
    assert first.json()["status"] == again.json()["status"] == "confirmed"
    assert ann.read(asked).json()["status"] == "confirmed"
    assert subjects(sink, ANN, 2) == ["Your request", "Booked"]
    assert [subjects(sink, each, 2) for each in (MIA, DESK)] == [["To approve", "New"]] * 2
    until(lambda: all_done(server), "all letters are done")
    assert reminders(server) == 1
    assert sum(len(sink.messages_to(each)) for each in (ANN, MIA, DESK)) == 6
    history = owner.get(f"/bookings/{asked['reference']}").json()["events"]
    assert [(each["action"], each["actor"]) for each in history] == [
        ("booking.requested", "visitor"),
        ("booking.approved", "user"),
    ]
    assert owner.get("/bookings").json()["to_approve"] == 0


def test_a_request_that_is_moved(
    server: Server, owner: OfficeBrowser, sink: MailSink, day: date
) -> None:
    """First its customer moves it, then the office. The letters say that it is still to be
    approved."""
    ann = server.visitor()
    asked = ann.book(at("10:00", day), email=ANN).json()
    subjects(sink, ANN, 1)
    moved = ann.reschedule(asked, at("12:00", day)).json()
    assert (moved["status"], moved["starts_at"]) == ("requested", wire(at("12:00", day)))
    assert moved["answer_until"] >= asked["answer_until"]
    assert subjects(sink, ANN, 2) == ["Your request", "New time"]
    assert [subjects(sink, each, 2) for each in (MIA, DESK)] == [["To approve", "Moved"]] * 2
    path = f"/bookings/{asked['reference']}"
    seen = {name: asked[name] for name in ("resource_id", "starts_at", "ends_at")}
    refused = owner.post(f"{path}/approve", {"seen": seen})
    assert (refused.status_code, refused.json()["code"]) == (409, "booking_changed")
    later = owner.patch(path, {"starts_at": wire(at("14:00", day))}).json()
    assert (later["status"], later["starts_at"]) == ("requested", wire(at("14:00", day)))
    assert subjects(sink, ANN, 3) == ["Your request", "New time", "New time"]
    until(lambda: all_done(server), "all letters are done")
    assert reminders(server) == 0
    for letter in sink.messages_to(ANN)[1:]:
        text = text_of(letter)
        assert "Your request has a new time" in text
        assert "not booked yet" in text
        assert "You will hear from us by" in text
        assert "calendar" not in text
    assert "It is still to be approved." in text_of(sink.messages_to(MIA)[1])
    seen = {name: later[name] for name in ("resource_id", "starts_at", "ends_at")}
    assert owner.post(f"{path}/approve", {"seen": seen}).json()["status"] == "confirmed"
    assert subjects(sink, ANN, 4)[-1] == "Booked"
    until(lambda: all_done(server), "all letters are done")
    assert reminders(server) == 1


def test_an_approved_booking_that_its_customer_moves(
    server: Server, owner: OfficeBrowser, sink: MailSink, day: date
) -> None:
    """It must be approved again, and nobody is reminded of it until then."""
    ann = server.visitor()
    asked = ann.book(at("10:00", day), email=ANN).json()
    path = f"/bookings/{asked['reference']}"
    subjects(sink, ANN, 1)
    assert owner.post(f"{path}/approve").json()["status"] == "confirmed"
    subjects(sink, ANN, 2)
    moved = ann.reschedule(asked, at("12:00", day)).json()
    assert (moved["status"], moved["starts_at"]) == ("requested", wire(at("12:00", day)))
    assert moved["answer_until"] is not None
    assert ann.slots(day=day)["10:00"]["state"] == "free"
    assert ann.slots(day=day)["12:00"]["state"] == "taken"
    assert subjects(sink, ANN, 3) == ["Your request", "Booked", "New time"]
    text = text_of(sink.messages_to(ANN)[-1])
    assert "not booked yet" in text
    until(lambda: all_done(server), "all letters are done")
    assert count_waiting_reminders(server) == 0
    assert owner.get("/bookings").json()["to_approve"] == 1
    assert owner.post(f"{path}/decline", {"reason": "No"}).json()["status"] == "declined"
    assert subjects(sink, ANN, 4)[-1] == "Not possible"
    assert ann.slots(day=day)["12:00"]["state"] == "free"


def test_a_declined_request(
    server: Server, owner: OfficeBrowser, sink: MailSink, day: date
) -> None:
    ann = server.visitor()
    asked = ann.book(at("10:00", day), email=ANN).json()
    subjects(sink, ANN, 1)
    path = f"/bookings/{asked['reference']}/decline"
    assert owner.post(path, {"reason": "x" * 201}).status_code == 422
    reason = "Closed <b>then</b>"
    assert owner.post(path, {"reason": reason}).json()["status"] == "declined"
    assert subjects(sink, ANN, 2) == ["Your request", "Not possible"]
    until(lambda: all_done(server), "all letters are done")
    assert ann.slots(day=day)["10:00"]["state"] == "free"
    assert len(sink.messages_to(ANN)) == 2
    assert reason in text_of(sink.messages_to(ANN)[1])
    html = sink.messages_to(ANN)[1].get_body(("html",))
    assert html is not None
    assert "Closed &lt;b&gt;then&lt;/b&gt;" in html.get_content()
    # The business gets no letters about declined requests. Mia is told that her colleague declined
    # it.
    assert len(sink.messages_to(DESK)) == 1
    assert subjects(sink, MIA, 2) == ["To approve", "Declined"]
    assert "declined in the office" in text_of(sink.messages_to(MIA)[1])
    assert reason in text_of(sink.messages_to(MIA)[1])
    assert owner.post(f"/bookings/{asked['reference']}/approve").json()["code"] == "booking_closed"


def test_a_request_that_is_withdrawn(
    server: Server, owner: OfficeBrowser, sink: MailSink, day: date
) -> None:
    ann = server.visitor()
    asked = ann.book(at("10:00", day), email=ANN).json()
    subjects(sink, ANN, 1)
    assert ann.cancel(asked).json()["status"] == "cancelled"
    assert subjects(sink, ANN, 2) == ["Your request", "Cancelled"]
    for answer, body in (("approve", None), ("decline", {})):
        refused = owner.post(f"/bookings/{asked['reference']}/{answer}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "booking_closed")


def test_a_request_whose_time_is_over_is_declined_by_itself(
    server: Server, owner: OfficeBrowser, sink: MailSink, day: date
) -> None:
    ann = server.visitor()
    asked = ann.book(at("10:00", day), email=ANN).json()
    subjects(sink, ANN, 1)
    soon = "2020-01-01 00:00:00+00" if "database_url" in server.settings else "1577836800000000"
    value = f"'{soon}'" if "database_url" in server.settings else soon
    server.sql(f"UPDATE bookings SET answer_until = {value} WHERE status = 'requested'")
    until(lambda: ann.read(asked).json()["status"] == "declined", "it is declined")
    until(lambda: ann.slots(day=day)["10:00"]["state"] == "free", "its time is free")
    assert subjects(sink, ANN, 2) == ["Your request", "Not possible"]
    assert subjects(sink, MIA, 2) == ["To approve", "Declined"]
    assert "Nobody has answered" in text_of(sink.messages_to(MIA)[1])


def test_many_requests_are_answered_at_once(
    server: Server, owner: OfficeBrowser, day: date
) -> None:
    ann = server.visitor()
    made = [ann.book(at(f"{hour}:00", day)).json()["reference"] for hour in (10, 12, 14)]
    body = {"action": "approve", "references": [*made[:2], "AAAAA-AAAAA"]}
    outcomes = owner.post("/bookings/end-many", body).json()["outcomes"]
    assert [each["is_done"] for each in outcomes] == [True, True, False]
    body = {"action": "decline", "references": made}
    outcomes = owner.post("/bookings/end-many", body).json()["outcomes"]
    assert [each["code"] for each in outcomes] == ["booking_changed", "booking_changed", None]


def test_programs_of_the_plugin_read_a_request_as_pending(
    server: Server, owner: OfficeBrowser, day: date, request: pytest.FixtureRequest
) -> None:
    client = PluginClient(server.url, "ann", day)
    request.addfinalizer(client.http.close)
    made = read_booking(client.book("10:00"))
    number = made["strong_id"]
    assert client.appointment(number).json()["status"] == "pending"
    listed = owner.get("/bookings?status=requested").json()["bookings"]
    assert owner.post(f"/bookings/{listed[0]['reference']}/decline", {}).status_code == 200
    assert client.appointment(number).json()["status"] == "cancelled"
