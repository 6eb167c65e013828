"""What browsers keep for us: by https alone where there is https, and out of reach of scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
