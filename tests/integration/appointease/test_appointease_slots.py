"""An unmodified AppointEase client finds what it knows: the captured pairs, and what differs.

Each difference from the captured plugin is deliberate and has a test that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import refused, states
from tests.support.appointease import API, SeedClient, wordpress_error
from tests.support.catalog_files import DEMO
from tests.support.commands import furnished
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

NewClient = Callable[..., SeedClient]

NOTHING: dict[str, list[str]] = {
    "active_selections": [],
    "booked_slots": [],
    "locked_slots": [],
}
JSON = {"Content-Type": "application/json"}


def lists(poll: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in poll.items() if name != "timestamp"}


NO_ROUTE = wordpress_error(
    "rest_no_route", "No route was found matching the URL and request method.", 404
)
LOCKED = wordpress_error("slot_locked", "Slot is already locked", 409)


# --- the captured pairs: slots/poll


def test_poll_a_nobody_selected(shared: Server, seed_client: NewClient) -> None:
    asked = int(datetime.now(UTC).timestamp())
    poll = seed_client(shared, "c1").poll()
    assert list(poll) == ["active_selections", "booked_slots", "locked_slots", "timestamp"]
    assert lists(poll) == NOTHING
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
    shared: Server, seed_client: NewClient
) -> None:
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    for _ in range(2):
        assert lists(owner.poll(selected_time="10:00")) == NOTHING
    assert other.poll()["active_selections"] == ["10:00"]


def test_poll_b_another_client_selected(shared: Server, seed_client: NewClient) -> None:
    seed_client(shared, "c1").select("10:00")
    poll = seed_client(shared, "c2").poll()
    assert lists(poll) == NOTHING | {"active_selections": ["10:00"]}


def test_poll_without_client_id_lists_everybody(shared: Server, seed_client: NewClient) -> None:
    seed_client(shared, "c1").select("10:00")
    nobody = seed_client(shared, "").poll(client_id=None)
    assert nobody["active_selections"] == ["10:00"]


@pytest.mark.parametrize("more", [{}, {"exclude_appointment_id": "APT-2026-000001"}])
def test_poll_c_two_booked_and_one_selected_whatever_is_excluded(
    shared: Server, seed_client: NewClient, ann: Visitor, day: date, more: dict[str, str]
) -> None:
    ann.book(at("14:00", day))
    ann.book(at("11:00", day))
    seed_client(shared, "c1").select("10:00")
    poll = seed_client(shared, "c2").poll(selected_time="15:00", **more)
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


def test_poll_of_an_unknown_employee_is_empty(shared: Server, seed_client: NewClient) -> None:
    assert lists(seed_client(shared, "c1", employee=999).poll()) == NOTHING


# --- the captured pairs: slots/select and slots/deselect


def test_select_ok(shared: Server, seed_client: NewClient) -> None:
    answer = seed_client(shared, "c1").select("10:00")
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["success", "client_id", "storage", "ttl", "debug_ms"]
    assert (body["success"], body["client_id"], body["ttl"]) == (True, "c1", 10)
    assert isinstance(body["storage"], str)
    assert isinstance(body["debug_ms"], float)


def test_select_of_another_slot_moves_the_selection(shared: Server, seed_client: NewClient) -> None:
    client = seed_client(shared, "c1")
    client.select("10:00")
    assert client.select("09:00").status_code == 200
    assert seed_client(shared, "c2").poll()["active_selections"] == ["09:00"]


def test_select_with_seconds_is_cut(shared: Server, seed_client: NewClient) -> None:
    assert seed_client(shared, "c5").select("15:00:00").status_code == 200
    assert seed_client(shared, "c2").poll()["active_selections"] == ["15:00"]


@pytest.mark.parametrize("missing", ["date", "time", "employee_id", "client_id", "all"])
@pytest.mark.parametrize("empty", [None, ""])
def test_select_without_what_it_needs(
    shared: Server, seed_client: NewClient, missing: str, empty: str | None
) -> None:
    wish = seed_client(shared, "c1").wish("10:00")
    body = {} if missing == "all" else wish | {missing: empty}
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


def test_select_form_encoded_counts_as_missing(shared: Server, seed_client: NewClient) -> None:
    client = seed_client(shared, "c1")
    answer = client.http.post(f"{API}/slots/select", data=client.wish("10:00"))
    assert refused(answer) == (400, "missing_params")


def test_deselect_ok_also_of_a_free_slot(shared: Server, seed_client: NewClient) -> None:
    client = seed_client(shared, "c5")
    client.select("15:00")
    for time in ("15:00", "16:00"):
        answer = client.deselect(time)
        assert (answer.status_code, answer.content) == (200, b'{"success":true}')


@pytest.mark.parametrize("missing", ["date", "time", "employee_id"])
def test_deselect_without_what_it_needs(
    shared: Server, seed_client: NewClient, missing: str
) -> None:
    wish = seed_client(shared, "c1").wish("10:00")
    del wish[missing]
    answer = shared.http.post(f"{API}/slots/deselect", json=wish)
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


def test_all_routes_answer_under_index_php_as_well(shared: Server, seed_client: NewClient) -> None:
    client, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    wish = client.wish("10:00")
    route = "/index.php?rest_route=/appointease/v1/slots/"
    selected = client.http.post(f"{route}select", json=wish)
    assert (selected.status_code, selected.json()["client_id"]) == (200, "c1")
    poll = other.http.get(f"{route}poll&date={client.day}&employee_id=1")
    assert poll.json()["active_selections"] == ["10:00"]
    deselected = client.http.post(f"{route}deselect", json=wish)
    assert (deselected.status_code, deselected.json()) == (200, {"success": True})


def test_the_cookie_tells_whose_poll_it_is_when_no_name_is_sent(
    shared: Server, seed_client: NewClient
) -> None:
    client = seed_client(shared, "c1")
    client.select("10:00")
    assert client.poll(client_id=None)["active_selections"] == []
    assert seed_client(shared, "c2").poll(client_id=None)["active_selections"] == ["10:00"]


def test_json_is_written_as_php_writes_it(shared: Server, seed_client: NewClient) -> None:
    answer = seed_client(shared, "a/b é").select("10:00")
    assert rb'"client_id":"a\/b \u00e9"' in answer.content
    assert b": " not in answer.content


@pytest.mark.parametrize("employee", [1, "1"])
@pytest.mark.parametrize("name", [7, "7"])
def test_ids_may_be_numbers_or_texts(
    shared: Server, seed_client: NewClient, employee: int | str, name: int | str
) -> None:
    client = seed_client(shared, "7")
    answer = client.select("10:00", employee_id=employee, client_id=name)
    assert (answer.status_code, answer.json()["client_id"]) == (200, "7")
    assert client.poll()["active_selections"] == []
    assert client.select("10:00").status_code == 200


def test_head_polls_without_a_body(shared: Server, day: date) -> None:
    answer = shared.http.head(f"{API}/slots/poll", params={"date": str(day), "employee_id": 1})
    assert (answer.status_code, answer.content) == (200, b"")


# --- what differs on purpose: a later select doesn't steal


@pytest.mark.scenario(4)
def test_differs_a_later_select_is_refused_instead_of_stealing(
    shared: Server, seed_client: NewClient
) -> None:
    owner, thief = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    answer = thief.select("10:00")
    assert (answer.status_code, answer.json()) == (409, LOCKED)
    assert thief.poll()["active_selections"] == ["10:00"]
    assert owner.poll()["active_selections"] == []


@pytest.mark.scenario(4)
def test_differs_of_twenty_selects_at_once_one_wins(shared: Server, seed_client: NewClient) -> None:
    clients = [seed_client(shared, f"rival {n}") for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda client: client.select("10:00"), clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert all(answer.json() == LOCKED for answer in answers if answer.status_code == 409)


@pytest.mark.parametrize("booked", [True, False])
def test_differs_a_slot_that_is_booked_or_at_checkout_is_refused(
    shared: Server, seed_client: NewClient, ann: Visitor, day: date, booked: bool
) -> None:
    if booked:
        ann.book(at("11:00", day))
    else:
        ann.check_out(at("11:00", day))
    answer = seed_client(shared, "c3").select("11:00")
    expected = wordpress_error("slot_taken", "Slot already booked", 409) if booked else LOCKED
    assert (answer.status_code, answer.json()) == (409, expected)


def test_differs_a_time_that_the_client_has_booked_itself_is_refused(
    shared: Server, seed_client: NewClient
) -> None:
    client = seed_client(shared, "c3")
    assert client.select("11:00").status_code == 200
    assert client.book("11:00", client_id="c3", service_id=2).status_code == 200
    answer = client.select("11:00")
    assert (answer.status_code, answer.json()) == (
        409,
        wordpress_error("slot_taken", "Slot already booked", 409),
    )
    assert client.select("11:30").status_code == 200, "a booking may be moved by half an hour"


# --- … only the owner deselects


@pytest.mark.scenario(5)
@pytest.mark.parametrize("name", ["c2", "", None])
def test_differs_a_strangers_deselect_says_success_and_changes_nothing(
    shared: Server, seed_client: NewClient, name: str | None
) -> None:
    owner, stranger = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    answer = stranger.deselect("10:00", client_id=name)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert stranger.poll()["active_selections"] == ["10:00"]
    assert refused(stranger.select("10:00")) == (409, "slot_locked")


def test_differs_the_owner_is_known_by_name_or_by_the_cookie_of_select_or_poll(
    brief: Server, seed_client: NewClient
) -> None:
    """A hold that was let go lingers for two seconds; one that wasn't lives for one."""
    by_name, by_select, by_poll = (seed_client(brief, name) for name in ("c1", "c2", "c3"))
    viewer = seed_client(brief, "viewer")
    for client, time in ((by_name, "10:00"), (by_select, "11:00"), (by_poll, "12:00")):
        client.select(time)
    by_poll.http.cookies.clear()
    by_poll.poll()
    by_name.http.cookies.clear()
    by_name.deselect("10:00")
    by_select.deselect("11:00", client_id=None)
    began = datetime.now(UTC)
    by_poll.deselect("12:00", client_id=None)
    last_seen: dict[str, datetime] = {}

    def all_gone() -> bool:
        held: list[str] = viewer.poll()["active_selections"]
        last_seen.update(dict.fromkeys(held, datetime.now(UTC)))
        return held == []

    until(all_gone, "all are free", every=0.05)
    assert set(last_seen) == {"10:00", "11:00", "12:00"}
    assert all(seen - began > timedelta(seconds=1.5) for seen in last_seen.values())


