"""Customers sign in on Dibs' own page by a one-time code, and see, export and erase their data."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest

from tests.integration.conftest import MODES
from tests.support.answers import refusal_of
from tests.support.days import at
from tests.support.mail import MailSink
from tests.support.redis_server import free_port
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

NewBrowser = Callable[[], httpx2.Client]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

_people = itertools.count()


@pytest.fixture(scope="session")
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture(scope="session", params=MODES)
def mailing(request: pytest.FixtureRequest, sink: MailSink, _servers: Any) -> Server:
    server: Server = _servers.get("sessions", request.param, smtp_url=sink.url)
    return server


@pytest.fixture
def browser(mailing: Server) -> Iterator[NewBrowser]:
    """Yield a function that opens browsers, which keep their cookies."""
    opened: list[httpx2.Client] = []

    def new() -> httpx2.Client:
        opened.append(httpx2.Client(base_url=f"{mailing.url}/api/v1", timeout=15, verify=False))
        return opened[-1]

    yield new
    for each in opened:
        each.close()


@pytest.fixture
def guest(mailing: Server, visitors: Callable[[Server, int], list[Visitor]]) -> Visitor:
    return visitors(mailing, 1)[0]


@pytest.fixture
def email() -> str:
    """Return an address that no other test uses."""
    return f"guest{next(_people)}@example.com"


def ask(browser: httpx2.Client, email: str) -> httpx2.Response:
    return browser.post("/session/codes", json={"email": email})


def sign_in(browser: httpx2.Client, email: str, code: str) -> httpx2.Response:
    return browser.post("/session", json={"email": email, "code": code})


def sign_in_by_mail(new: NewBrowser, sink: MailSink, email: str) -> httpx2.Client:
    browser = new()
    which = len(sink.codes_to(email))
    assert ask(browser, email).status_code == 202
    answer = sign_in(browser, email, sink.code_for(email, which=which))
    assert answer.status_code == 201, answer.text
    return browser


def bookings(browser: httpx2.Client) -> Any:
    answer = browser.get("/my/bookings")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_code_signs_in_and_the_session_is_a_cookie(
    browser: NewBrowser, sink: MailSink, email: str
) -> None:
    here = browser()
    answer = ask(here, email)
    assert (answer.status_code, answer.json()) == (202, {"expires_in": 600})
    code = sink.code_for(email)
    answer = sign_in(here, email.upper(), f" {code[:3]} {code[3:]} ")
    assert answer.status_code == 201
    token = here.cookies["dibs_session"]
    assert token not in answer.text
    cookie = next(
        each for each in answer.headers.get_list("Set-Cookie") if each.startswith("dibs_session=")
    )
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert here.get("/session").json() == answer.json()
    assert answer.json()["email"] == email
    assert answer.json()["expires_at"].endswith("Z")
    assert browser().get("/session").json() == {"email": None, "expires_at": None}


def test_the_answer_does_not_tell_whether_an_address_has_bookings(
    browser: NewBrowser, guest: Visitor, email: str, day: date
) -> None:
    assert guest.book(at("10:00", day), email=email).status_code == 201
    known, unknown = ask(browser(), email), ask(browser(), f"no.{email}")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_a_code_is_good_once_in_its_browser_and_for_its_address(
    browser: NewBrowser, sink: MailSink, email: str
) -> None:
    here, there, other = browser(), browser(), f"other.{email}"
    for address in (email, other):
        assert ask(here, address).status_code == 202
    code, foreign = sink.code_for(email), sink.code_for(other)
    if code != foreign:
        assert refusal_of(sign_in(here, email, foreign)) == (401, "wrong_code")
    assert refusal_of(sign_in(there, email, code)) == (401, "code_expired")
    assert sign_in(here, email, code).status_code == 201
    assert refusal_of(sign_in(here, email, code)) == (401, "code_expired")


def test_a_code_and_a_session_end_with_their_time(
    mailing: Server, browser: NewBrowser, sink: MailSink, email: str
) -> None:
    here = browser()
    assert ask(here, email).status_code == 202
    code = sink.code_for(email)
    # Until the worker has recorded that it sent the code, the code counts as still to come.
    sent = "SELECT count(*) FROM outbox WHERE topic = 'sign_in.code' AND due_at IS NOT NULL"
    until(lambda: mailing.sql(sent) == [(0,)], "the code is sent")
    mailing.sql("UPDATE sign_in_codes SET expires_at = ? WHERE email = ?", LONG_AGO, email)
    assert refusal_of(sign_in(here, email, code)) == (401, "code_expired")
    there = sign_in_by_mail(browser, sink, email)
    mailing.sql("UPDATE sessions SET expires_at = ? WHERE email = ?", LONG_AGO, email)
    assert there.get("/session").json()["email"] is None
    assert refusal_of(there.get("/my/bookings")) == (401, "not_signed_in")


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_customer_signs_out_here_or_everywhere(
    browser: NewBrowser, sink: MailSink, email: str, everywhere: bool
) -> None:
    here, there = (sign_in_by_mail(browser, sink, email) for _ in range(2))
    other = sign_in_by_mail(browser, sink, f"other.{email}")
    token = here.cookies["dibs_session"]
    answer = here.delete("/session", params={"everywhere": True} if everywhere else {})
    assert answer.status_code == 204
    assert "dibs_session" not in here.cookies
    here.cookies["dibs_session"] = token
    assert here.get("/session").json()["email"] is None
    assert there.get("/session").json()["email"] == (None if everywhere else email)
    assert other.get("/session").json()["email"] == f"other.{email}"


def test_a_new_session_ends_the_former_one_of_the_same_browser(
    browser: NewBrowser, sink: MailSink, email: str
) -> None:
    here = sign_in_by_mail(browser, sink, email)
    former = here.cookies["dibs_session"]
    assert ask(here, email).status_code == 202
    assert sign_in(here, email, sink.code_for(email, which=1)).status_code == 201
    stranger = browser()
    stranger.cookies["dibs_session"] = former
    assert stranger.get("/session").json()["email"] is None


def test_bookings_of_one_address_keep_their_own_names(
    browser: NewBrowser, sink: MailSink, guest: Visitor, email: str, day: date
) -> None:
    made = [
        guest.book(at(time, day), name=name, email=address).json()
        for time, name, address in (
            ("11:00", "Ben", email.upper()),
            ("10:00", "Ann", email),
            ("12:00", "Eve", f"other.{email}"),
        )
    ]
    found = bookings(sign_in_by_mail(browser, sink, email))
    assert (found["email"], found["past"]) == (email, [])
    assert [(each["reference"], each["customer"]["name"]) for each in found["upcoming"]] == [
        (made[1]["reference"], "Ann"),
        (made[0]["reference"], "Ben"),
    ]


def test_a_listed_booking_is_moved_and_cancelled_by_its_manage_token(
    browser: NewBrowser, sink: MailSink, guest: Visitor, email: str, day: date
) -> None:
    for time in ("10:00", "12:00"):
        assert guest.book(at(time, day), email=email).status_code == 201
    here = sign_in_by_mail(browser, sink, email)
    first, second = bookings(here)["upcoming"]
    assert first == guest.read(first).json()
    assert first["can_move"]
    assert first["can_cancel"]
    assert guest.cancel(first).status_code == 200
    assert guest.reschedule(second, at("11:00", day)).status_code == 200
    found = bookings(here)
    assert [each["starts_at"] for each in found["upcoming"]] == [f"{at('11:00', day):%FT%TZ}"]
    assert [(each["reference"], each["status"]) for each in found["past"]] == [
        (first["reference"], "cancelled")
    ]


def test_data_is_given_out_and_erased(
    mailing: Server,
    browser: NewBrowser,
    sink: MailSink,
    guest: Visitor,
    email: str,
    day: date,
) -> None:
    made = guest.book(at("10:00", day), name="Ann Lee", email=email).json()
    foreign = guest.book(at("12:00", day), email=f"other.{email}").json()
    here, there = (sign_in_by_mail(browser, sink, email) for _ in range(2))
    data = here.get("/my/data").json()
    assert data["email"] == email
    assert [each["reference"] for each in data["bookings"]] == [made["reference"]]
    assert made["manage_token"] not in str(data)

    assert refusal_of(here.delete("/my/data")) == (409, "upcoming_bookings")
    assert guest.read(made).json()["status"] == "confirmed"
    answer = here.delete("/my/data", params={"cancel": True})
    assert (answer.status_code, answer.json()) == (
        200,
        {"bookings": 1, "cancelled": [made["reference"]]},
    )
    assert "dibs_session" not in here.cookies
    assert there.get("/session").json()["email"] is None
    assert guest.read(made).json() | {"customer": None} == guest.read(made).json()
    assert guest.read(foreign).json()["customer"]["email"] == f"other.{email}"
    stored = mailing.sql("SELECT count(*) FROM bookings WHERE customer_email = ?", email)
    assert stored == [(0,)]


@pytest.mark.parametrize("path", ["/my/bookings", "/my/data"])
def test_who_is_not_signed_in_gets_nothing(browser: NewBrowser, path: str) -> None:
    stranger = browser()
    for token in (None, "", "x" * 64, "x" * 5000):
        if token is not None:
            stranger.cookies["dibs_session"] = token
        assert refusal_of(stranger.get(path)) == (401, "not_signed_in")
    assert refusal_of(stranger.delete("/my/data")) == (401, "not_signed_in")
    assert stranger.delete("/session").status_code == 204


def test_a_page_of_another_site_signs_nobody_out(
    browser: NewBrowser, sink: MailSink, email: str
) -> None:
    here = sign_in_by_mail(browser, sink, email)
    from_elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for path in ("/session", "/my/data"):
        assert refusal_of(here.delete(path, headers=from_elsewhere)) == (403, "cross_site")
    assert here.get("/session").json()["email"] == email


def test_without_a_mail_server_no_code_is_promised(shared: Server) -> None:
    answer = shared.http.post("/api/v1/session/codes", json={"email": "ann@example.com"})
    assert refusal_of(answer) == (503, "mail_unavailable")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.scenario(24)
def test_a_stranger_can_not_keep_who_booked_on_the_page_from_signing_in(
    start_server: Callable[..., Server], email: str
) -> None:
    """Codes count when they are requested, so no mail server is needed."""
    server = start_server(
        limits="on",
        smtp_url=f"smtp://127.0.0.1:{free_port()}",
        max_code_rate_per_ip_and_mailbox="2/hour",
    )
    booked, checked_out, stranger = (server.visitor() for _ in range(3))

    assert booked.book(at("15:00"), resource=2, email=email).status_code == 201
    checkout = checked_out.check_out(at("16:00"), resource=2).json()
    assert checked_out.confirm(checkout, email=email).status_code == 201
    assert stranger.book(at("15:00"), resource=2, email=email).status_code == 409
    for visitor in (stranger, booked, checked_out):
        assert [_request_code(visitor, email) for _ in range(3)] == [202, 202, 429]


def _request_code(visitor: Visitor, email: str) -> int:
    return visitor.http.post("/api/v1/session/codes", json={"email": email}).status_code
