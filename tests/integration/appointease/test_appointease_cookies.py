"""Cookies that Dibs sets in browsers: only by https where there is https, and unreadable for
scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from http.cookiejar import DefaultCookiePolicy

import httpx2
import pytest

from tests.support.appointease import API, PluginClient
from tests.support.catalog_files import without_horizon
from tests.support.commands import make_data_folder
from tests.support.days import working_day
from tests.support.mail import MailSink
from tests.support.postgres import free_port
from tests.support.server import Server

ADDRESS = "ann@example.com"
BY_HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def client(shared: Server, plugin_client: Callable[..., PluginClient], day: date) -> PluginClient:
    """Return a browser that looks at a day of its own."""
    return plugin_client(shared, f"client of {day}", day=day)


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def rules_of(client: PluginClient, sink: MailSink, headers: dict[str, str]) -> dict[str, set[str]]:
    """Return the attributes of every cookie that Dibs sets, as it is first set."""
    client.http.headers.update(headers)
    query: dict[str, str | int] = {
        "date": str(client.day),
        "employee_id": 1,
        "client_id": "c1",
    }
    heartbeat = {"action": "heartbeat", "data[appointease_poll][client_id]": "c1"}
    already = len(sink.messages_to(ADDRESS))
    asked = client.http.post(f"{API}/generate-otp", json={"email": ADDRESS})
    assert asked.status_code == 200
    code = sink.code_for(ADDRESS, which=already)
    answers = {
        "ask": asked,
        "poll": client.http.get(f"{API}/slots/poll", params=query),
        "poll by rest_route": client.http.get(
            "/index.php", params=query | {"rest_route": "/appointease/v1/slots/poll"}
        ),
        "select": client.select("10:00"),
        "heartbeat": client.http.post("/wp-admin/admin-ajax.php", data=heartbeat),
        "book": client.book("10:00", email=ADDRESS, client_id="c1"),
        "verify": client.http.post(
            f"{API}/verify-otp",
            json={"email": ADDRESS, "otp": code},
            headers={"Cookie": asked.headers["Set-Cookie"].partition(";")[0]},
        ),
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
    plugin_client: Callable[..., PluginClient],
    sink: MailSink,
    settings: dict[str, str],
    headers: dict[str, str],
    secure: bool,
) -> None:
    server = start_server("data", port=free_port(), smtp_url=sink.url, **settings)
    client = plugin_client(server, "c1", day=working_day())
    # The client keeps no cookies, so each answer sets all of its cookies again, even those that a
    # browser would not send.
    client.http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    rules = rules_of(client, sink, headers)
    prefix = "__Host-" if secure else ""
    assert {name.split()[-1].rstrip("0123456789") for name in rules} == {
        f"{prefix}dibs_client",
        f"{prefix}dibs_booking_",
        f"{prefix}dibs_known",
        f"{prefix}dibs_sign_in",
        f"{prefix}booking_session",
    }
    for name, each in rules.items():
        assert {"httponly", "samesite=lax", "path=/"} <= each, name
        assert ("secure" in each) is secure, name


@pytest.fixture(scope="module")
def by_https(tmp_path_factory: pytest.TempPathFactory, sink: MailSink) -> Iterator[Server]:
    """Start a server behind a proxy with https, as the headers of each request say."""
    data = make_data_folder(tmp_path_factory.mktemp("https"), without_horizon())
    server = Server.start(
        data, command="serve", port=free_port(), smtp_url=sink.url, trusted_proxies="127.0.0.1"
    )
    server.http.headers.update(BY_HTTPS)
    yield server
    server.stop()


def read_cookies(answer: httpx2.Response) -> dict[str, str]:
    """Return the cookies that a browser keeps of an answer. Those that it deletes are empty."""
    pairs = [each.partition(";")[0].partition("=") for each in set_cookies(answer)]
    return {name: value.strip('"') for name, _, value in pairs}


def cookie(**cookies: str) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def select_at(server: Server, time: str, **headers: str) -> httpx2.Response:
    slot_request = {
        "date": str(working_day()),
        "time": time,
        "employee_id": 1,
        "client_id": f"at {time}",
    }
    return server.http.post(f"{API}/slots/select", json=slot_request, headers=headers)


@pytest.mark.parametrize(
    ("time", "is_known", "name", "others"),
    [
        ("09:00", True, "__Host-dibs_client", {}),
        ("09:30", True, "__Secure-dibs_client", {}),
        ("10:00", True, "dibs_client", {}),
        ("10:30", True, "__Host-dibs_client", {"dibs_client": "0" * 32}),
        ("11:00", False, "dibs_client", {"__Host-dibs_client": "0" * 32}),
        ("11:30", False, "__host-dibs_client", {}),
        ("12:00", False, "my__Host-dibs_client", {}),
        ("12:30", False, "my_dibs_client", {}),
    ],
)
def test_a_visitor_is_known_by_the_cookie_of_the_strictest_name(
    by_https: Server, time: str, is_known: bool, name: str, others: dict[str, str]
) -> None:
    secret = read_cookies(select_at(by_https, time))["__Host-dibs_client"]
    sent = cookie(**others, **{name: secret})
    slot_request: dict[str, str | int] = {
        "date": str(working_day()),
        "time": time,
        "employee_id": 1,
    }
    seen = by_https.http.get(f"{API}/slots/poll", params=slot_request, headers=sent).json()
    assert (time in seen["active_selections"]) is not is_known


def test_a_cookie_of_the_plain_name_is_replaced(by_https: Server) -> None:
    answer = select_at(by_https, "13:00", **cookie(dibs_client="0" * 32, other="1"))
    assert read_cookies(answer)["__Host-dibs_client"]
    assert read_cookies(answer)["dibs_client"] == ""
    assert len(set_cookies(answer)) == 2
    ended = by_https.http.delete(f"{API}/session", headers=cookie(booking_session="x" * 32))
    assert read_cookies(ended) == {"__Host-booking_session": "", "booking_session": ""}
    for each in (*set_cookies(answer), *set_cookies(ended)):
        assert {"httponly", "samesite=lax", "path=/", "secure"} <= set(each.lower().split("; "))


def test_a_session_is_known_by_either_name(by_https: Server, sink: MailSink) -> None:
    already = len(sink.messages_to(ADDRESS))
    asked = by_https.http.post(f"{API}/generate-otp", json={"email": ADDRESS})
    body = {"email": ADDRESS, "otp": sink.code_for(ADDRESS, which=already)}
    browser = cookie(**read_cookies(asked))
    opened = by_https.http.post(f"{API}/verify-otp", json=body, headers=browser)
    token = read_cookies(opened)["__Host-booking_session"]
    for name in ("__Host-booking_session", "booking_session"):
        read = by_https.http.get(f"{API}/session", headers=cookie(**{name: token}))
        assert read.json() == {"email": ADDRESS}
    hidden = cookie(**{"booking_session": token, "__Host-booking_session": "x" * 32})
    assert by_https.http.get(f"{API}/session", headers=hidden).json() == {"email": None}


@pytest.mark.parametrize("digits", [11, 5000, 20_000])
def test_a_cookie_whose_number_has_thousands_of_digits_is_passed_over(
    client: PluginClient, digits: int
) -> None:
    strange = {"Cookie": f"dibs_booking_{'9' * digits}=x; booking_session={'x' * digits}"}
    client.http.headers.update(strange)
    booked = client.book("09:00", email=f"digits{digits}@example.com", employee_id=3)
    assert booked.status_code in (200, 409), booked.text
    assert client.appointment("9" * digits).status_code == 404


def test_a_browser_keeps_the_newest_twenty_of_its_bookings(
    client: PluginClient,
) -> None:
    """A web server refuses a browser that sends too many cookies, for any page of the site."""
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
    client: PluginClient,
) -> None:
    assert client.select("13:00").status_code == 200
    client.poll(client_id="another page")
    heartbeat = {"action": "heartbeat", "data[appointease_poll][client_id]": "another page"}
    client.http.post("/wp-admin/admin-ajax.php", data=heartbeat)
    assert client.book("13:00").status_code == 200
    client.poll(client_id="another page", selected_time="14:00")
    assert client.deselect("14:00", client_id=None).json() == {"success": True}
    assert client.book("14:00").status_code == 200


def test_what_is_kept_of_a_client_cannot_be_used_as_its_cookie(
    client: PluginClient,
    plugin_client: Callable[..., PluginClient],
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

    thief = plugin_client(shared, "thief", day=day)
    thief.http.cookies.set("dibs_client", kept)
    assert thief.book("10:00", client_id=None, email="thief@example.com").status_code == 409
    thief.http.cookies.set("dibs_client", cookie)
    assert thief.book("10:00", client_id=None, email="ann2@example.com").status_code == 200


def test_an_unnamed_visitor_is_known_again_by_the_cookie_alone(
    shared: Server,
    plugin_client: Callable[..., PluginClient],
    select: Callable[..., list[tuple[str]]],
    day: date,
) -> None:
    unnamed = plugin_client(shared, "c1", day=day)
    number = unnamed.book("14:00", client_id=None).json()["appointment_id"]
    ((kept,),) = select(shared, f"SELECT visitor FROM bookings WHERE id = {number}")
    assert kept not in unnamed.http.cookies.values()
