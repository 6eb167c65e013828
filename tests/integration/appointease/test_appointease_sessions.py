"""Signing in by a one-time code that comes by mail, and what a session opens."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import API, BOOKING_API, NewClient, PluginClient, wordpress_error
from tests.support.catalog_files import without_horizon
from tests.support.commands import make_data_folder
from tests.support.days import working_day
from tests.support.json_shapes import same_shape
from tests.support.mail import MailSink, text_of
from tests.support.server import Server
from tests.support.waiting import until

VERIFIED = """{"success":true,"token":"b765","expires_in":86400}"""
SENT = """{"success":true,"message":"OTP sent to your email","expires_in":600}"""
INVALID = (400, "invalid_otp")
EXPIRED = (400, "otp_expired")
#: Seconds: far less than the server waits for a mail server.
SOON = 8

_people = itertools.count()


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory, sink: MailSink) -> Iterator[Server]:
    data = make_data_folder(tmp_path_factory.mktemp("mailing"), without_horizon())
    server = Server.start(data, command="serve", smtp_url=sink.url, mail_from="studio@dibs.example")
    yield server
    server.stop()


@pytest.fixture
def address() -> str:
    """Return an address that no other test uses."""
    return f"person{next(_people)}@example.com"


@pytest.fixture
def client(mailing: Server, plugin_client: NewClient) -> PluginClient:
    return plugin_client(mailing, "c1")


def ask(client: PluginClient, **body: Any) -> httpx2.Response:
    return client.http.post(f"{API}/generate-otp", json=body)


def verify(client: PluginClient, **body: Any) -> httpx2.Response:
    return client.http.post(f"{API}/verify-otp", json=body)


def sign_in(client: PluginClient, sink: MailSink, address: str) -> str:
    assert ask(client, email=address).status_code == 200
    answer = verify(client, email=address, otp=sink.code_for(address))
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["token"]
    return token


def wrong(code: str) -> str:
    return "111111" if code != "111111" else "222222"


# --- the captured pairs: generate-otp and verify-otp


def test_a_code_is_sent_by_mail(client: PluginClient, sink: MailSink, address: str) -> None:
    answer = ask(client, email=address)
    assert answer.status_code == 200
    assert same_shape(answer.json(), SENT)
    assert answer.json()["message"] == "OTP sent to your email"
    assert answer.json()["expires_in"] == 600
    code = sink.code_for(address)
    message = sink.messages_to(address)[0]
    assert code not in answer.text
    assert message["From"] == "Dibs Studio <studio@dibs.example>"
    assert message["Subject"] == "Your sign-in code for Dibs Studio"
    assert "10 minutes" in text_of(message)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, "missing_email", "Email is required"),
        ({"email": ""}, "missing_email", "Email is required"),
        ({"email": "zz"}, "invalid_email", "Valid email is required"),
        ({"email": "a@z..com"}, "invalid_email", "Valid email is required"),
        ({"email": {"$ne": 1}}, "invalid_email", "Valid email is required"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "invalid_email", "Valid email is required"),
    ],
)
def test_a_code_for_nobody(
    client: PluginClient, body: dict[str, Any], code: str, message: str
) -> None:
    answer = ask(client, **body)
    assert (answer.status_code, answer.json()) == (400, wordpress_error(code, message, 400))


def test_a_wrong_code(client: PluginClient, sink: MailSink, address: str) -> None:
    ask(client, email=address)
    sink.code_for(address)
    for otp in ("x", 7, "1" * 1000):
        answer = verify(client, email=address, otp=otp)
        assert (answer.status_code, answer.json()) == (
            400,
            wordpress_error("invalid_otp", "Invalid OTP code", 400),
        )


@pytest.mark.parametrize("as_number", [True, False])
def test_the_right_code_signs_in(
    client: PluginClient, sink: MailSink, address: str, as_number: bool
) -> None:
    ask(client, email=address)
    code = sink.code_for(address)
    answer = verify(client, email=address, otp=int(code) if as_number else code)
    assert answer.status_code == 200
    assert same_shape(answer.json(), VERIFIED)
    assert answer.json()["expires_in"] == 86400
    assert len(answer.json()["token"]) == 64
    cookie = answer.headers["Set-Cookie"].split("; ")
    assert cookie[0] == f"booking_session={answer.json()['token']}"
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie)


@pytest.mark.parametrize("otp", ["691785", "x"])
def test_a_code_where_none_is(client: PluginClient, address: str, otp: str) -> None:
    answer = verify(client, email=address, otp=otp)
    assert (answer.status_code, answer.json()) == (
        400,
        wordpress_error("otp_expired", "OTP has expired. Please request a new one.", 400),
    )


@pytest.mark.parametrize("missing", ["email", "otp"])
def test_verifying_without_what_it_needs(client: PluginClient, address: str, missing: str) -> None:
    answer = verify(client, **({"email": address, "otp": "123456"} | {missing: ""}))
    assert (answer.status_code, answer.json()) == (
        400,
        wordpress_error("missing_params", "Email and OTP are required", 400),
    )


# --- the captured pairs: session


def test_a_session_is_read_by_token_or_cookie(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    token = sign_in(client, sink, address)
    assert client.http.get(f"{API}/session").content == b'{"email":"%b"}' % address.encode()
    client.http.cookies.clear()
    assert client.http.get(f"{API}/session").content == b'{"email":null}'
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.http.get(f"{API}/session", headers=bearer).json() == {"email": address}


def test_a_session_is_ended(client: PluginClient, sink: MailSink, address: str) -> None:
    token = sign_in(client, sink, address)
    bearer = {"Authorization": f"Bearer {token}"}
    answer = client.http.delete(f"{API}/session", headers=bearer)
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    assert client.http.get(f"{API}/session", headers=bearer).json() == {"email": None}
    assert "booking_session" not in client.http.cookies
    assert client.http.delete(f"{API}/session").json() == {"success": True}


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, "missing_email", "Email is required"),
        ({"email": "zz"}, "invalid_email", "Valid email is required"),
    ],
)
def test_a_session_for_no_address(
    client: PluginClient, body: dict[str, Any], code: str, message: str
) -> None:
    answer = client.http.post(f"{API}/session", json=body)
    assert (answer.status_code, answer.json()) == (400, wordpress_error(code, message, 400))


def test_a_customer_can_sign_out_everywhere(
    mailing: Server, plugin_client: Callable[..., PluginClient], sink: MailSink, address: str
) -> None:
    here, there, other = (plugin_client(mailing, name) for name in ("c1", "c2", "c3"))
    sign_in(here, sink, address)
    again = there.http.post(f"{API}/generate-otp", json={"email": address})
    assert again.status_code == 200
    code = sink.code_for(address, which=1)
    assert verify(there, email=address, otp=code).status_code == 200
    sign_in(other, sink, f"other.{address}")

    answer = here.http.delete(f"{API}/session", params={"everywhere": 1})
    assert answer.json() == {"success": True}
    for client in (here, there):
        assert client.http.get(f"{API}/session").json() == {"email": None}
    assert other.http.get(f"{API}/session").json() == {"email": f"other.{address}"}


def test_booking_with_a_session_alone(client: PluginClient, sink: MailSink, address: str) -> None:
    token = sign_in(client, sink, address)
    answer = client.book("16:00", nonce=None, email=address)
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    client.http.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    name = answer.json()["strong_id"]
    assert client.cancel(name, nonce=None, **bearer).json() == {"success": True}


# --- what differs on purpose


@pytest.mark.scenario(24)
def test_differs_an_address_alone_signs_nobody_in(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    forbidden = wordpress_error("rest_forbidden", "Sorry, you are not allowed to do that.", 401)
    for email in ("victim@example.com", "owner@example.com"):
        answer = client.http.post(f"{API}/session", json={"email": email})
        assert (answer.status_code, answer.json()) == (401, forbidden)
        assert "Set-Cookie" not in answer.headers
    token = sign_in(client, sink, address)
    own = client.http.post(f"{API}/session", json={"email": address.upper()})
    assert (own.status_code, own.json()["token"]) == (200, token)
    other = client.http.post(f"{API}/session", json={"email": "victim@example.com"})
    assert (other.status_code, other.json()) == (401, forbidden)


@pytest.mark.scenario(24)
def test_a_code_goes_to_the_very_address_its_session_is_for(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    typed = address.replace("person", "Person")
    assert ask(client, email=typed).status_code == 200
    code = sink.code_for(address)
    assert sink.recipients[sink.messages.index(sink.messages_to(address)[0])] == [address]
    assert verify(client, email=typed, otp=code).status_code == 200
    assert client.http.get(f"{API}/session").json() == {"email": address}


@pytest.mark.scenario(24)
def test_differs_a_code_can_not_be_guessed(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    ask(client, email=address)
    code = sink.code_for(address)
    tried = [refusal_of(verify(client, email=address, otp=wrong(code))) for _ in range(7)]
    assert tried == [INVALID] * 5 + [EXPIRED] * 2
    assert refusal_of(verify(client, email=address, otp=code)) == EXPIRED


@pytest.mark.scenario(24)
def test_differs_a_code_is_good_once_and_for_its_address_alone(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    other = f"other.{address}"
    ask(client, email=address)
    ask(client, email=other)
    code, foreign = sink.code_for(address), sink.code_for(other)
    if code != foreign:
        assert refusal_of(verify(client, email=address, otp=foreign)) == INVALID
    assert verify(client, email=address, otp=code).status_code == 200
    assert refusal_of(verify(client, email=address, otp=code)) == EXPIRED


def test_differs_only_the_newest_code_is_good(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    ask(client, email=address)
    older = sink.code_for(address)
    ask(client, email=address)
    newer = sink.code_for(address, which=1)
    if older != newer:
        assert refusal_of(verify(client, email=address, otp=older)) == INVALID
    assert verify(client, email=address, otp=newer).status_code == 200


@pytest.mark.scenario(23)
def test_differs_a_session_opens_its_customers_bookings_and_no_others(
    mailing: Server, plugin_client: NewClient, sink: MailSink, address: str
) -> None:
    browser, phone, stranger = (plugin_client(mailing, name) for name in ("c1", "c2", "c3"))
    made = browser.book("09:00", email=address, name="Ann Lee").json()
    foreign = stranger.book("10:00", email=f"other.{address}").json()
    sign_in(phone, sink, address)
    assert phone.appointment(made["strong_id"]).json()["email"] == address
    assert refusal_of(phone.appointment(foreign["strong_id"])) == (404, "not_found")
    assert refusal_of(phone.cancel(foreign["strong_id"])) == (404, "not_found")
    mine = phone.http.post(f"{API}/user-appointments", json={"email": address}).json()
    assert [each["strong_id"] for each in mine] == [made["strong_id"]]
    theirs = phone.http.post(f"{API}/user-appointments", json={"email": f"other.{address}"})
    assert theirs.json() == []
    known = phone.http.get(f"{BOOKING_API}/check-customer/{address}")
    assert known.content == b'{"exists":true,"name":"Ann Lee","phone":"5550001"}'
    unknown = phone.http.get(f"{BOOKING_API}/check-customer/other.{address}")
    assert unknown.json() == {"exists": False}
    phone.move(made["strong_id"], f"{phone.day} 11:00:00")
    assert phone.appointment(made["strong_id"]).json()["appointment_date"].endswith("11:00:00")


def test_bookings_are_listed_latest_first(
    client: PluginClient, sink: MailSink, address: str
) -> None:
    for time in ("12:00", "14:00", "13:00"):
        assert client.book(time, email=address.upper()).status_code == 200
    sign_in(client, sink, address)
    found = client.http.post(f"{API}/user-appointments", json={"email": address}).json()
    times = [datetime.fromisoformat(each["appointment_date"]).hour for each in found]
    assert times == [14, 13, 12]


def test_nothing_that_signs_in_is_stored(
    mailing: Server, client: PluginClient, sink: MailSink, address: str, select: Any
) -> None:
    ask(client, email=address)
    code = sink.code_for(address)
    codes = select(mailing, "SELECT * FROM sign_in_codes WHERE email = ?", address)
    assert len(codes) == 1
    before = str(codes)
    assert client.http.cookies["dibs_sign_in"] not in before
    told = str(select(mailing, "SELECT payload FROM outbox"))
    assert code not in before
    assert code not in told
    token = verify(client, email=address, otp=code).json()["token"]
    kept = select(mailing, "SELECT token FROM sessions WHERE email = ?", address)
    assert len(kept) == 1
    assert token not in str(kept)


@pytest.mark.scenario(24)
def test_nobody_else_can_use_up_or_replace_the_code_of_a_browser(
    mailing: Server, client: PluginClient, plugin_client: NewClient, sink: MailSink, address: str
) -> None:
    ask(client, email=address)
    code = sink.code_for(address)
    for name in ("without a code", "with a code of its own"):
        other = plugin_client(mailing, name)
        if name != "without a code":
            ask(other, email=address)
        for _ in range(6):
            assert verify(other, email=address, otp=wrong(code)).status_code == 400
    stranger = plugin_client(mailing, "stranger")
    assert refusal_of(verify(stranger, email=address, otp=code)) == EXPIRED
    assert verify(client, email=address, otp=code).status_code == 200


# --- delivery


@pytest.mark.scenario(30)
def test_a_mail_server_that_refuses_or_hangs_holds_nobody_up_and_is_tried_again(
    start_server: Callable[..., Server], plugin_client: NewClient, address: str
) -> None:
    sink = MailSink()
    client = plugin_client(start_server("data", smtp_url=sink.url), "c1", day=working_day())
    sink.answer = "451 later, please"
    assert ask(client, email=address).elapsed.total_seconds() < SOON
    until(lambda: sink.attempts >= 2, "it was tried again")
    sink.answer = "hang"
    assert ask(client, email=f"other.{address}").elapsed.total_seconds() < SOON
    booked = client.book("09:00")
    assert (booked.status_code, booked.elapsed.total_seconds() < SOON) == (200, True)
    sink.answer = "250 OK"
    code = sink.code_for(address)
    assert verify(client, email=address, otp=code).status_code == 200
    sink.stop()


def test_differs_without_a_mail_server_nobody_can_sign_in(
    shared: Server, plugin_client: NewClient, address: str
) -> None:
    client = plugin_client(shared, "c1")
    answer = ask(client, email=address)
    assert (answer.status_code, answer.json()) == (
        503,
        wordpress_error(
            "mail_unavailable",
            "No e-mail can be sent from here: no mail server is set up.",
            503,
        ),
    )
    assert refusal_of(verify(client, email=address, otp="123456")) == EXPIRED
