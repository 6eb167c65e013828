"""A page of another site can't claim or change anything on behalf of its visitor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import API, NewClient, PluginClient
from tests.support.catalog_files import without_horizon
from tests.support.commands import make_data_folder
from tests.support.days import at, wire
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor

NAMED = "https://shop.example"
BY_IMAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
BY_FORM = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
FROM_NAMED = {"Sec-Fetch-Site": "cross-site", "Origin": NAMED}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data: Path = make_data_folder(tmp_path_factory.mktemp("cross-site"), without_horizon())
    server = Server.start(data, command="serve", allowed_origins=NAMED)
    yield server
    server.stop()


def poll(client: PluginClient, headers: dict[str, str]) -> httpx2.Response:
    asked: dict[str, Any] = {
        "date": str(client.day),
        "employee_id": 1,
        "client_id": client.name,
        "selected_time": "09:30",
    }
    return client.http.get(f"{API}/slots/poll", params=asked, headers=headers)


def test_an_image_of_another_site_takes_no_slot(server: Server, plugin_client: NewClient) -> None:
    victim, viewer = plugin_client(server, "victim"), plugin_client(server, "viewer")
    answer = poll(victim, BY_IMAGE)
    assert answer.status_code == 200, "looking is no claim"
    assert "Set-Cookie" not in answer.headers
    assert viewer.poll()["active_selections"] == []
    for headers in (FROM_NAMED, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "same-site"}):
        poll(victim, headers)
        assert viewer.poll()["active_selections"] == ["09:30"], headers
        assert victim.deselect("09:30").status_code == 200


@pytest.mark.parametrize("field", ["select", "poll"])
def test_a_form_of_another_site_takes_no_slot(
    server: Server, plugin_client: NewClient, field: str
) -> None:
    victim, viewer = plugin_client(server, "victim"), plugin_client(server, "viewer")
    slot = victim.slot_request("10:00") | {"selected_time": "10:00"}
    form = {f"data[appointease_{field}][{name}]": str(value) for name, value in slot.items()}
    form["action"] = "heartbeat"
    answer = victim.http.post("/wp-admin/admin-ajax.php", data=form, headers=BY_FORM)
    assert refusal_of(answer) == (403, "cross_site")
    assert "Set-Cookie" not in answer.headers
    assert viewer.poll()["active_selections"] == []
    assert (
        victim.http.post("/wp-admin/admin-ajax.php", data=form, headers=FROM_NAMED).status_code
        == 200
    )
    assert viewer.poll()["active_selections"] == ["10:00"]


def test_whatever_changes_something_is_refused_to_pages_of_other_sites(
    server: Server, day: date, visitors: Callable[[Server, int], list[Visitor]]
) -> None:
    ann = visitors(server, 1)[0]
    slot_request = {"service_id": 1, "starts_at": wire(at("11:00", day)), "resource_id": 1}
    held = ann.hold(at("11:00", day)).json()
    changes = [
        ("POST", "/api/v1/holds", slot_request),
        ("PATCH", f"/api/v1/holds/{held['id']}", {"ttl": 60}),
        ("DELETE", f"/api/v1/holds/{held['id']}", None),
        ("POST", "/api/v1/checkouts", slot_request),
        ("POST", "/api/v1/bookings", slot_request | {"customer": CUSTOMER}),
        ("POST", f"{API}/slots/select", {}),
        ("DELETE", f"{API}/session", None),
    ]
    for method, path, body in changes:
        answer = ann.http.request(method, path, json=body, headers=BY_FORM)
        assert refusal_of(answer) == (403, "cross_site"), path
    for method, path, body in changes[1:3]:
        answer = ann.http.request(method, path, json=body, headers=FROM_NAMED)
        assert answer.is_success, "a site that is named may"
    looked = ann.http.get(f"/api/v1/boards/1/{day}", headers=BY_FORM)
    assert looked.status_code == 200
    assert looked.json()["busy"] == []