def test_differs_the_body_wins_over_the_cookie(shared: Server, seed_client: NewClient) -> None:
    owner = seed_client(shared, "c1")
    owner.select("10:00")
    owner.deselect("10:00", client_id="somebody else")
    assert seed_client(shared, "c2").poll()["active_selections"] == ["10:00"]


@pytest.mark.parametrize("cookie", ["", "x", "0" * 31, "0" * 33, "g" * 32, "0" * 32])
def test_differs_a_made_up_cookie_is_nobody(
    shared: Server, seed_client: NewClient, cookie: str
) -> None:
    owner, forger = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    forger.http.cookies.set("dibs_client", cookie)
    assert forger.deselect("10:00", client_id=None).status_code == 200
    assert forger.poll(client_id=None)["active_selections"] == ["10:00"]


def test_the_cookie_is_sent_once_and_kept_from_scripts(
    shared: Server, seed_client: NewClient
) -> None:
    client = seed_client(shared, "c1")
    first = client.http.get(
        f"{API}/slots/poll", params={"date": str(client.day), "employee_id": 1, "client_id": "c1"}
    )
    sent = first.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(sent.split("; "))
    assert "c1" not in sent.partition(";")[0].partition("=")[2]
    again = client.http.get(
        f"{API}/slots/poll", params={"date": str(client.day), "employee_id": 1, "client_id": "c1"}
    )
    assert "Set-Cookie" not in again.headers


