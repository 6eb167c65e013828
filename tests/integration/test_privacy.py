"""Public answers say nothing about who booked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.appointease import API, BOOKING_API, PluginClient
from tests.support.days import at, wire, working_day
from tests.support.server import Server

#: No other test uses this day.
DAY = working_day(4900)
PERSON: dict[str, Any] = {
    "name": "Zaphod Quillfeather",
    "email": "zaphod.q@hidden.example",
    "phone": "+49 555 0987654",
}
SEED_CLIENT = "client-name-nobody-else-may-learn"


@dataclass(frozen=True)
class Busy:
    """A server with a hold, a checkout, a booking and a cancelled booking."""

    server: Server
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def busy(shared: Server) -> Busy:
    server = shared
    # Shorter parts are left out: three digits of a phone number occur in many revisions as well.
    secrets = {word: word for text in PERSON.values() for word in text.split() if len(word) > 5}
    secrets |= {"phone without spaces": "0987654", "client id": SEED_CLIENT}

    def remember(prefix: str, answer: httpx2.Response) -> dict[str, Any]:
        found: dict[str, Any] = answer.json()
        for name in ("reference", "manage_token"):
            if name in found:
                secrets[f"{prefix} {name}"] = found[name]
        return found

    holder, buyer, owner = (server.visitor() for _ in range(3))
    holder.hold(at("09:30", DAY))
    checkout = buyer.check_out(at("10:00", DAY)).json()
    remember("booking", owner.book(at("11:00", DAY), **PERSON))
    cancelled = remember("cancelled", owner.book(at("12:00", DAY), **PERSON))
    owner.cancel(cancelled)
    moved = remember("moved", owner.book(at("13:00", DAY), **PERSON))
    owner.reschedule(moved, at("14:00", DAY))
    client = PluginClient(server.url, SEED_CLIENT, DAY)
    assert client.select("15:00").status_code == 200
    client.http.close()

    secrets["checkout id"] = checkout["id"]
    for name, visitor in (("holder", holder), ("buyer", buyer), ("owner", owner)):
        secrets[f"secret of the {name}"] = visitor.secret
        kept = hashlib.sha256(b"visitor:" + visitor.secret.encode()).hexdigest()[:32]
        secrets[f"what is kept of the {name}"] = kept
    for reference, token in server.sql("SELECT reference, token FROM bookings"):
        secrets |= {f"reference {reference}": reference, f"token {token}": token}
    return Busy(server, secrets)


WISH = {"service_id": 1, "starts_at": wire(at("11:00", DAY)), "resource_id": 1}
STRANGER = {"name": "Ben Moss", "email": "ben@example.com"}

PUBLIC: dict[str, Callable[[httpx2.Client], httpx2.Response]] = {
    "business": lambda http: http.get("/api/v1/business"),
    "services": lambda http: http.get("/api/v1/services"),
    "resources": lambda http: http.get("/api/v1/resources"),
    "availability": lambda http: http.get(
        "/api/v1/services/1/availability", params={"from": str(DAY), "to": str(DAY), "slots": True}
    ),
    "board": lambda http: http.get(f"/api/v1/boards/1/{DAY}"),
    "day": lambda http: http.get(f"/api/v1/services/1/days/{DAY}"),
    "poll": lambda http: http.get(f"{API}/slots/poll", params={"date": str(DAY), "employee_id": 1}),
    "poll by name": lambda http: http.get(
        f"{API}/slots/poll", params={"date": str(DAY), "employee_id": 1, "client_id": "me"}
    ),
    "poll by index.php": lambda http: http.get(
        "/index.php",
        params={"rest_route": "/appointease/v1/slots/poll", "date": str(DAY), "employee_id": 1},
    ),
    "select what is held": lambda http: http.post(
        f"{API}/slots/select",
        json={"date": str(DAY), "time": "15:00", "employee_id": 1, "client_id": "me"},
    ),
    "select what is booked": lambda http: http.post(
        f"{API}/slots/select",
        json={"date": str(DAY), "time": "11:00", "employee_id": 1, "client_id": "me"},
    ),
    "services of the plugin": lambda http: http.get(f"{BOOKING_API}/services"),
    "staff of the plugin": lambda http: http.get(f"{BOOKING_API}/staff"),
    "availability of the plugin": lambda http: http.post(
        f"{BOOKING_API}/availability", json={"date": str(DAY), "employee_id": 1}
    ),
    "availability for moving": lambda http: http.post(
        f"{API}/reschedule-availability",
        json={"date": str(DAY), "employee_id": 1, "exclude_appointment_id": "1"},
    ),
    "heartbeat": lambda http: http.post(
        "/wp-admin/admin-ajax.php",
        data={
            "action": "heartbeat",
            "data[appointease_poll][date]": str(DAY),
            "data[appointease_poll][employee_id]": "1",
        },
    ),
    "appointment by number": lambda http: http.get(f"{API}/appointments/1"),
    "appointments by address": lambda http: http.post(
        f"{API}/user-appointments", json={"email": "e@x.co"}
    ),
    "customer by another address": lambda http: http.get(
        f"{BOOKING_API}/check-customer/zaphod@x.example"
    ),
    "appointment at what is booked": lambda http: http.post(
        f"{API}/appointments",
        json=STRANGER | {"date": f"{DAY} 11:00:00", "service_id": 1, "employee_id": 1},
        headers={"X-WP-Nonce": "x"},
    ),
    "hold what is booked": lambda http: http.post("/api/v1/holds", json=WISH),
    "hold what is held": lambda http: http.post(
        "/api/v1/holds", json=WISH | {"starts_at": wire(at("09:30", DAY))}
    ),
    "check out what is pending": lambda http: http.post(
        "/api/v1/checkouts", json=WISH | {"starts_at": wire(at("10:00", DAY))}
    ),
    "book what is booked": lambda http: http.post(
        "/api/v1/bookings", json=WISH | {"customer": STRANGER}
    ),
    "malformed": lambda http: http.post("/api/v1/bookings", json={"customer": STRANGER}),
    "no such booking": lambda http: http.get("/api/v1/bookings/AAAAA-AAAAA"),
    "no such page": lambda http: http.get("/nothing/here"),
    "openapi": lambda http: http.get("/api/openapi.json"),
    "docs": lambda http: http.get("/api/docs"),
    "live": lambda http: http.get("/health/live"),
    "ready": lambda http: http.get("/health/ready"),
    "page": lambda http: http.get("/"),
    "manage page": lambda http: http.get("/manage/AAAAA-AAAAA"),
}


def find_secrets(text: str, secrets: dict[str, str]) -> list[str]:
    return [what for what, secret in secrets.items() if secret.casefold() in text.casefold()]


@pytest.mark.scenario(21)
@pytest.mark.parametrize("what", PUBLIC)
def test_a_public_answer_says_nothing_about_anybody(busy: Busy, what: str) -> None:
    with httpx2.Client(base_url=busy.server.url, verify=False) as stranger:
        answer = PUBLIC[what](stranger)
        if cookie := stranger.cookies.get("dibs_client"):
            assert cookie not in busy.secrets.values()
    assert answer.status_code < 500
    said = f"{answer.text}\n{answer.headers}"
    assert find_secrets(said, busy.secrets) == []


@pytest.mark.scenario(21)
def test_everyone_reads_the_same_board(busy: Busy) -> None:
    def board(**headers: str) -> dict[str, Any]:
        answer = httpx2.get(
            f"{busy.server.url}/api/v1/boards/1/{DAY}", headers=headers, verify=False
        )
        seen: dict[str, Any] = answer.json()
        return {name: value for name, value in seen.items() if name != "server_time"}

    holder = busy.secrets["secret of the holder"]
    assert board() == board(Authorization=f"Bearer {holder}")


@pytest.mark.scenario(21)
def test_the_public_id_of_a_claim_is_another_one_each_time(busy: Busy) -> None:
    visitor = busy.server.visitor()
    first = visitor.hold(at("16:00", DAY)).json()
    visitor.release(first)
    second = visitor.hold(at("16:00", DAY)).json()
    assert first["claim"] != second["claim"]
    visitor.release(second)


def test_the_log_says_nothing_about_anybody(busy: Busy) -> None:
    assert find_secrets(Path(busy.server.log).read_text(encoding="utf-8"), busy.secrets) == []
