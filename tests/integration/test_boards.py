"""Looking: boards and days as snapshots, conditional, never older than what was seen before."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import httpx2
import pytest

import tests.support.counting
from tests.support.answers import fields, refused, states
from tests.support.appointease import API
from tests.support.commands import furnished
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


# --- conditional


@pytest.mark.scenario(28)
@pytest.mark.parametrize("path", BOTH)
def test_what_has_not_changed_is_not_sent_again(
    shared: Server, ann: Visitor, day: date, path: str
) -> None:
    ann.hold(at("10:00", day))
    path = path.format(day=day)
    first = shared.http.get(path)
    tag = first.headers["ETag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = shared.http.get(path, headers={"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("path", BOTH)
def test_what_has_changed_is_sent(shared: Server, ann: Visitor, day: date, path: str) -> None:
    path = path.format(day=day)
    tag = shared.http.get(path).headers["ETag"]
    ann.hold(at("10:00", day))
    answer = shared.http.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    assert answer.json()["revision"] == answer.headers["ETag"].strip('"')


def test_the_etag_of_a_day_of_many_people_is_short(tmp_path: Path, day: date) -> None:
    people = range(1, 101)
    text = '[business]\nname = "Many"\ntime_zone = "UTC"\n'
    text += f'[[services]]\nid = 1\nname = "Call"\nduration = 30\nresources = {list(people)}\n'
    for each in people:
        text += f'[[resources]]\nid = {each}\nname = "Person {each}"\nhours.wed = ["09:00-17:00"]\n'
    server = Server.start(furnished(tmp_path, text), command="serve")
    try:
        path = f"/api/v1/services/1/days/{day}"
        first = server.http.get(path)
        etag, revision = first.headers["ETag"], first.json()["revision"]
        assert len(etag) < 100 < len(revision)
        for asked in (etag, f'"{revision}"'):
            again = server.http.get(path, headers={"If-None-Match": asked})
            assert (again.status_code, again.headers["ETag"]) == (304, etag)
        assert server.visitor().hold(at("10:00", day)).status_code == 201
        for asked in (etag, f'"{revision}"'):
            later = server.http.get(
                path, headers={"If-None-Match": asked}, params={"seen": revision}
            )
            assert later.status_code == 200
            assert later.headers["ETag"] != etag
            assert later.json()["revision"] != revision
    finally:
        server.stop()


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize("asked", ["", "garbage", '"', "W/", '"1.1"', "," * 1000])
def test_a_tag_that_means_nothing_is_ignored(
    shared: Server, day: date, path: str, asked: str
) -> None:
    answer = shared.http.get(path.format(day=day), headers={"If-None-Match": asked})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", BOTH)
def test_head_answers_like_get_without_the_body(shared: Server, day: date, path: str) -> None:
    got = shared.http.get(path.format(day=day))
    head = shared.http.head(path.format(day=day))
    assert (head.status_code, head.content) == (200, b"")
    told = ("Content-Type", "Content-Length", "ETag", "Cache-Control")
    assert [head.headers[name] for name in told] == [got.headers[name] for name in told]
    tag = {"If-None-Match": got.headers["ETag"]}
    assert shared.http.head(path.format(day=day), headers=tag).status_code == 304


@pytest.mark.parametrize("path", BOTH)
def test_nothing_in_between_may_keep_a_board(shared: Server, day: date, path: str) -> None:
    assert shared.http.get(path.format(day=day)).headers["Cache-Control"] == "no-cache"


# --- never older than what was seen


def count_a_change(server: Server, resource: int, day: date) -> int:
    """Count a change of a board by plain SQL, as another process would; its ledger version."""
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


# --- which


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
    assert refused(shared.http.get(path.format(day=day))) == (status, "not_found")


def test_the_month_is_one_request_and_says_when_it_goes_too_far(shared: Server, day: date) -> None:
    def ask(days: int) -> httpx2.Response:
        span = {"from": str(day), "to": str(day + timedelta(days=days - 1))}
        return shared.http.get("/api/v1/services/1/availability", params=span)

    assert len(ask(31).json()["days"]) == 31
    assert ask(62).status_code == 200
    assert fields(ask(63)) == {"to": "too_far"}
    assert fields(ask(0)) == {"to": "before_from"}


# --- the connection


@pytest.fixture
def connection(shared: Server) -> Iterator[socket.socket]:
    host, port = shared.url.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=10)) as open_socket:
        yield open_socket


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: dibs.test\r\n\r\n".encode()


def answers(open_socket: socket.socket, count: int) -> list[dict[str, Any]]:
    """That many JSON answers off one connection."""
    found = []
    with open_socket.makefile("rb") as stream:
        for _ in range(count):
            assert b" 200 " in stream.readline()
            length = 0
            while (line := stream.readline().strip()) != b"":
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            found.append(json.loads(stream.read(length)))
    return found


def test_one_connection_serves_request_after_request(connection: socket.socket, day: date) -> None:
    for resource in (1, 2, 1):
        connection.sendall(request(f"/api/v1/boards/{resource}/{day}"))
        (board,) = answers(connection, 1)
        assert board["resource_id"] == resource


def test_requests_sent_in_one_go_are_answered_in_order(
    connection: socket.socket, day: date
) -> None:
    connection.sendall(
        request(f"/api/v1/boards/2/{day}")
        + request(f"{API}/slots/poll?date={day}&employee_id=1")
        + request("/api/v1/business")
        + request(f"/api/v1/boards/1/{day}")
    )
    first, poll, business, last = answers(connection, 4)
    assert (first["resource_id"], last["resource_id"]) == (2, 1)
    assert "active_selections" in poll
    assert business["time_zone"] == "UTC"


# --- what looking costs


@pytest.mark.scenario(19)
def test_a_board_has_all_its_holds_however_many_there_are_on_others(
    shared: Server, day: date
) -> None:
    """The contract suite of the hold store has the hundred thousand."""
    url, others = f"{shared.url}{API}/slots/select", 480
    times = [f"{9 + n // 2:02}:{n % 2 * 30:02}" for n in range(16)]

    def hold(client: httpx2.Client, which: date, time: str, name: str) -> int:
        wish = {"date": str(which), "time": time, "employee_id": 1, "client_id": name}
        return client.post(url, json=wish).status_code

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


@pytest.mark.scenario(28)
def test_while_nothing_changes_looking_costs_no_statement_and_no_new_revision(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    log = tmp_path / "statements"
    with mock.patch.dict(os.environ, COUNT_STATEMENTS_IN=str(log)):
        server = start_server(entry=[sys.executable, tests.support.counting.__file__])
    ann, day = server.visitor(), working_day()
    ann.book("10:00")
    ann.hold("11:00")
    paths = [
        f"/api/v1/boards/1/{day}",
        f"/api/v1/services/1/days/{day}?resource=1",
        f"{API}/slots/poll?date={day}&employee_id=1&client_id=c1",
        f"{API}/slots/poll?date={day}&employee_id=1&client_id=c2",
    ]
    tags = [server.http.get(path).headers.get("ETag") for path in paths]

    def statements() -> int:
        return len(log.read_text(encoding="utf-8").splitlines())

    before, began, looks = statements(), time.monotonic(), 0

    def looked() -> bool:
        nonlocal looks
        for path, tag in zip(paths, tags, strict=True):
            answer = server.http.get(path, headers={"If-None-Match": tag} if tag else {})
            assert answer.status_code == (304 if tag else 200)
            looks += 1
        return looks >= 200 and time.monotonic() - began > 2.5

    until(looked, "they have looked often enough", within=20, every=0.01)
    # What there is comes from the comparison: a few a second, however many look.
    assert 0 < statements() - before < looks / 4


def test_a_month_that_has_not_changed_is_not_sent_again(
    shared: Server, day: date, ann: Visitor
) -> None:
    path = f"/api/v1/services/1/availability?resource=1&from={day}&to={day}"
    first = ann.http.get(path)
    etag = first.headers["etag"]
    for sent in (etag, f'"other", W/{etag}'):
        again = ann.http.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert ann.http.get(f"{path}&slots=true").headers["etag"] != etag
    assert ann.book(at("10:00", day)).status_code == 201
    changed = ann.http.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.json()["days"] != first.json()["days"]


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