# --- … a poll with selected_time prolongs, and nothing else


def test_differs_polls_prolong_their_hold(brief: Server, seed_client: NewClient) -> None:
    owner, other = seed_client(brief, "c1"), seed_client(brief, "c2")
    owner.select("10:00")
    began = datetime.now(UTC)

    def outlived() -> bool:
        owner.poll(selected_time="10:00")
        assert other.poll()["active_selections"] == ["10:00"]
        return datetime.now(UTC) - began > timedelta(seconds=2)

    until(outlived, "twice its first second has passed", every=0.1)
    until(lambda: other.poll()["active_selections"] == [], "it ends after the last poll")


def test_differs_a_poll_never_steals(shared: Server, seed_client: NewClient) -> None:
    owner, thief = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    for _ in range(2):
        assert thief.poll(selected_time="10:00")["active_selections"] == ["10:00"]
    assert owner.poll()["active_selections"] == []
    assert owner.select("10:00").status_code == 200


@pytest.mark.scenario(35)
def test_differs_a_client_can_not_gather_slots_by_polling(
    shared: Server, seed_client: NewClient
) -> None:
    greedy, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    greedy.poll(selected_time="15:00")
    assert other.poll()["active_selections"] == ["15:00"]
    greedy.employee = 2
    greedy.poll(selected_time="15:00")
    assert other.poll()["active_selections"] == []
    other.employee = 2
    assert other.poll()["active_selections"] == ["15:00"]


