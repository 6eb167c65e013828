"""An unmodified AppointEase client polls, selects and deselects as before: the captured pairs of
request and answer."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import API, EMPTY_LISTS, NewClient, lists, wordpress_error
from tests.support.days import at
from tests.support.server import Server
from tests.support.visitor import Visitor

JSON = {"Content-Type": "application/json"}
NO_ROUTE = wordpress_error(
    "rest_no_route", "No route was found matching the URL and request method.", 404
)


# --- the captured pairs: slots/poll


def test_poll_a_nobody_selected(shared: Server, plugin_client: NewClient) -> None:
    asked = int(datetime.now(UTC).timestamp())
    poll = plugin_client(shared, "c1").poll()
    assert list(poll) == ["active_selections", "booked_slots", "locked_slots", "timestamp"]
    assert lists(poll) == EMPTY_LISTS
    assert asked <= poll["timestamp"] <= asked + 15


def test_poll_is_compact_json_and_may_not_be_kept(shared: Server, day: date) -> None:
    answer = shared.http.get(f"{API}/slots/poll", params={"date": str(day), "employee_id": 1})
    assert re.fullmatch(
        rb'{"active_selections":\[\],"booked_slots":\[("\d\d:\d\d",?)*\],"locked_slots":\[\],'
        rb'"timestamp":\d+}',
        answer.content,
    )
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_poll_with_selected_time_makes_the_selection_and_never_lists_it_to_its_owner(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    for _ in range(2):
        assert lists(owner.poll(selected_time="10:00")) == EMPTY_LISTS
    assert other.poll()["active_selections"] == ["10:00"]


def test_poll_b_another_client_selected(shared: Server, plugin_client: NewClient) -> None:
    plugin_client(shared, "c1").select("10:00")
    poll = plugin_client(shared, "c2").poll()
    assert lists(poll) == EMPTY_LISTS | {"active_selections": ["10:00"]}


def test_poll_without_client_id_lists_everybody(shared: Server, plugin_client: NewClient) -> None:
    plugin_client(shared, "c1").select("10:00")
    nobody = plugin_client(shared, "").poll(client_id=None)
    assert nobody["active_selections"] == ["10:00"]


@pytest.mark.parametrize("more", [{}, {"exclude_appointment_id": "APT-2026-000001"}])
def test_poll_c_two_booked_and_one_selected_whatever_is_excluded(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date, more: dict[str, str]
) -> None:
    ann.book(at("14:00", day))
    ann.book(at("11:00", day))
    plugin_client(shared, "c1").select("10:00")
    poll = plugin_client(shared, "c2").poll(selected_time="15:00", **more)
    assert lists(poll) == {
        "active_selections": ["10:00"],
        "booked_slots": ["11:00", "14:00"],
        "locked_slots": [],
    }


@pytest.mark.parametrize(
    "query",
    [
        "employee_id=1",
        "date={day}",
        "date={day}&employee_id=abc",
        "date={day}&employee_id=",
        "date={day}&employee_id=0",
        "date={day}&employee_id=-1",
        "date=&employee_id=1",
        "",
    ],
)
def test_poll_without_date_or_employee(shared: Server, day: date, query: str) -> None:
    answer = shared.http.get(f"{API}/slots/poll?{query.format(day=day)}")
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("missing_params", "Date and employee_id required", 400)


def test_poll_of_an_unknown_employee_is_empty(shared: Server, plugin_client: NewClient) -> None:
    assert lists(plugin_client(shared, "c1", employee=999).poll()) == EMPTY_LISTS


# --- the captured pairs: slots/select and slots/deselect


def test_select_ok(shared: Server, plugin_client: NewClient) -> None:
    answer = plugin_client(shared, "c1").select("10:00")
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["success", "client_id", "storage", "ttl", "debug_ms"]
    assert (body["success"], body["client_id"], body["ttl"]) == (True, "c1", 10)
    assert isinstance(body["storage"], str)
    assert isinstance(body["debug_ms"], float)


def test_select_of_another_slot_moves_the_selection(
    shared: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(shared, "c1")
    client.select("10:00")
    assert client.select("09:00").status_code == 200
    assert plugin_client(shared, "c2").poll()["active_selections"] == ["09:00"]


def test_select_with_seconds_is_cut(shared: Server, plugin_client: NewClient) -> None:
    assert plugin_client(shared, "c5").select("15:00:00").status_code == 200
    assert plugin_client(shared, "c2").poll()["active_selections"] == ["15:00"]


@pytest.mark.parametrize("missing", ["date", "time", "employee_id", "client_id", "all"])
@pytest.mark.parametrize("empty", [None, ""])
def test_select_without_what_it_needs(
    shared: Server, plugin_client: NewClient, missing: str, empty: str | None
) -> None:
    slot_request = plugin_client(shared, "c1").slot_request("10:00")
    body = {} if missing == "all" else slot_request | {missing: empty}
    answer = shared.http.post(f"{API}/slots/select", json=body)
    assert answer.status_code == 400
    assert answer.json() == wordpress_error(
        "missing_params", "Date, time, employee_id and client_id required", 400
    )


@pytest.mark.parametrize("path", ["select", "deselect"])
@pytest.mark.parametrize(
    "body", [b'{"date":', b"x", b'{"date":NaN}', b'{"client_id":"\\ud800"}', b'{"a":"\xff"}']
)
def test_broken_json(shared: Server, path: str, body: bytes) -> None:
    answer = shared.http.post(f"{API}/slots/{path}", content=body, headers=JSON)
    assert answer.status_code == 400
    expected = wordpress_error("rest_invalid_json", "Invalid JSON body passed.", 400)
    expected["data"] |= {"json_error_code": 4, "json_error_message": "Syntax error"}
    assert answer.json() == expected


def test_select_form_encoded_counts_as_missing(shared: Server, plugin_client: NewClient) -> None:
    client = plugin_client(shared, "c1")
    answer = client.http.post(f"{API}/slots/select", data=client.slot_request("10:00"))
    assert refusal_of(answer) == (400, "missing_params")


def test_deselect_ok_also_of_a_free_slot(shared: Server, plugin_client: NewClient) -> None:
    client = plugin_client(shared, "c5")
    client.select("15:00")
    for time in ("15:00", "16:00"):
        answer = client.deselect(time)
        assert (answer.status_code, answer.content) == (200, b'{"success":true}')


@pytest.mark.parametrize("missing", ["date", "time", "employee_id"])
def test_deselect_without_what_it_needs(
    shared: Server, plugin_client: NewClient, missing: str
) -> None:
    slot_request = plugin_client(shared, "c1").slot_request("10:00")
    del slot_request[missing]
    answer = shared.http.post(f"{API}/slots/deselect", json=slot_request)
    assert answer.status_code == 400
    assert answer.json() == wordpress_error(
        "missing_params", "Date, time and employee_id required", 400
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "slots/poll"),
        ("PUT", "slots/poll"),
        ("DELETE", "slots/poll"),
        ("GET", "slots/select"),
        ("PUT", "slots/select"),
        ("GET", "slots/deselect"),
        ("GET", "nope"),
        ("POST", "nope"),
        ("GET", ""),
    ],
)
@pytest.mark.parametrize("base", [f"{API}/", "/index.php?rest_route=/appointease/v1/"])
def test_a_wrong_method_or_an_unknown_path_is_no_route(
    shared: Server, method: str, path: str, base: str
) -> None:
    answer = shared.http.request(method, base + path, json=None if method == "GET" else {})
    assert (answer.status_code, answer.json()) == (404, NO_ROUTE)


@pytest.mark.parametrize("route", ["nope", "", "/", "wp-json", "//x", "/../api/v1/business"])
def test_no_rest_route_leads_out_of_the_plugins_api(shared: Server, route: str) -> None:
    answer = shared.http.get("/index.php", params={"rest_route": route})
    assert (answer.status_code, answer.json()) == (404, NO_ROUTE)


def test_all_routes_answer_under_index_php_as_well(
    shared: Server, plugin_client: NewClient
) -> None:
    client, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    slot_request = client.slot_request("10:00")
    route = "/index.php?rest_route=/appointease/v1/slots/"
    selected = client.http.post(f"{route}select", json=slot_request)
    assert (selected.status_code, selected.json()["client_id"]) == (200, "c1")
    poll = other.http.get(f"{route}poll&date={client.day}&employee_id=1")
    assert poll.json()["active_selections"] == ["10:00"]
    deselected = client.http.post(f"{route}deselect", json=slot_request)
    assert (deselected.status_code, deselected.json()) == (200, {"success": True})


def test_the_cookie_tells_whose_poll_it_is_when_no_name_is_sent(
    shared: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(shared, "c1")
    client.select("10:00")
    assert client.poll(client_id=None)["active_selections"] == []
    assert plugin_client(shared, "c2").poll(client_id=None)["active_selections"] == ["10:00"]


def test_json_is_written_as_php_writes_it(shared: Server, plugin_client: NewClient) -> None:
    answer = plugin_client(shared, "a/b é").select("10:00")
    assert rb'"client_id":"a\/b \u00e9"' in answer.content
    assert b": " not in answer.content


@pytest.mark.parametrize("employee", [1, "1"])
@pytest.mark.parametrize("name", [7, "7"])
def test_ids_may_be_numbers_or_texts(
    shared: Server, plugin_client: NewClient, employee: int | str, name: int | str
) -> None:
    client = plugin_client(shared, "7")
    answer = client.select("10:00", employee_id=employee, client_id=name)
    assert (answer.status_code, answer.json()["client_id"]) == (200, "7")
    assert client.poll()["active_selections"] == []
    assert client.select("10:00").status_code == 200


def test_head_polls_without_a_body(shared: Server, day: date) -> None:
    answer = shared.http.head(f"{API}/slots/poll", params={"date": str(day), "employee_id": 1})
    assert (answer.status_code, answer.content) == (200, b"")
