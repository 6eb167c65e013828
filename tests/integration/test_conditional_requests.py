"""Polls cost little: conditional requests, one connection for many requests, and no work while
nothing changes."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import tests.support.statement_log
from tests.support.appointease import API
from tests.support.commands import make_data_folder
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

BOTH = ["/api/v1/boards/1/{day}", "/api/v1/services/1/days/{day}"]


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


@pytest.mark.parametrize("only", ["", "&resource=1"])
def test_a_month_is_the_same_in_whatever_order_it_is_asked_for(
    shared: Server, ann: Visitor, day: date, only: str
) -> None:
    """A quick route answers requests with the page's order of parameters, FastAPI answers all
    others."""
    ann.book(at("10:00", day))
    month = "/api/v1/services/1/availability?"
    usual = shared.http.get(f"{month}from={day}&to={day}{only}")
    other = shared.http.get(f"{month}to={day}&from={day}{only}")
    assert usual.status_code == other.status_code == 200
    assert usual.content == other.content
    kept = ("ETag", "Cache-Control", "Content-Type")
    assert [usual.headers[name] for name in kept] == [other.headers[name] for name in kept]
    tag = {"If-None-Match": usual.headers["ETag"]}
    again = shared.http.get(f"{month}from={day}&to={day}{only}", headers=tag)
    assert (again.status_code, again.content) == (304, b"")


def test_the_etag_of_a_day_of_many_people_is_short(tmp_path: Path, day: date) -> None:
    people = range(1, 101)
    text = '[business]\nname = "Many"\ntime_zone = "UTC"\n'
    text += f'[[services]]\nid = 1\nname = "Call"\nduration = 30\nresources = {list(people)}\n'
    for each in people:
        text += f'[[resources]]\nid = {each}\nname = "Person {each}"\nhours.wed = ["09:00-17:00"]\n'
    server = Server.start(make_data_folder(tmp_path, text), command="serve")
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


# --- the connection


@pytest.fixture
def connection(shared: Server) -> Iterator[socket.socket]:
    host, port = shared.url.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=10)) as open_socket:
        yield open_socket


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: dibs.test\r\n\r\n".encode()


def answers(open_socket: socket.socket, count: int) -> list[dict[str, Any]]:
    """Read this many JSON answers from one connection."""
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


@pytest.mark.scenario(28)
def test_while_nothing_changes_looking_costs_no_statement_and_no_new_revision(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    log = tmp_path / "statements"
    with mock.patch.dict(os.environ, COUNT_STATEMENTS_IN=str(log)):
        server = start_server(entry=[sys.executable, tests.support.statement_log.__file__])
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

    def look_again() -> bool:
        nonlocal looks
        for path, tag in zip(paths, tags, strict=True):
            answer = server.http.get(path, headers={"If-None-Match": tag} if tag else {})
            assert answer.status_code == (304 if tag else 200)
            looks += 1
        return looks >= 200 and time.monotonic() - began > 2.5

    until(look_again, "they have looked often enough", within=20, every=0.01)
    # The statements left are those of the comparison: a few a second, however many clients poll.
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
