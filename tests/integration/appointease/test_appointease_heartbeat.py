"""WordPress Heartbeat: clients that ask every five seconds keep working."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import NewClient, PluginClient
from tests.support.days import at
from tests.support.json_shapes import same_shape
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

PATH = "/wp-admin/admin-ajax.php"
POLLED = """{"appointease_test":"heartbeat_working","redis_status":"available",
"storage_mode":"redis","appointease_active_selections":[],
"appointease_booked_slots":["11:00","14:00"],"appointease_locked_slots":[],
"cache_info":{"redis_enabled":true,"storage_mode":"redis","timestamp":1795339388,
"health_check_used":true},"redis_ops":{"locks":0,"selections":0,"user_selection":1},
"wp-auth-check":false,"server_time":1795339388}"""
SELECTED = """{"appointease_test":"heartbeat_working","redis_status":"available",
"storage_mode":"redis","appointease_select":{"error":"Slot already booked","status":"booked"},
"wp-auth-check":false,"server_time":1795339388}"""


def send_heartbeat(client: PluginClient, about: str, /, **fields: Any) -> httpx2.Response:
    """Send a heartbeat like jQuery. A value of None leaves a field out."""
    asked: dict[str, Any] = {
        "date": client.day,
        "employee_id": client.employee,
        "client_id": client.name,
    }
    form = {"action": "heartbeat", "screen_id": "front"} | {
        f"data[appointease_{about}][{name}]": str(value)
        for name, value in (asked | fields).items()
        if value is not None
    }
    answer = client.http.post(PATH, data=form)
    assert answer.status_code == 200, answer.text
    return answer


def lists(answer: httpx2.Response) -> list[list[str]]:
    """Return the lists of an answer, limited to the working hours of employee 1; all other times
    are drawn as booked."""
    names = ("active_selections", "booked_slots", "locked_slots")
    found = [answer.json()[f"appointease_{name}"] for name in names]
    return [[time for time in times if "09:00" <= time < "17:00"] for times in found]


# --- the captured pairs


def test_a_poll(
    shared: Server, plugin_client: NewClient, ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.book(at("14:00", day))
    ann.book(at("11:00", day))
    bob.check_out(at("12:00", day))
    plugin_client(shared, "c1").select("10:00")
    client = plugin_client(shared, "c2")
    answer = send_heartbeat(client, "poll", selected_time="15:00")
    captured = json.loads(POLLED)
    captured["appointease_active_selections"] = captured["appointease_locked_slots"] = ["10:00"]
    assert same_shape(answer.json(), json.dumps(captured))
    assert lists(answer) == [["10:00"], ["11:00", "14:00"], ["12:00"]]
    assert answer.json()["redis_ops"] == {"locks": 1, "selections": 1, "user_selection": 1}
    other = plugin_client(shared, "c3")
    both = ["10:00", "15:00"]
    until(lambda: other.poll()["active_selections"] == both, "the poll's own selection is seen")


def test_a_select_of_a_booked_slot(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("11:00", day))
    answer = send_heartbeat(plugin_client(shared, "c2"), "select", time="11:00").json()
    assert same_shape(answer, SELECTED)
    assert answer["appointease_select"] == {"error": "Slot already booked", "status": "booked"}


# --- the rest of what these clients do


def test_select_and_deselect(shared: Server, plugin_client: NewClient) -> None:
    client, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    selected = send_heartbeat(client, "select", time="10:00").json()["appointease_select"]
    assert selected == {"success": True, "status": "selected", "broadcast": True}
    assert lists(send_heartbeat(other, "poll")) == [["10:00"], [], []]
    assert lists(send_heartbeat(client, "poll")) == [[], [], []]
    gone = send_heartbeat(client, "deselect", time="10:00", client_id=None).json()
    assert gone["appointease_deselect"] == {"success": True}


@pytest.mark.parametrize("about", ["select", "deselect"])
@pytest.mark.parametrize("missing", ["date", "employee_id", "time"])
def test_what_is_missing_is_said(
    shared: Server, plugin_client: NewClient, about: str, missing: str
) -> None:
    answer = send_heartbeat(
        plugin_client(shared, "c1"), about, **({"time": "10:00"} | {missing: None})
    )
    assert answer.json()[f"appointease_{about}"] == {"error": "Missing required parameters"}


@pytest.mark.parametrize("missing", ["date", "employee_id"])
def test_a_poll_of_nothing_has_no_lists(
    shared: Server, plugin_client: NewClient, missing: str
) -> None:
    answer = send_heartbeat(plugin_client(shared, "c1"), "poll", **{missing: None}).json()
    assert list(answer)[-2:] == ["wp-auth-check", "server_time"]
    assert "appointease_booked_slots" not in answer


def test_all_at_once(shared: Server, plugin_client: NewClient) -> None:
    client = plugin_client(shared, "c1")
    slot = {"date": client.day, "employee_id": 1, "time": "10:00", "client_id": "c1"}
    form = {"action": "heartbeat"} | {
        f"data[appointease_{about}][{name}]": str(value)
        for about in ("select", "poll")
        for name, value in slot.items()
    }
    answer = client.http.post(PATH, data=form).json()
    assert answer["appointease_select"]["success"] is True
    assert answer["appointease_active_selections"] == []


@pytest.mark.parametrize("action", ["", "get_posts", "appointease_booking", "heartbeat2"])
def test_other_actions_do_nothing(shared: Server, action: str) -> None:
    answer = shared.http.post(PATH, data={"action": action})
    assert (answer.status_code, answer.text) == (400, "0")
    assert (shared.http.get(PATH).status_code, shared.http.get(PATH).text) == (400, "0")


@pytest.mark.scenario(25)
def test_the_heartbeats_bookings_and_debug_actions_do_nothing(
    shared: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(shared, "c1")
    client.select("10:00")
    form = {
        "action": "heartbeat",
        "data[appointease_booking][action]": "get_user_data",
        "data[appointease_booking][user_email]": "ann@example.com",
        "data[appointease_debug][action]": "clear_locks",
    }
    answer = client.http.post(PATH, data=form).json()
    assert "appointease_booking" not in answer
    assert plugin_client(shared, "c2").poll()["active_selections"] == ["10:00"]


# --- what differs on purpose


@pytest.mark.scenario(4)
def test_differs_no_steal_and_no_release_by_heartbeat(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, thief = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    send_heartbeat(owner, "select", time="10:00")
    stolen = send_heartbeat(thief, "select", time="10:00").json()["appointease_select"]
    assert stolen == {"error": "Slot is already locked", "status": "locked"}
    send_heartbeat(thief, "deselect", time="10:00", client_id=None)
    send_heartbeat(thief, "deselect", time="10:00")
    send_heartbeat(thief, "poll", selected_time="10:00")
    assert lists(send_heartbeat(thief, "poll")) == [["10:00"], [], []]
    assert refusal_of(thief.select("10:00")) == (409, "slot_locked")


@pytest.fixture
def without_redis(tmp_path: Path, postgres: Postgres) -> Iterator[Server]:
    """Start a node whose Redis has been killed."""
    redis = RedisServer()
    stack = Stack(tmp_path, postgres, redis)
    node = stack.node()
    assert httpx2.get(f"{node.url}/health/ready").json()["holds"] == "ok"
    redis.kill()
    yield node
    stack.stop()
    redis.remove()


def redis_status(beaten: httpx2.Response) -> tuple[str, str]:
    said = beaten.json()
    assert said["cache_info"]["storage_mode"] == said["storage_mode"]
    assert said["cache_info"]["redis_enabled"] is (said["storage_mode"] == "redis")
    return said["redis_status"], said["storage_mode"]


def test_differs_redis_is_said_to_be_there_only_if_it_is(
    shared: Server, without_redis: Server, plugin_client: NewClient
) -> None:
    has_one = "redis_url" in shared.settings
    status = redis_status(send_heartbeat(plugin_client(shared, "c1"), "poll"))
    assert status == (("available", "redis") if has_one else ("unavailable", "memory"))
    alone = send_heartbeat(plugin_client(without_redis, "c1"), "poll")
    assert redis_status(alone) == ("unavailable", "memory")


@pytest.mark.scenario(36)
def test_differs_without_redis_nothing_is_selected_and_all_else_goes_on(
    without_redis: Server, plugin_client: NewClient
) -> None:
    """A hold that was given up ends by its own deadline, so the client need not hear of the failed
    request."""
    client = plugin_client(without_redis, "c1")
    assert refusal_of(client.select("10:00")) == (503, "holds_unavailable")
    assert send_heartbeat(client, "select", time="10:00").json()["appointease_select"][
        "status"
    ] == ("holds_unavailable")
    let_go = client.deselect("10:00")
    assert (let_go.status_code, let_go.json()) == (200, {"success": True})
    assert (
        send_heartbeat(client, "deselect", time="10:00").json()["appointease_deselect"]
        == let_go.json()
    )
    assert client.book("10:00").status_code == 200
    assert client.poll()["booked_slots"] == ["10:00"]


def test_a_beat_with_what_other_plugins_say_is_read_whole(
    shared: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(shared, "c1")
    client.select("10:00")
    others = {f"data[other][{number}]": "x" for number in range(900)}
    fields = {"date": str(client.day), "employee_id": "1"}
    ours = {f"data[appointease_poll][{name}]": value for name, value in fields.items()}
    form = {"action": "heartbeat"} | others | ours
    answer = plugin_client(shared, "c2").http.post(PATH, data=form)
    assert lists(answer) == [["10:00"], [], []]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"date": "*"}, "invalid_date"),
        ({"date": "2026-02-30"}, "invalid_date"),
        ({"time": "99:99"}, "invalid_time"),
        ({"employee_id": "abc"}, "invalid_employee"),
        ({"employee_id": "999"}, "invalid_employee"),
        ({"time": "03:00"}, "outside_hours"),
        ({"time": "10:15"}, "slot_closed"),
        ({"date": "2020-01-01"}, "past_date"),
    ],
)
def test_differs_nonsense_is_refused(
    shared: Server, plugin_client: NewClient, fields: dict[str, str], status: str
) -> None:
    client = plugin_client(shared, "c1")
    answer = send_heartbeat(client, "select", **({"time": "10:00"} | fields)).json()
    assert answer["appointease_select"]["status"] == status


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"%",
        b"action=heartbeat&data[appointease_poll]=x",
        b"action=heartbeat&data[appointease_poll][date]=%00&data[appointease_poll][date]=*",
        b"action=heartbeat&" + b"&".join(b"x=1" for _ in range(2000)),
        b"action=heartbeat&data[appointease_select][date][x]=1",
        b"\xff\xfe",
    ],
)
def test_odd_forms_are_no_errors(shared: Server, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert shared.http.post(PATH, content=body, headers=headers).status_code in (200, 400)
