"""The log: each refusal is one line with the id of its request, and contains no personal data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dibs.logs import remove_rows
from tests.support.appointease import API, BOOKING_API
from tests.support.days import at, working_day
from tests.support.mail import MailSink
from tests.support.server import Server
from tests.support.waiting import until

StartServer = Callable[..., Server]

#: No other test uses this day.
DAY = working_day(4950)
PERSON: dict[str, Any] = {"name": "Zaphod Quillfeather", "email": "zaphod.q@hidden.example"}
PHONE = "+49 30 0987654"


def lines(server: Server) -> list[dict[str, Any]]:
    said = server.log.read_text().splitlines()
    return [json.loads(line) for line in said if line.startswith("{")]


def names_nobody(text: str, *more: str) -> None:
    for secret in ("Zaphod", "Quillfeather", "zaphod", "hidden.example", "0987654", *more):
        assert secret not in text


def test_an_error_of_the_database_names_nobody(shared: Server) -> None:
    visitor = shared.visitor()
    if isinstance(shared.database, Path):
        shared.sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON bookings WHEN new.customer_name LIKE 'Zaphod%'"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    else:
        shared.sql("ALTER TABLE bookings ADD CONSTRAINT refuse CHECK (customer_name <> 'Zaphod Q')")
    name = PERSON["name"] if isinstance(shared.database, Path) else "Zaphod Q"
    try:
        before = len(shared.log.read_text())
        answer = visitor.book(at("10:00", DAY), **{**PERSON, "name": name, "phone": PHONE})
    finally:
        if isinstance(shared.database, Path):
            shared.sql("DROP TRIGGER refuse")
        else:
            shared.sql("ALTER TABLE bookings DROP CONSTRAINT refuse")
    assert answer.status_code == 500
    said = shared.log.read_text()[before:]
    assert "unexpected error" in said
    assert "refuse" in said
    names_nobody(said, visitor.secret)


def test_what_postgresql_says_of_a_row_is_left_out() -> None:
    trace = "X: refused\nDETAIL:  Failing row contains (Ann).\n  | DETAIL: Key (a)=(Ann)\n[SQL: 1]"
    assert remove_rows(trace) == (
        "X: refused\nDETAIL: (left out)\n  | DETAIL: (left out)\n[SQL: 1]"
    )


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def test_each_refusal_is_a_line_without_personal_data(
    start_server: StartServer, sink: MailSink
) -> None:
    server = start_server(smtp_url=sink.url, limits="on", max_write_rate_per_visitor="3/hour")
    visitor = server.visitor()
    booking = visitor.book("10:00", resource=1, **PERSON).json()
    # With another name, because the same request again would get the same booking.
    other = PERSON | {"name": f"{PERSON['name']} again"}
    assert visitor.book("10:00", resource=1, **other).status_code == 409
    assert visitor.book("11:00", name="").status_code == 422
    assert visitor.book("11:00").status_code == 429
    forged = {"Authorization": "Bearer a-token-that-opens-nothing"}
    address = f"/api/v1/bookings/{booking['reference']}"
    assert server.http.get(address, headers=forged).status_code == 404
    server.http.get(f"{BOOKING_API}/check-customer/{PERSON['email']}")
    asked = server.http.post(f"{API}/generate-otp", json={"email": PERSON["email"]})
    assert asked.status_code == 200
    wrong = {"email": PERSON["email"], "otp": "000000"}
    assert server.http.post(f"{API}/verify-otp", json=wrong).status_code == 400
    sink.code_for(PERSON["email"])

    told = lines(server)
    refused = [
        (each["status"], each["code"], each["method"], each["path"])
        for each in told
        if each["event"] == "refused"
    ]
    assert refused == [
        (409, "slot_taken", "POST", "/api/v1/bookings"),
        (422, "invalid", "POST", "/api/v1/bookings"),
        (429, "rate_limited", "POST", "/api/v1/bookings"),
        (400, "invalid_otp", "POST", f"{API}/verify-otp"),
    ]
    events = [each["event"] for each in told]
    assert events.count("sign-in code asked for") == 1
    assert events.count("sign-in failed") == 1
    names_nobody(server.log.read_text(), booking["reference"], booking["manage_token"])


def test_addresses_with_secrets_are_told_without_them(start_server: StartServer) -> None:
    server = start_server(log_level="debug")
    server.http.get("/api/v1/bookings/AAAAA-BBBBB")
    (line,) = (each for each in lines(server) if each["event"] == "refused")
    assert (line["status"], line["path"]) == (404, "/api/v1/bookings/*")


def test_a_request_has_the_same_name_on_its_answer_and_in_the_log(server: Server) -> None:
    answer = server.http.post("/api/v1/bookings", content=b"{")
    name = answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", name)
    until(lambda: any(each.get("request_id") == name for each in lines(server)), "it is logged")
    paths = ("/", "/health/live", "/api/v1/business", f"{API}/slots/poll", "/none")
    given = {server.http.get(path).headers["X-Request-ID"] for path in paths}
    assert len(given) == len(paths)


@pytest.mark.parametrize("name", ["a", "5f-a.b_C", "x" * 64])
def test_a_name_that_a_proxy_has_given_is_kept(shared: Server, name: str) -> None:
    answer = shared.http.get("/health/live", headers={"X-Request-ID": name})
    assert answer.headers.get_list("X-Request-ID") == [name]


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a;b", 'a"b', "é"])
def test_a_name_that_is_none_is_replaced(shared: Server, name: str) -> None:
    headers = {"X-Request-ID": name.encode()}
    answer = shared.http.get("/health/live", headers=headers)  # type: ignore[arg-type]
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])