def test_differs_a_late_poll_never_moves_the_selection_back(
    shared: Server, seed_client: NewClient
) -> None:
    client, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    client.select("10:00")
    client.select("11:00")
    client.poll(selected_time="10:00")
    assert other.poll()["active_selections"] == ["11:00"]


def test_differs_a_late_poll_never_revives_a_selection(
    brief: Server, seed_client: NewClient
) -> None:
    client, other = seed_client(brief, "c1"), seed_client(brief, "c2")
    client.select("10:00")
    until(lambda: other.poll()["active_selections"] == [], "the selection has expired")
    client.poll(selected_time="10:00")
    assert other.poll()["active_selections"] == []
    assert client.select("10:00").status_code == 200


def test_differs_a_poll_takes_no_slot_that_is_booked_or_closed(
    shared: Server, seed_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("11:00", day))
    for time in ("11:00", "08:00", "10:15"):
        client = seed_client(shared, f"wants {time}")
        assert lists(client.poll(selected_time=time)) == NOTHING | {"booked_slots": ["11:00"]}
    assert seed_client(shared, "c2").poll()["active_selections"] == []


# --- … deselect lingers


def test_differs_a_deselected_slot_lingers_for_its_visitor_alone(
    shared: Server, seed_client: NewClient
) -> None:
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    assert other.poll()["active_selections"] == ["10:00"]
    assert refused(other.select("10:00")) == (409, "slot_locked")
    assert owner.poll()["active_selections"] == []
    assert owner.select("10:00").status_code == 200


def test_differs_going_back_gives_a_lingering_slot_to_others(
    shared: Server, seed_client: NewClient
) -> None:
    """The client polls without a selection each second where times are chosen, not in its form."""
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    assert other.poll()["active_selections"] == ["10:00"]
    owner.poll()
    assert other.poll()["active_selections"] == []
    assert other.select("10:00").status_code == 200
    owner.poll()
    assert owner.poll()["active_selections"] == ["10:00"]
    assert "dibs_lingers" not in owner.http.cookies


@pytest.mark.parametrize("more", [{"employee_id": 2}, {"date": "another"}])
def test_differs_asking_for_another_day_or_person_gives_a_lingering_slot_to_others(
    shared: Server, seed_client: NewClient, day: date, more: dict[str, Any]
) -> None:
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    owner.availability()
    assert other.poll()["active_selections"] == ["10:00"], "the form asks for its own day"
    owner.availability(**more | ({"date": str(day + timedelta(days=1))} if "date" in more else {}))
    assert other.poll()["active_selections"] == []


def test_differs_a_poll_sent_before_the_deselect_takes_no_slot_from_a_form(
    shared: Server, seed_client: NewClient
) -> None:
    owner, late, other = (seed_client(shared, name) for name in ("c1", "c1", "c2"))
    owner.select("10:00")
    late.http.cookies.update(owner.http.cookies)
    owner.deselect("10:00")
    late.poll()
    assert other.poll()["active_selections"] == ["10:00"]
    owner.select("10:00")
    owner.poll()
    assert other.poll()["active_selections"] == ["10:00"], "it was selected anew"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        "1_2026-02-30_10:00_1",
        "9" * 5000 + "_2030-01-02_10:00_1",
        "999_2030-01-02_10:00_1",
        "1_2030-01-02_99:99_1",
    ],
)
def test_a_made_up_cookie_of_a_lingering_slot_is_none(
    shared: Server, seed_client: NewClient, value: str
) -> None:
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    owner.http.cookies.set("dibs_lingers", value)
    owner.poll()
    assert owner.availability(employee_id=2).status_code == 200
    assert other.poll()["active_selections"] == ["10:00"]


