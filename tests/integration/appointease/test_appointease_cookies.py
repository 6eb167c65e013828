"""What browsers keep for us: by https alone where there is https, and out of reach of scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from http.cookiejar import DefaultCookiePolicy

import httpx2
import pytest

from support.days import working_day
from support.mail import MailSink
from support.postgres import free_port
from support.seed import API, SeedClient
from support.server import Server

ADDRESS = "ann@example.com"
BY_HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def client(shared: Server, seed_client: Callable[..., SeedClient], day: date) -> SeedClient:
    """A browser on a day of its own."""
    return seed_client(shared, f"client of {day}", day=day)


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def cookies_of(client: SeedClient, sink: MailSink, headers: dict[str, str]) -> dict[str, set[str]]:
    """The rules of every cookie that Dibs sets, each as it is set first."""
    client.http.headers.update(headers)
    query = {"date": str(client.day), "employee_id": 1, "client_id": "c1"}
    beat = {"action": "heartbeat", "data[appointease_poll][client_id]": "c1"}
    already = len(sink.letters_to(ADDRESS))
    asked = client.http.post(f"{API}/generate-otp", json={"email": ADDRESS})
    assert asked.status_code == 200
    code = sink.code_for(ADDRESS, which=already)
    answers = {
        "poll": client.http.get(f"{API}/slots/poll", params=query),
        "poll by rest_route": client.http.get(
            "/index.php", params=query | {"rest_route": "/appointease/v1/slots/poll"}
        ),
        "select": client.select("10:00"),
        "heartbeat": client.http.post("/wp-admin/admin-ajax.php", data=beat),
        "book": client.book("10:00", email=ADDRESS, client_id="c1"),
        "verify": client.http.post(f"{API}/verify-otp", json={"email": ADDRESS, "otp": code}),
        "end": client.http.delete(f"{API}/session"),
    }
    return {
        f"{where} {cookie.partition('=')[0]}": set(cookie.lower().split("; ")[1:])
        for where, answer in answers.items()
        for cookie in set_cookies(answer)
    }


def set_cookies(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return answer.headers.get_list("set-cookie")


@pytest.mark.parametrize(
    ("settings", "headers", "secure"),
    [
        ({"public_url": "https://book.example"}, {}, True),
        ({"trusted_proxies": "127.0.0.1"}, BY_HTTPS, True),
        ({"trusted_proxies": "127.0.0.1"}, {}, False),
        ({}, BY_HTTPS, False),
    ],
)
def test_cookies_are_secure_where_visitors_come_by_https(
    start_server: Callable[..., Server],
    seed_client: Callable[..., SeedClient],
    sink: MailSink,
    settings: dict[str, str],
    headers: dict[str, str],
    secure: bool,
) -> None:
    server = start_server("data", port=free_port(), smtp_url=sink.url, **settings)
    client = seed_client(server, "c1", day=working_day())
    # Kept by none: then each answer sets its cookies anew, also those a browser would not send.
    client.http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    rules = cookies_of(client, sink, headers)
    assert {name.split()[-1].rstrip("0123456789") for name in rules} == {
        "dibs_client",
        "dibs_booking_",
        "booking_session",
    }
    for name, each in rules.items():
        assert {"httponly", "samesite=lax", "path=/"} <= each, name
        assert ("secure" in each) is secure, name


@pytest.mark.parametrize("digits", [11, 5000, 30_000])
def test_a_cookie_whose_number_has_thousands_of_digits_is_passed_over(
    client: SeedClient, digits: int
) -> None:
    strange = {"Cookie": f"dibs_booking_{'9' * digits}=x; booking_session={'x' * digits}"}
    client.http.headers.update(strange)
    booked = client.book("09:00", email=f"digits{digits}@example.com", employee_id=3)
    assert booked.status_code in (200, 409), booked.text
    assert client.appointment("9" * digits).status_code == 404


def test_a_browser_keeps_the_newest_twenty_of_its_bookings(
    client: SeedClient,
) -> None:
    """A web server refuses whoever brings too many cookies, whatever they ask of the site."""
    made = [
        client.book(f"{hour}:{minute}", employee_id=employee).json()["appointment_id"]
        for employee in (1, 2)
        for hour in range(10, 16)
        for minute in ("00", "30")
    ]
    kept = [name for name in client.http.cookies if name.startswith("dibs_booking_")]
    assert kept == [f"dibs_booking_{number}" for number in made[-20:]]
    assert client.appointment(made[-1]).status_code == 200
    assert client.appointment(made[0]).status_code == 404


def test_a_page_that_only_looks_leaves_another_page_of_its_browser_its_name(
    client: SeedClient,
) -> None:
    assert client.select("13:00").status_code == 200
    client.poll(client_id="another page")
    beat = {"action": "heartbeat", "data[appointease_poll][client_id]": "another page"}
    client.http.post("/wp-admin/admin-ajax.php", data=beat)
    assert client.book("13:00").status_code == 200
    client.poll(client_id="another page", selected_time="14:00")
    assert client.deselect("14:00", client_id=None).json() == {"success": True}
    assert client.book("14:00").status_code == 200


def test_what_is_kept_of_a_client_cannot_be_used_as_its_cookie(
    client: SeedClient,
    seed_client: Callable[..., SeedClient],
    shared: Server,
    select: Callable[..., list[tuple[str]]],
    day: date,
) -> None:
    assert client.select("13:00").status_code == 200
    number = client.book("13:00").json()["appointment_id"]
    ((kept,),) = select(shared, f"SELECT visitor FROM bookings WHERE id = {number}")
    cookie = client.http.cookies["dibs_client"]
    assert cookie != kept
    assert client.select("10:00").status_code == 200

    thief = seed_client(shared, "thief", day=day)
    thief.http.cookies.set("dibs_client", kept)
    assert thief.book("10:00", client_id=None, email="thief@example.com").status_code == 409
    thief.http.cookies.set("dibs_client", cookie)
    assert thief.book("10:00", client_id=None, email="ann2@example.com").status_code == 200


def test_an_unnamed_visitor_is_known_again_by_the_cookie_alone(
    shared: Server,
    seed_client: Callable[..., SeedClient],
    select: Callable[..., list[tuple[str]]],
    day: date,
) -> None:
    unnamed = seed_client(shared, "c1", day=day)
    number = unnamed.book("14:00", client_id=None).json()["appointment_id"]
    ((kept,),) = select(shared, f"SELECT visitor FROM bookings WHERE id = {number}")
    assert kept not in unnamed.http.cookies.values()
