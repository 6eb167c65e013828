"""Boards and days as snapshots that are never older than what the client has seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import httpx2
import pytest

from tests.support.answers import fields, refusal_of, states
from tests.support.appointease import API
from tests.support.days import at, wire, working_day
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

BOTH = ["/api/v1/boards/1/{day}", "/api/v1/services/1/days/{day}"]


def test_a_board_shows_open_time_and_claims(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = ann.hold(at("10:00", day)).json()
    board = bob.board(1, day)
    assert set(board) == {
        "resource_id",
        "day",
        "time_zone",
        "revision",
        "degraded",
        "server_time",
        "next_poll_ms",
        "open",
        "busy",
    }
    assert (board["resource_id"], board["day"], board["time_zone"]) == (1, str(day), "UTC")
    assert (board["degraded"], board["next_poll_ms"]) == ([], 1000)
    assert board["open"] == [
        {"starts_at": wire(at("09:00", day)), "ends_at": wire(at("17:00", day))}
    ]
    assert board["busy"] == [
        {
            "starts_at": wire(at("10:00", day)),
            "ends_at": wire(at("10:30", day)),
            "state": "held",
            "claim": hold["claim"],
        }
    ]


def test_a_day_shows_the_slots_of_all_who_can_serve(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = ann.hold(at("10:00", day), resource=1).json()
    slots = bob.slots(day=day)
    assert list(slots) == sorted(slots)
    assert [slots[clock]["resource_ids"] for clock in ("09:00", "10:30", "17:30")] == [
        [1],
        [1, 2],
        [2],
    ]
    assert slots["10:00"] == {
        "starts_at": wire(at("10:00", day)),
        "ends_at": wire(at("10:30", day)),
        "state": "free",
        "resource_ids": [2],
        "seats_left": 1,
        "claims": [hold["claim"]],
        "claims_by_resource": {"1": [hold["claim"]]},
    }


def test_a_booking_with_buffers_is_busy_for_its_buffers_too(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.book(at("10:00", day), service=3, resource=3)
    (claim,) = bob.board(3, day)["busy"]
    assert claim["starts_at"] == wire(at("09:50", day))
    assert claim["ends_at"] == wire(at("11:00", day))


def test_a_closed_day_has_no_open_time_and_no_slots(bob: Visitor, day: date) -> None:
    sunday = day + timedelta(days=4)
    assert bob.board(1, sunday)["open"] == []
    assert bob.slots(day=sunday) == {}


# --- never older than what was seen


def count_a_change(server: Server, resource: int, day: date) -> int:
    """Count a change of a board by plain SQL, as another process would. Returns its ledger
    version."""
    server.sql(
        "INSERT INTO boards VALUES (?, ?, 1)"
        " ON CONFLICT (resource_id, day) DO UPDATE SET version = boards.version + 1",
        resource,
        day,
    )
    ((version,),) = server.sql(
        "SELECT business.version + resources.version + boards.version"
        " FROM business, resources JOIN boards ON resource_id = resources.id"
        " WHERE resource_id = ? AND day = ?",
        resource,
        day,
    )
    return int(version)


def test_whoever_has_seen_a_newer_state_is_never_shown_an_older_one(
    shared: Server, ann: Visitor, day: date
) -> None:
    ann.board(1, day)
    for _ in range(10):
        version = count_a_change(shared, 1, day)
        seen = {"seen": f"0.{version}"}
        board = shared.http.get(f"/api/v1/boards/1/{day}", params=seen).json()
        assert int(board["revision"].split(".")[1]) >= version


def test_whoever_has_seen_a_newer_day_is_never_shown_an_older_one(
    shared: Server, ann: Visitor, day: date
) -> None:
    ann.slots(day=day)
    for _ in range(10):
        version = count_a_change(shared, 2, day)
        seen = {"seen": f"0.0-0.{version}"}
        view = shared.http.get(f"/api/v1/services/1/days/{day}", params=seen).json()
        assert int(view["revision"].split("-")[1].split(".")[1]) >= version


def test_a_change_nobody_announced_is_seen_within_a_second_or_so(
    shared: Server, ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.book(at("10:00", day))
    assert states(bob.board(1, day)) == ["taken"]
    shared.sql("DELETE FROM allocations WHERE starts_at = ?", at("10:00", day))
    count_a_change(shared, 1, day)
    until(lambda: states(bob.board(1, day)) == [], "the board follows")


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(
    "seen",
    ["garbage", "", ".", "1", "-", "0.0.0", "x.y", "-1.-1", "²." + "1", "9" * 400 + ".1", "\0"],
)
def test_a_revision_that_means_nothing_is_ignored(
    shared: Server, day: date, path: str, seen: str
) -> None:
    plain = shared.http.get(path.format(day=day))
    answer = shared.http.get(path.format(day=day), params={"seen": seen})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == plain.headers["ETag"]


# --- unknown ids and long spans


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/boards/999/{day}", 404),
        ("/api/v1/boards/0/{day}", 404),
        ("/api/v1/boards/99999999999999999999/{day}", 404),
        ("/api/v1/services/999/days/{day}", 404),
        ("/api/v1/services/1/days/{day}?resource=3", 404),
        ("/api/v1/services/1/days/{day}?resource=999", 404),
        ("/api/v1/services/999/availability?from={day}&to={day}", 404),
        ("/api/v1/services/1/availability?from={day}&to={day}&resource=3", 404),
    ],
)
def test_an_unknown_id_is_404(shared: Server, day: date, path: str, status: int) -> None:
    assert refusal_of(shared.http.get(path.format(day=day))) == (status, "not_found")


def test_the_month_is_one_request_and_says_when_it_goes_too_far(shared: Server, day: date) -> None:
    def ask(days: int) -> httpx2.Response:
        span = {"from": str(day), "to": str(day + timedelta(days=days - 1))}
        return shared.http.get("/api/v1/services/1/availability", params=span)

    assert len(ask(31).json()["days"]) == 31
    assert ask(62).status_code == 200
    assert fields(ask(63)) == {"to": "too_far"}
    assert fields(ask(0)) == {"to": "before_from"}


# --- the cost of looking


@pytest.mark.scenario(19)
def test_a_board_has_all_its_holds_however_many_there_are_on_others(
    shared: Server, day: date
) -> None:
    """The contract suite of the hold store tests this with a hundred thousand holds."""
    url, others = f"{shared.url}{API}/slots/select", 480
    times = [f"{9 + n // 2:02}:{n % 2 * 30:02}" for n in range(16)]

    def hold(client: httpx2.Client, which: date, time: str, name: str) -> int:
        slot_request = {"date": str(which), "time": time, "employee_id": 1, "client_id": name}
        return client.post(url, json=slot_request).status_code

    with httpx2.Client(verify=False) as client, ThreadPoolExecutor(8) as pool:
        beyond = [working_day(5000 + n // 16) for n in range(others)]
        foreign = [
            pool.submit(hold, client, which, times[n % 16], f"foreign {n}")
            for n, which in enumerate(beyond)
        ]
        own = [pool.submit(hold, client, day, time, f"own {time}") for time in times]
        assert {each.result() for each in foreign + own} == {200}
    viewer = shared.visitor()
    board = viewer.board(1, day)
    assert [claim["starts_at"] for claim in board["busy"]] == [
        wire(at(time, day)) for time in times
    ]
    assert states(board) == ["held"] * 16


def test_the_first_free_day_is_one_question(shared: Server, day: date, ann: Visitor) -> None:
    path = "/api/v1/services/1/first-free"
    query = f"resource=1&from={day}&slots=true"
    found = ann.http.get(f"{path}?{query}&days=3").json()
    days = sorted(found["days"])
    assert days[0] == str(day)
    assert found["searched"] == {"from": str(day), "to": days[-1]}
    month = ann.http.get(f"/api/v1/services/1/availability?to={days[-1]}&{query}").json()
    assert found["days"] == {each: month["days"][each] for each in days}
    for slot in found["days"][str(day)]["slots"]:
        assert ann.book(datetime.fromisoformat(slot["starts_at"])).status_code == 201
    assert list(ann.http.get(f"{path}?{query}").json()["days"]) == [days[1]]
    # The answer tells a full day from a day on which nothing is offered.
    span = {"resource": "1", "from": str(day), "to": str(day + timedelta(days=6))}
    week = ann.http.get("/api/v1/services/1/availability", params=span).json()["days"]
    assert week[str(day)] == {"free": 0, "full": True}
    closed = [each for each in week.values() if each == {"free": 0}]
    assert len(closed) == 2


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("days=0", "days", "out_of_range"),
        ("days=32", "days", "out_of_range"),
        ("from=yesterday", "from", "invalid_date"),
        ("resource=x", "resource", "wrong_type"),
    ],
)
def test_a_question_for_free_days_that_cannot_be_is_refused(
    shared: Server, ann: Visitor, query: str, field: str, code: str
) -> None:
    answer = ann.http.get(f"/api/v1/services/1/first-free?{query}")
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]
    assert ann.http.get("/api/v1/services/99/first-free").status_code == 404
