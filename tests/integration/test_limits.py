"""How often each client may ask, and which other sites may ask at all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import API, BOOKING_API, NewClient, PluginClient, wordpress_error
from tests.support.catalog_files import without_horizon
from tests.support.commands import dibs, make_data_folder
from tests.support.mail import MailSink
from tests.support.server import Server

LIMITED = wordpress_error("rate_limited", "Too many requests. Please wait.", 429)
#: Headers in which a client may claim another address.
FORGEABLE = ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "Forwarded")
_names = itertools.count()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data_folder(tmp_path_factory.mktemp("limited"), without_horizon())


@pytest.fixture
def limited(data: Path) -> Iterator[Callable[..., Server]]:
    """Yield a function that starts a server with limits. Only one may run at a time."""
    started: list[Server] = []

    def start(**settings: Any) -> Server:
        started.append(Server.start(data, command="serve", limits="on", **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.mark.scenario(16)
def test_fifty_viewers_behind_one_address_are_never_limited(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    """The requests of fifty pages in a minute and a half, with the default limits."""
    server = limited()
    viewers = [plugin_client(server, f"viewer {n}") for n in range(50)]
    day = viewers[0].day

    def look(viewer: PluginClient) -> set[int]:
        polls = [
            viewer.http.get(
                f"{API}/slots/poll",
                params={"date": str(day), "employee_id": 1, "client_id": viewer.name},
            )
            for _ in range(90)
        ]
        month = [viewer.availability(date=str(day + timedelta(days=n))) for n in range(25)]
        heartbeats = [
            viewer.http.post(
                "/wp-admin/admin-ajax.php",
                data={
                    "action": "heartbeat",
                    "data[appointease_poll][date]": str(day),
                    "data[appointease_poll][employee_id]": "1",
                },
            )
            for _ in range(25)
        ]
        board = viewer.http.get(f"/api/v1/boards/1/{day}")
        return {answer.status_code for answer in (*polls, *month, *heartbeats, board)}

    with ThreadPoolExecutor(10) as pool:
        assert set().union(*pool.map(look, viewers)) == {200}


@pytest.mark.scenario(17)
def test_a_forged_address_is_ignored(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    client = plugin_client(limited(max_write_rate_per_ip="3/minute"), "c1")
    answers = [
        client.http.post(
            f"{API}/slots/select",
            json=client.slot_request("10:00"),
            headers=dict.fromkeys(FORGEABLE, f"198.51.100.{n}"),
        )
        for n in range(4)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json() == LIMITED
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60


@pytest.mark.scenario(17)
def test_a_trusted_proxy_is_believed_but_not_what_it_was_told(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited(max_write_rate_per_ip="2/minute", trusted_proxies="127.0.0.1, 10.0.0.0/8")
    client = plugin_client(server, "c1")

    def select(forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        body = client.slot_request("10:00")
        return client.http.post(f"{API}/slots/select", json=body, headers=headers).status_code

    assert [select(f"1.1.1.{n}, 198.51.100.1") for n in range(3)] == [200, 200, 429]
    assert select("198.51.100.2") == 200


def test_the_native_api_is_limited_in_its_own_words(limited: Callable[..., Server]) -> None:
    visitor = limited(max_write_rate_per_ip="2/minute").visitor()
    assert [visitor.hold("10:00").status_code for _ in range(2)] == [201, 201]
    answer = visitor.hold("10:00")
    assert refusal_of(answer) == (429, "rate_limited")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(visitor.board()["busy"]) == 1, "looking goes on"


def test_one_visitor_is_limited_without_holding_up_the_others(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited(max_write_rate_per_visitor="2/minute")
    hasty, other = plugin_client(server, "hasty"), plugin_client(server, "other")
    times = ("09:00", "09:30", "10:00")
    assert [hasty.select(time).status_code for time in times] == [200, 200, 429]
    assert other.select("11:00").status_code == 200
    visitor = server.visitor()
    assert [visitor.hold("13:00").status_code == 429 for _ in range(3)] == [False, False, True]


# --- a poll with a selected time counts as a hold, other polls as looking
TIMES = ("09:00", "10:00", "11:00", "12:00", "13:00")


def by_heartbeat(client: PluginClient, time: str) -> httpx2.Response:
    slot = {"date": client.day, "employee_id": 1, "client_id": client.name, "selected_time": time}
    form = {f"data[appointease_poll][{name}]": str(value) for name, value in slot.items()}
    return client.http.post("/wp-admin/admin-ajax.php", data={"action": "heartbeat"} | form)


def by_poll(client: PluginClient, time: str) -> httpx2.Response:
    asked = {"date": client.day, "employee_id": 1, "client_id": client.name, "selected_time": time}
    return client.http.get(f"{API}/slots/poll", params={k: str(v) for k, v in asked.items()})


@pytest.mark.parametrize("poll", [by_poll, by_heartbeat])
def test_slots_taken_by_polling_count_as_holds(
    limited: Callable[..., Server],
    plugin_client: NewClient,
    poll: Callable[[PluginClient, str], httpx2.Response],
) -> None:
    server = limited(max_write_rate_per_ip="3/minute")
    viewer = plugin_client(server, "viewer")
    greedy = [plugin_client(server, f"greedy {n}") for n in range(len(TIMES))]
    answers = [poll(client, time) for client, time in zip(greedy, TIMES, strict=True)]
    assert [answer.status_code for answer in answers] == [200] * len(TIMES)
    assert viewer.poll()["active_selections"] == list(TIMES[:3])
    assert refusal_of(viewer.select("14:00")) == (429, "rate_limited")


def test_one_visitor_takes_no_more_by_polling_than_by_selecting(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited(max_write_rate_per_visitor="2/minute")
    greedy, viewer = plugin_client(server, "greedy"), plugin_client(server, "viewer")
    for employee in (1, 2):
        greedy.poll(selected_time="10:00", employee_id=employee)
    assert viewer.poll(employee_id=2)["active_selections"] == ["10:00"]
    later = str(greedy.day + timedelta(days=1))
    greedy.poll(selected_time="10:00", date=later)
    assert viewer.poll(date=later)["active_selections"] == []


def test_keeping_ones_own_and_asking_for_what_can_not_be_had_is_free(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited(max_write_rate_per_ip="5/minute", polled_hold_lifetime=3, poll_interval=0.2)
    owner, other = plugin_client(server, "owner"), plugin_client(server, "other")
    assert owner.select("10:00").status_code == 200
    for n in range(20):
        owner.poll(selected_time="10:00")
        plugin_client(server, f"envious {n}").poll(selected_time="10:00")
        plugin_client(server, f"early {n}").poll(selected_time="03:00")
    assert [other.select(time).status_code for time in TIMES] == [200, 409, 200, 200, 429]


def test_the_fourth_booking_of_one_customer_within_five_minutes(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited()
    client, other = plugin_client(server, "c1"), plugin_client(server, "c2")
    email = f"person{next(_names)}@example.com"
    for time in ("09:00", "10:00", "11:00"):
        assert client.book(time, email=email).status_code == 200
        assert client.book(time, email=email).status_code in (409, 429)
    answer = client.book("14:00", email=email.upper())
    expected = wordpress_error("rate_limited", "Too many booking attempts. Please wait.", 429)
    assert (answer.status_code, answer.json()) == (429, expected)
    assert 200 < int(answer.headers["Retry-After"]) <= 300
    assert other.book("14:00", email=f"other.{email}").status_code == 200


def test_of_ten_bookings_of_one_customer_at_once_three_are_made(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited()
    email = f"person{next(_names)}@example.com"
    times = [f"{hour:02}:{minute}" for hour in range(9, 14) for minute in ("00", "30")]
    clients = [plugin_client(server, f"c{n}") for n in range(len(times))]

    def book(client: PluginClient, time: str) -> int:
        return client.book(time, email=email).status_code

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(book, clients, times)) == [200] * 3 + [429] * 7


def test_what_was_refused_is_no_booking_and_what_is_repeated_no_other_one(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited()
    client, other = plugin_client(server, "c1"), plugin_client(server, "c2")
    email = f"person{next(_names)}@example.com"
    assert other.book("16:00", email=f"other.{email}").status_code == 200
    for time in ("16:00", "16:00", "03:00", "10:07", "16:00"):
        assert client.book(time, email=email).status_code in (400, 409)
    key = f"key of {email}"
    for time in ("09:00", "10:00"):
        assert client.book(time, email=email).status_code == 200
    assert client.book("11:00", email=email, key=key).status_code == 200
    retry_on_conflict = client.book("11:00", email=email, key=key)
    assert refusal_of(retry_on_conflict) == (409, "duplicate_submission")
    assert client.book("12:00", email=email).status_code == 429


def test_questions_about_customers_are_limited(limited: Callable[..., Server]) -> None:
    server = limited(max_lookup_rate_per_ip="3/minute")
    path = f"{BOOKING_API}/check-customer/ann@example.com"
    assert [server.http.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    enumerated = server.http.get(f"{API}/appointments/7")
    assert (enumerated.status_code, enumerated.json()) == (429, LIMITED)


@pytest.mark.scenario(24)
def test_differs_codes_are_capped_per_address_of_both_kinds(limited: Callable[..., Server]) -> None:
    sink = MailSink()
    server = limited(
        max_code_rate_per_ip_and_mailbox="2/hour", max_code_rate_per_ip="4/hour", smtp_url=sink.url
    )

    def ask(email: str) -> httpx2.Response:
        return server.http.post(f"{API}/generate-otp", json={"email": email})

    assert [ask("a@example.com").status_code for _ in range(2)] == [200, 200]
    third = ask("A+more@example.com")
    assert (third.status_code, third.json()) == (429, LIMITED)
    assert int(third.headers["Retry-After"]) > 3000
    assert [ask(f"{name}@example.com").status_code for name in "bcd"] == [200, 200, 429]
    sink.code_for("b@example.com")
    sink.stop()
    assert len(sink.messages_to("a@example.com")) <= 2


@pytest.mark.scenario(24)
def test_a_stranger_can_not_keep_a_customer_from_signing_in(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    """The stranger uses the same address as the customer's browsers: the worst case for them."""
    sink = MailSink()
    server = limited(smtp_url=sink.url, trusted_proxies="127.0.0.1")
    elsewhere = {"X-Forwarded-For": "2001:db8::1"}

    def ask(client: PluginClient, email: str, **headers: str) -> int:
        body = {"email": email}
        answer = client.http.post(f"{API}/generate-otp", json=body, headers=headers)
        return answer.status_code

    booked, signed_in, stranger = (plugin_client(server, name) for name in ("c1", "c2", "c3"))
    email = f"person{next(_names)}@example.com"
    assert booked.book("15:00", email=email).status_code == 200
    assert ask(signed_in, email) == 200
    proof = {"email": email, "otp": sink.code_for(email)}
    assert signed_in.http.post(f"{API}/verify-otp", json=proof).status_code == 200
    for client in (booked, signed_in):
        cookie = next(each for each in client.http.cookies.jar if each.name == "dibs_known")
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert "person" not in str(cookie.value)

    assert [ask(stranger, email) for _ in range(5)] == [200] * 4 + [429]
    assert ask(stranger, email, **elsewhere) == 200
    assert [ask(stranger, email, **{"X-Forwarded-For": f"2001:db8::{n}"}) for n in range(2, 7)] == [
        200,
        200,
        200,
        200,
        429,
    ]
    for client in (booked, signed_in):
        assert [ask(client, email) for _ in range(6)] == [200] * 5 + [429]
    forged = booked.http.cookies["dibs_known"].replace("b", "s", 1)
    stranger.http.cookies.set("dibs_known", forged)
    assert ask(stranger, email) == 429
    sink.stop()


