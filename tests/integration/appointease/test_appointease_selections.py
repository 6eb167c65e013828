"""How selections of AppointEase clients differ from those of the captured plugin.

Nobody can take a selection over, only its owner ends it, polls prolong it, and a deselected slot is
kept for a while.

Each difference is deliberate and has a test that names it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import (
    API,
    EMPTY_LISTS,
    NewClient,
    PluginClient,
    lists,
    wordpress_error,
)
from tests.support.days import at
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

LOCKED = wordpress_error("slot_locked", "Slot is already locked", 409)


# --- what differs on purpose: a later select doesn't steal


@pytest.mark.scenario(4)
def test_differs_a_later_select_is_refused_instead_of_stealing(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, thief = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    answer = thief.select("10:00")
    assert (answer.status_code, answer.json()) == (409, LOCKED)
    assert thief.poll()["active_selections"] == ["10:00"]
    assert owner.poll()["active_selections"] == []


@pytest.mark.scenario(4)
def test_differs_of_twenty_selects_at_once_one_wins(
    shared: Server, plugin_client: NewClient
) -> None:
    clients = [plugin_client(shared, f"rival {n}") for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda client: client.select("10:00"), clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert all(answer.json() == LOCKED for answer in answers if answer.status_code == 409)


@pytest.mark.parametrize("booked", [True, False])
def test_differs_a_slot_that_is_booked_or_at_checkout_is_refused(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date, booked: bool
) -> None:
    if booked:
        ann.book(at("11:00", day))
    else:
        ann.check_out(at("11:00", day))
    answer = plugin_client(shared, "c3").select("11:00")
    expected = wordpress_error("slot_taken", "Slot already booked", 409) if booked else LOCKED
    assert (answer.status_code, answer.json()) == (409, expected)


def test_differs_a_time_that_the_client_has_booked_itself_is_refused(
    shared: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(shared, "c3")
    assert client.select("11:00").status_code == 200
    assert client.book("11:00", client_id="c3", service_id=2).status_code == 200
    answer = client.select("11:00")
    assert (answer.status_code, answer.json()) == (
        409,
        wordpress_error("slot_taken", "Slot already booked", 409),
    )
    assert client.select("11:30").status_code == 200, "a booking may be moved by half an hour"


# --- only the owner deselects


@pytest.mark.scenario(5)
@pytest.mark.parametrize("name", ["c2", "", None])
def test_differs_a_strangers_deselect_says_success_and_changes_nothing(
    shared: Server, plugin_client: NewClient, name: str | None
) -> None:
    owner, stranger = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    answer = stranger.deselect("10:00", client_id=name)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert stranger.poll()["active_selections"] == ["10:00"]
    assert refusal_of(stranger.select("10:00")) == (409, "slot_locked")


def test_differs_the_owner_is_known_by_name_or_by_the_cookie_of_select_or_poll(
    brief: Server, plugin_client: NewClient
) -> None:
    """A selection that its owner ends lingers for four seconds. Otherwise it would end after one
    second, or after three seconds of a poll."""
    by_name, by_select, by_poll = (plugin_client(brief, name) for name in ("c1", "c2", "c3"))
    viewer = plugin_client(brief, "viewer")
    for client, time in ((by_name, "10:00"), (by_select, "11:00"), (by_poll, "12:00")):
        client.select(time)
    by_poll.http.cookies.clear()
    by_poll.poll()
    by_name.http.cookies.clear()
    let_go: dict[str, datetime] = {}

    def deselect(client: PluginClient, time: str, **more: Any) -> None:
        let_go[time] = datetime.now(UTC)
        client.deselect(time, **more)

    deselect(by_name, "10:00")
    deselect(by_select, "11:00", client_id=None)
    deselect(by_poll, "12:00", client_id=None)
    free_at: dict[str, datetime] = {}

    def all_are_free() -> bool:
        held: list[str] = viewer.poll()["active_selections"]
        seen = datetime.now(UTC)
        for time in set(let_go) - set(held):
            free_at.setdefault(time, seen)
        return held == []

    until(all_are_free, "all are free", every=0.05)
    lingered = {time: free_at[time] - let_go[time] for time in let_go}
    assert all(span > timedelta(seconds=3.5) for span in lingered.values()), lingered


def test_differs_the_body_wins_over_the_cookie(shared: Server, plugin_client: NewClient) -> None:
    owner = plugin_client(shared, "c1")
    owner.select("10:00")
    owner.deselect("10:00", client_id="somebody else")
    assert plugin_client(shared, "c2").poll()["active_selections"] == ["10:00"]


@pytest.mark.parametrize("cookie", ["", "x", "0" * 31, "0" * 33, "g" * 32, "0" * 32])
def test_differs_a_made_up_cookie_is_nobody(
    shared: Server, plugin_client: NewClient, cookie: str
) -> None:
    owner, forger = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    forger.http.cookies.set("dibs_client", cookie)
    assert forger.deselect("10:00", client_id=None).status_code == 200
    assert forger.poll(client_id=None)["active_selections"] == ["10:00"]


def test_the_cookie_is_sent_once_and_kept_from_scripts(
    shared: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(shared, "c1")
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


# --- a poll with selected_time prolongs, and nothing else


def test_differs_polls_prolong_their_hold(brief: Server, plugin_client: NewClient) -> None:
    owner, other = plugin_client(brief, "c1"), plugin_client(brief, "c2")
    owner.select("10:00")
    began = datetime.now(UTC)

    def has_outlived() -> bool:
        owner.poll(selected_time="10:00")
        assert other.poll()["active_selections"] == ["10:00"]
        return datetime.now(UTC) - began > timedelta(seconds=2)

    until(has_outlived, "twice its first second has passed", every=0.1)
    until(lambda: other.poll()["active_selections"] == [], "it ends after the last poll")


def test_differs_a_poll_never_steals(shared: Server, plugin_client: NewClient) -> None:
    owner, thief = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    for _ in range(2):
        assert thief.poll(selected_time="10:00")["active_selections"] == ["10:00"]
    assert owner.poll()["active_selections"] == []
    assert owner.select("10:00").status_code == 200


@pytest.mark.scenario(35)
def test_differs_a_client_can_not_gather_slots_by_polling(
    shared: Server, plugin_client: NewClient
) -> None:
    greedy, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    greedy.poll(selected_time="15:00")
    assert other.poll()["active_selections"] == ["15:00"]
    greedy.employee = 2
    greedy.poll(selected_time="15:00")
    assert other.poll()["active_selections"] == []
    other.employee = 2
    assert other.poll()["active_selections"] == ["15:00"]


def test_differs_a_late_poll_never_moves_the_selection_back(
    shared: Server, plugin_client: NewClient
) -> None:
    client, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    client.select("10:00")
    client.select("11:00")
    client.poll(selected_time="10:00")
    assert other.poll()["active_selections"] == ["11:00"]


def test_differs_a_late_poll_never_revives_a_selection(
    brief: Server, plugin_client: NewClient
) -> None:
    client, other = plugin_client(brief, "c1"), plugin_client(brief, "c2")
    client.select("10:00")
    until(lambda: other.poll()["active_selections"] == [], "the selection has expired")
    client.poll(selected_time="10:00")
    assert other.poll()["active_selections"] == []
    assert client.select("10:00").status_code == 200


def test_differs_a_poll_takes_no_slot_that_is_booked_or_closed(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("11:00", day))
    for time in ("11:00", "08:00", "10:15"):
        client = plugin_client(shared, f"wants {time}")
        assert lists(client.poll(selected_time=time)) == EMPTY_LISTS | {"booked_slots": ["11:00"]}
    assert plugin_client(shared, "c2").poll()["active_selections"] == []


# --- deselect lingers


def test_differs_a_deselected_slot_lingers_for_its_visitor_alone(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    assert other.poll()["active_selections"] == ["10:00"]
    assert refusal_of(other.select("10:00")) == (409, "slot_locked")
    assert owner.poll()["active_selections"] == []
    assert owner.select("10:00").status_code == 200


def test_differs_going_back_gives_a_lingering_slot_to_others(
    shared: Server, plugin_client: NewClient
) -> None:
    """Only where times are chosen does the client poll each second without a selection. In its form
    it does not."""
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
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
    shared: Server, plugin_client: NewClient, day: date, more: dict[str, Any]
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    owner.availability()
    assert other.poll()["active_selections"] == ["10:00"], "the form asks for its own day"
    owner.availability(**more | ({"date": str(day + timedelta(days=1))} if "date" in more else {}))
    assert other.poll()["active_selections"] == []


def test_differs_a_poll_sent_before_the_deselect_takes_no_slot_from_a_form(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, late, other = (plugin_client(shared, name) for name in ("c1", "c1", "c2"))
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
    shared: Server, plugin_client: NewClient, value: str
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    owner.http.cookies.set("dibs_lingers", value)
    owner.poll()
    assert owner.availability(employee_id=2).status_code == 200
    assert other.poll()["active_selections"] == ["10:00"]


def test_differs_a_slot_lingers_in_full_however_long_it_was_looked_for(
    brief: Server, plugin_client: NewClient
) -> None:
    """A selection lives at most five seconds. If it is deselected near its end, it lingers for four
    more."""
    owner, viewer = plugin_client(brief, "c1"), plugin_client(brief, "viewer")
    owner.select("10:00")
    selected = datetime.now(UTC)

    def has_looked_for_long() -> bool:
        owner.poll(selected_time="10:00")
        return datetime.now(UTC) - selected > timedelta(seconds=3)

    until(has_looked_for_long, "three of five seconds have passed", every=0.2)
    let_go = datetime.now(UTC)
    owner.deselect("10:00")
    until(lambda: viewer.poll()["active_selections"] == [], "it is free", every=0.05)
    assert datetime.now(UTC) - let_go > timedelta(seconds=3.5)


def test_differs_a_lingering_slot_is_given_up_for_another(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    owner.select("11:00")
    assert other.poll()["active_selections"] == ["11:00"]
    assert other.select("10:00").status_code == 200


def test_differs_a_lingering_slot_is_given_up_for_one_of_another_day_or_person(
    shared: Server, plugin_client: NewClient, day: date
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    owner.deselect("10:00")
    owner.select("10:00", employee_id=2)
    assert other.poll()["active_selections"] == []
    owner.select("10:00", date=str(day + timedelta(days=1)))
    assert other.poll(employee_id=2)["active_selections"] == []