def test_differs_a_slot_lingers_in_full_however_long_it_was_looked_for(
    brief: Server, seed_client: NewClient
) -> None:
    """A selection lives for three seconds in all; let go at its end, for two more."""
    owner, viewer = seed_client(brief, "c1"), seed_client(brief, "viewer")
    owner.select("10:00")
    selected = datetime.now(UTC)

    def has_looked_for_long() -> bool:
        owner.poll(selected_time="10:00")
        return datetime.now(UTC) - selected > timedelta(seconds=2)

    until(has_looked_for_long, "two of three seconds have passed", every=0.2)
    let_go = last_seen = datetime.now(UTC)
    owner.deselect("10:00")

    def is_free() -> bool:
        nonlocal last_seen
        held: list[str] = viewer.poll()["active_selections"]
        last_seen = datetime.now(UTC) if held else last_seen
        return held == []

    until(is_free, "it is free", every=0.05)
    assert last_seen - let_go > timedelta(seconds=1.5)


def test_differs_a_lingering_slot_is_given_up_for_another(
    shared: Server, seed_client: NewClient
) -> None:
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    owner.select("11:00")
    assert other.poll()["active_selections"] == ["11:00"]
    assert other.select("10:00").status_code == 200


def test_differs_a_lingering_slot_is_given_up_for_one_of_another_day_or_person(
    shared: Server, seed_client: NewClient, day: date
) -> None:
    owner, other = seed_client(shared, "c1"), seed_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    owner.select("10:00", employee_id=2)
    assert other.poll()["active_selections"] == []
    owner.select("10:00", date=str(day + timedelta(days=1)))
    assert other.poll(employee_id=2)["active_selections"] == []


# --- … locked_slots, and lists that say all that is busy


@pytest.mark.scenario(3)
def test_differs_slots_at_checkout_are_locked(
    shared: Server, seed_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.check_out(at("10:00", day), service=2)
    poll = seed_client(shared, "c1").poll()
    assert lists(poll) == NOTHING | {"locked_slots": ["10:00", "10:30"]}


def test_differs_lists_have_every_slot_that_is_overlapped_in_order_and_once(
    shared: Server, seed_client: NewClient, ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.book(at("13:30", day), service=2)
    ann.book(at("11:00", day))
    bob.hold(at("15:00", day), service=2)
    seed_client(shared, "c1").select("09:30")
    poll = seed_client(shared, "c2").poll()
    assert lists(poll) == {
        "active_selections": ["09:30", "15:00", "15:30"],
        "booked_slots": ["11:00", "13:30", "14:00"],
        "locked_slots": [],
    }


def test_the_native_api_and_the_plugins_see_each_others_holds(
    shared: Server, seed_client: NewClient, ann: Visitor, day: date
) -> None:
    seed_client(shared, "c1").select("10:00")
    assert states(ann.board(1, day)) == ["held"]
    assert refused(ann.hold(at("10:00", day))) == (409, "slot_held")
    assert refused(ann.book(at("09:30", day), service=2)) == (409, "slot_held")
    assert ann.hold(at("12:00", day)).status_code == 201
    assert refused(seed_client(shared, "c2").select("12:00")) == (409, "slot_locked")


def test_a_time_that_crosses_midnight_is_in_the_lists_of_both_days(
    shared: Server, seed_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("23:00", day), service=6, resource=6)
    booth = seed_client(shared, "c1", employee=6)
    booth.hours = ("22:00", "24:00")
    assert booth.poll()["booked_slots"] == ["23:00", "23:30"]
    booth.hours = ("00:00", "01:00")
    assert booth.poll(date=str(day + timedelta(days=1)))["booked_slots"] == ["00:00"]


# --- … the same rules as the native API, and no nonsense


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        ({"date": "garbage"}, "invalid_date", "Invalid date"),
        ({"date": "2026-02-30"}, "invalid_date", "Invalid date"),
        ({"date": "1999-13-99", "time": "xx"}, "invalid_date", "Invalid date"),
        ({"date": "*"}, "invalid_date", "Invalid date"),
        ({"date": 20261125}, "invalid_date", "Invalid date"),
        ({"time": "99:99"}, "invalid_time", "Invalid time"),
        ({"time": "24:00"}, "invalid_time", "Invalid time"),
        ({"time": "10:00zzz"}, "invalid_time", "Invalid time"),
        ({"time": ["10:00"]}, "invalid_time", "Invalid time"),
        ({"employee_id": 999}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": "abc"}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": True}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": -1}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": 10**30}, "invalid_employee", "Invalid employee ID"),
    ],
)
def test_differs_nonsense_is_refused_on_write(
    shared: Server, seed_client: NewClient, more: dict[str, Any], code: str, message: str
) -> None:
    answer = seed_client(shared, "c1").select("10:00", **more)
    assert answer.status_code == 400
    assert answer.json() == wordpress_error(code, message, 400)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("date=garbage&employee_id=1", "invalid_date"),
        ("date=2026-02-30&employee_id=1", "invalid_date"),
        ("date=*&employee_id=1", "invalid_date"),
        ("date={day}&employee_id=1&client_id=c9&selected_time=99:99zzz", "invalid_time"),
        ("date={day}&employee_id=1&client_id=c9&selected_time=10", "invalid_time"),
    ],
)
def test_differs_nonsense_is_refused_in_a_poll_and_shown_to_nobody(
    shared: Server, seed_client: NewClient, day: date, query: str, code: str
) -> None:
    answer = shared.http.get(f"{API}/slots/poll?{query.format(day=day)}")
    assert refused(answer) == (400, code)
    assert lists(seed_client(shared, "c2").poll()) == NOTHING