def test_a_code_that_can_not_be_sent_is_not_counted(limited: Callable[..., Server]) -> None:
    server = limited(max_code_rate_per_ip_and_mailbox="2/hour", max_code_rate_per_ip="2/hour")
    answers = [
        server.http.post(f"{API}/generate-otp", json={"email": "a@example.com"}) for _ in range(4)
    ]
    assert [refusal_of(answer) for answer in answers] == [(503, "mail_unavailable")] * 4


def test_asking_for_a_session_is_a_question_and_ending_it_a_write(
    limited: Callable[..., Server],
) -> None:
    server = limited(max_write_rate_per_ip="3/minute", max_lookup_rate_per_ip="2/minute")
    path = f"{API}/session"
    assert [server.http.get(path).status_code for _ in range(3)] == [200, 200, 429]
    ended = [server.http.delete(path) for _ in range(4)]
    assert [answer.status_code for answer in ended] == [200, 200, 200, 429]
    assert ended[3].json() == LIMITED


def test_all_limits_can_be_turned_off_and_the_log_says_so(data: Path) -> None:
    server = Server.start(data, command="serve", limits="off", max_write_rate_per_ip="1/hour")
    visitor = server.visitor()
    assert 429 not in {visitor.hold("10:00").status_code for _ in range(5)}
    server.stop()
    assert "DIBS_LIMITS=off" in server.log.read_text()


