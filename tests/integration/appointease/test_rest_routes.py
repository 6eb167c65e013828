"""The addresses of a WordPress route: with pretty permalinks and without."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.support.appointease import API, BOOKING_API, NewClient, wordpress_error
from tests.support.server import Server

NO_ROUTE = wordpress_error(
    "rest_no_route", "No route was found matching the URL and request method.", 404
)
#: The part of the address before `/appointease/v1/…`, and the character that joins a query to it.
BASES = [("/wp-json", "?"), ("/index.php?rest_route=", "&"), ("/?rest_route=", "&")]


@pytest.mark.parametrize(("base", "joint"), BASES)
@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_every_address_of_a_route_answers_alike(
    shared: Server, plugin_client: NewClient, base: str, joint: str, slash: str
) -> None:
    client = plugin_client(shared, "c1")
    route = f"{base}/appointease/v1"
    selected = client.http.post(f"{route}/slots/select{slash}", json=client.slot_request("10:00"))
    assert (selected.status_code, selected.json()["client_id"]) == (200, "c1")
    poll = shared.http.get(
        f"{route}/slots/poll{slash}{joint}date={client.day}&employee_id=1&client_id=c2"
    )
    assert (poll.status_code, poll.json()["active_selections"]) == (200, ["10:00"])
    slot_request = {
        "name": "Ann Lee",
        "email": "ann@example.com",
        "date": f"{client.day} 10:00:00",
        "service_id": 1,
        "employee_id": 1,
    }
    nonce = {"X-WP-Nonce": "96bf044326"}
    made = client.http.post(f"{route}/appointments{slash}", json=slot_request, headers=nonce).json()
    appointment = client.http.get(f"{route}/appointments/{made['strong_id']}{slash}")
    assert appointment.json()["id"] == str(made["appointment_id"])
    services = shared.http.get(f"{base}/booking/v1/services{slash}")
    assert services.json() == shared.http.get(f"{BOOKING_API}/services").json()
    assert shared.http.get(f"{route}/nope{slash}").json() == NO_ROUTE
    assert shared.http.get(f"{route}/slots/select{slash}").json() == NO_ROUTE


def test_a_route_may_be_encoded(shared: Server) -> None:
    for base in ("/", "/index.php"):
        answer = shared.http.get(f"{base}?rest_route=%2Fbooking%2Fv1%2Fservices%2F")
        assert answer.json()[0]["name"] == "Consultation"


@pytest.mark.parametrize(
    "query", ["", "?rest_route=", "?rest_route=/", "?rest_route=/wp/v2/posts", "?x=1"]
)
def test_the_root_is_the_booking_page_for_all_who_name_no_route_of_the_plugin(
    shared: Server, query: str
) -> None:
    page = shared.http.get(f"/{query}")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "address",
    [
        "/wp-json",
        "/wp-json/",
        "/wp-json/wp/v2/posts/",
        "/index.php",
        "/index.php?x=1",
        "/index.php?rest_route[]=/appointease/v1/slots/poll",
        "/index.php?rest_route[0]=/appointease/v1/slots/poll",
        "/index.php?rest_route=%ff",
        "/index.php?rest_route=%00",
        "/?rest_route=/appointease/",
        "/?rest_route=/booking",
    ],
)
def test_all_else_is_no_route(shared: Server, address: str) -> None:
    answer = shared.http.get(address)
    assert (answer.status_code, answer.json()) == (404, NO_ROUTE)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("date=garbage&employee_id=9&date={day}&employee_id=1", 200),
        ("date={day}&employee_id=1&date=garbage", 400),
        ("date={day}&employee_id=1&employee_id=", 400),
    ],
)
def test_of_a_parameter_that_is_repeated_the_last_counts_as_in_php(
    shared: Server, day: Any, query: str, expected: int
) -> None:
    answer: httpx2.Response = shared.http.get(f"{API}/slots/poll?{query.format(day=day)}")
    assert answer.status_code == expected


def test_of_routes_that_are_repeated_the_last_counts(shared: Server) -> None:
    first, last = "/appointease/v1/nope", "/booking/v1/services"
    for base in ("/", "/index.php"):
        answer = shared.http.get(f"{base}?rest_route={first}&rest_route={last}")
        assert answer.status_code == 200
        assert answer.json()[0]["id"] == "1"
