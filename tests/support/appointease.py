"""A client of AppointEase's API, over HTTP. It has a day, and a name that it sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2

API = "/wp-json/appointease/v1"
BOOKING_API = "/wp-json/booking/v1"
EMPTY_LISTS: dict[str, list[str]] = {
    "active_selections": [],
    "booked_slots": [],
    "locked_slots": [],
}


class PluginClient:
    """One browser with its cookies. Methods return answers as they came."""

    def __init__(self, url: str, name: str, day: date, employee: int = 1) -> None:
        self.name = name
        self.day = day
        self.employee = employee
        #: Only booked times within these hours count, because to clients all other times are
        #: booked, too.
        self.hours = ("09:00", "17:00")
        self.http = httpx2.Client(base_url=url, timeout=15, verify=False)

    def poll(self, **query: Any) -> dict[str, Any]:
        """Poll as the client does. `query` changes the parameters, and None leaves one out."""
        asked: dict[str, Any] = {
            "date": str(self.day),
            "employee_id": self.employee,
            "client_id": self.name,
        }
        sent = {name: value for name, value in (asked | query).items() if value is not None}
        answer = self.http.get(f"{API}/slots/poll", params=sent)
        assert answer.status_code == 200, answer.text
        lists: dict[str, Any] = answer.json()
        opens, closes = self.hours
        lists["booked_slots"] = [time for time in lists["booked_slots"] if opens <= time < closes]
        return lists

    def select(self, time: str, /, **more: Any) -> httpx2.Response:
        return self.http.post(f"{API}/slots/select", json=self.slot_request(time) | more)

    def deselect(self, time: str, /, **more: Any) -> httpx2.Response:
        return self.http.post(f"{API}/slots/deselect", json=self.slot_request(time) | more)

    def availability(self, **more: Any) -> httpx2.Response:
        body = {"date": str(self.day), "employee_id": self.employee}
        return self.http.post(f"{BOOKING_API}/availability", json=body | more)

    def book(
        self, time: str, /, *, nonce: str | None = "96bf044326", key: str | None = None, **more: Any
    ) -> httpx2.Response:
        """Book as the client does. A value of None leaves a field out."""
        asked: dict[str, Any] = {
            "name": "Ann Lee",
            "email": "ann@example.com",
            "phone": "5550001",
            "date": f"{self.day} {time}:00",
            "service_id": 1,
            "employee_id": self.employee,
        }
        sent = {name: value for name, value in (asked | more).items() if value is not None}
        headers = _headers(nonce) | ({"X-Idempotency-Key": key} if key else {})
        return self.http.post(f"{API}/appointments", json=sent, headers=headers)

    def appointment(self, name: int | str, **headers: str) -> httpx2.Response:
        return self.http.get(f"{API}/appointments/{name}", headers=headers)

    def move(
        self, name: int | str, date: Any, *, nonce: str | None = "96bf044326", **headers: str
    ) -> httpx2.Response:
        body = {} if date is None else {"new_date": date}
        headers |= _headers(nonce)
        return self.http.put(f"{API}/appointments/{name}", json=body, headers=headers)

    def cancel(
        self, name: int | str, *, nonce: str | None = "96bf044326", **headers: str
    ) -> httpx2.Response:
        headers |= _headers(nonce)
        return self.http.delete(f"{API}/appointments/{name}", headers=headers)

    def slot_request(self, time: str) -> dict[str, Any]:
        return {
            "date": str(self.day),
            "time": time,
            "employee_id": self.employee,
            "client_id": self.name,
        }


#: A function that makes a client with a name for the server under test.
NewClient = Callable[..., PluginClient]


def wordpress_error(code: str, message: str, status: int) -> dict[str, Any]:
    """Return a refusal in the shape that WordPress gives it."""
    return {"code": code, "message": message, "data": {"status": status}}


FORBIDDEN = wordpress_error("rest_forbidden", "Sorry, you are not allowed to do that.", 401)
NOT_FOUND = wordpress_error("not_found", "Appointment not found", 404)


def _headers(nonce: str | None) -> dict[str, str]:
    return {"X-WP-Nonce": nonce} if nonce is not None else {}


def lists(poll: dict[str, Any]) -> dict[str, Any]:
    """Return a poll's answer without its time."""
    return {name: value for name, value in poll.items() if name != "timestamp"}


def read_answer(answer: httpx2.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def read_booking(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    appointment: dict[str, Any] = answer.json()
    return appointment