# --- other sites


def test_a_site_that_was_named_may_ask(
    limited: Callable[..., Server], plugin_client: NewClient
) -> None:
    server = limited(allowed_origins="https://studio.example, http://localhost:3000")
    client = plugin_client(server, "c1")
    named = {"Origin": "https://studio.example"}
    body = client.slot_request("10:00")
    answer = client.http.post(f"{API}/slots/select", json=body, headers=named)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://studio.example"
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = {"Access-Control-Request-Method": "POST"}
    described = (f"{API}/slots/select", "/index.php?rest_route=/appointease/v1/slots/select")
    for path, status in (("/api/v1/holds", 204), *((path, 200) for path in described)):
        asked = client.http.options(path, headers=named | preflight)
        assert asked.status_code == status
        assert asked.headers["Access-Control-Allow-Origin"] == "https://studio.example"
        assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
        if path in described:
            assert asked.json()["namespace"] == "appointease/v1"
    for stranger in ("https://other.example", "https://studio.example.evil.example", "null"):
        foreign = client.http.options(f"{API}/slots/poll", headers={"Origin": stranger} | preflight)
        assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allowed_origins", "studio.example"),
        ("allowed_origins", "https://studio.example/"),
        ("allowed_origins", "*"),
        ("allowed_origins", "http://*"),
        ("allowed_origins", "https://*.studio.example"),
        ("allowed_origins", "https://studio.example;script-src"),
        ("allowed_origins", "https://studio.example 'unsafe-inline'"),
        ("allowed_origins", "https://studio.example:99999"),
        ("allowed_origins", "https://studio.example:443"),
        ("allowed_origins", "https://Studio.example"),
        ("allowed_origins", "https://user@studio.example"),
        ("public_url", "studio.example"),
        ("public_url", "ftp://studio.example"),
        ("public_url", "https://studio.example/book?x=1"),
        ("public_url", "https://studio.example//book"),
        ("public_url", "https://studio.example/../book"),
        ("public_url", 'https://studio.example/"><script>'),
        ("public_url", "https://studio.example/api/v1"),
        ("trusted_proxies", "my proxy"),
        ("max_write_rate_per_ip", "often"),
        ("limits", "maybe"),
        ("smtp_url", "mail.example"),
        ("code_lifetime", "601"),
    ],
)
def test_a_setting_that_makes_no_sense_is_said_at_start(name: str, value: str) -> None:
    outcome = dibs("settings", **{name: value})
    assert outcome.code != 0
    assert f"DIBS_{name.upper()}" in "".join(outcome.complained)