@pytest.mark.parametrize("time", ["08:30", "17:00", "20:00"])
def test_differs_a_select_outside_hours_is_refused(
    shared: Server, seed_client: NewClient, time: str
) -> None:
    answer = seed_client(shared, "c1").select(time)
    message = "Appointment must be within business hours"
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("outside_hours", message, 400)


def test_differs_a_select_off_the_grid_is_refused(shared: Server, seed_client: NewClient) -> None:
    assert refused(seed_client(shared, "c1").select("10:15")) == (409, "slot_closed")


def test_differs_a_select_on_a_day_off_is_refused(
    shared: Server, seed_client: NewClient, day: date
) -> None:
    answer = seed_client(shared, "c1", day=day + timedelta(days=4)).select("10:00")
    message = "Appointment must be on a working day"
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("non_working_day", message, 400)


def test_differs_a_select_in_the_past_is_refused(shared: Server, seed_client: NewClient) -> None:
    answer = seed_client(shared, "c1", day=date(2020, 1, 1)).select("10:00")
    assert answer.status_code == 400
    assert answer.json() == wordpress_error(
        "past_date", "Cannot book appointments in the past", 400
    )


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Open to bookings from two weeks ahead to thirty days ahead."""
    window = "booking_window_days = 30"
    two_weeks = DEMO.replace(window, f"{window}\nminimum_notice = 20160")
    folder = tmp_path_factory.mktemp("strict")
    server = Server.start(furnished(folder, two_weeks), command="serve")
    yield server
    server.stop()


def test_differs_a_slot_too_far_ahead_is_not_selected(
    strict: Server, seed_client: NewClient
) -> None:
    late = seed_client(strict, "c1", day=working_day(9))
    answer = late.select("10:00")
    message = "Cannot book more than 30 days in advance"
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("too_far_advance", message, 400)
    late.poll(selected_time="10:00")
    assert seed_client(strict, "c2", day=late.day).poll()["active_selections"] == []


def test_differs_a_slot_that_can_not_be_booked_so_soon_is_not_selected(
    strict: Server, seed_client: NewClient
) -> None:
    soon, later = (seed_client(strict, "c1", day=working_day(week)) for week in (0, 2))
    assert refused(soon.select("10:00")) == (409, "slot_closed")
    soon.poll(selected_time="10:00")
    assert seed_client(strict, "c2", day=soon.day).poll()["active_selections"] == []
    assert later.select("10:00").status_code == 200


def test_differs_a_slot_at_which_no_service_starts_is_not_selected(
    shared: Server, seed_client: NewClient, day: date
) -> None:
    """The class begins every two hours."""
    room = seed_client(shared, "c1", employee=4, day=day + timedelta(days=3))
    assert refused(room.select("10:30")) == (409, "slot_closed")
    assert room.select("12:00").status_code == 200


# --- … where selections are kept


def test_differs_without_redis_they_are_kept_in_memory(
    shared: Server, seed_client: NewClient
) -> None:
    kept_in = "redis" if "redis_url" in shared.settings else "memory"
    client = seed_client(shared, "c1")
    assert client.select("10:00").json()["storage"] == kept_in
    form = {"action": "heartbeat"} | {
        f"data[appointease_poll][{name}]": str(value)
        for name, value in client.wish("10:00").items()
    }
    beat = client.http.post("/wp-admin/admin-ajax.php", data=form).json()
    assert beat["storage_mode"] == beat["cache_info"]["storage_mode"] == kept_in
    assert beat["cache_info"]["redis_enabled"] is (kept_in == "redis")


# --- … nonces, limits, origins


@pytest.mark.parametrize("nonce", ["deadbeef00", "", "x" * 1000])
def test_differs_a_wrong_nonce_is_no_hindrance(shared: Server, day: date, nonce: str) -> None:
    query = {"date": str(day), "employee_id": "1"}
    answer = shared.http.get(f"{API}/slots/poll", params=query, headers={"X-WP-Nonce": nonce})
    assert answer.status_code == 200


@pytest.mark.scenario(18)
def test_a_guest_needs_nothing_to_look_and_select(shared: Server, seed_client: NewClient) -> None:
    guest = seed_client(shared, "c1")
    assert guest.http.headers.get("X-WP-Nonce") is None
    assert guest.select("10:00").status_code == 200


@pytest.mark.scenario(16)
def test_differs_polling_is_never_limited(shared: Server, seed_client: NewClient) -> None:
    client = seed_client(shared, "c1")
    for _ in range(150):
        client.poll()


def test_differs_no_origin_is_let_in_that_was_not_named(shared: Server, day: date) -> None:
    asked = {"Origin": "http://other.example", "Access-Control-Request-Method": "GET"}
    path = f"{API}/slots/poll?date={day}&employee_id=1"
    for answer in (shared.http.options(path, headers=asked), shared.http.get(path, headers=asked)):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_many_clients_poll_at_once_and_all_see_the_same(
    shared: Server, seed_client: NewClient
) -> None:
    seed_client(shared, "holder").select("10:00")
    clients = [seed_client(shared, f"viewer {n}") for n in range(20)]

    def poll(client: SeedClient) -> dict[str, Any]:
        return lists(client.poll())

    with ThreadPoolExecutor(20) as pool:
        seen = list(pool.map(poll, clients * 5))
    assert all(each == NOTHING | {"active_selections": ["10:00"]} for each in seen)


def test_differs_a_class_is_to_be_had_while_it_has_seats(
    shared: Server, seed_client: NewClient, day: date
) -> None:
    """One visitor at a time chooses it; what begins later is overlapped by it all the same."""
    tuesday = day - timedelta(days=1)
    for number in range(10):
        client = seed_client(shared, f"c{number}", employee=4, day=tuesday)
        assert "17:00" not in client.poll()["booked_slots"]
        assert "17:00" not in client.availability().json()["unavailable"]
        assert client.select("17:00").status_code == 200
        booked = client.book("17:00", service_id=4, email=f"{number}@example.com")
        assert booked.status_code == 200, booked.text
    late = seed_client(shared, "late", employee=4, day=tuesday)
    late.hours = ("17:00", "21:00")
    assert [time for time in ("17:00", "19:00") if time in late.poll()["booked_slots"]] == ["17:00"]
    assert "17:00" in late.availability().json()["unavailable"]
    assert refused(late.select("17:00")) == (409, "slot_taken")
    assert refused(late.book("17:00", service_id=4)) == (409, "slot_taken")
