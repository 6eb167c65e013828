"""A visitor who uses Dibs' own API, over HTTP."""

from __future__ import annotations

import itertools
import secrets
from datetime import date, datetime
from typing import Any

import httpx2

from tests.support.days import at, wire, working_day

CUSTOMER = {"name": "Ann Lee", "email": "ann@example.com"}


class Visitor:
    """A visitor with a secret of its own. Methods return answers as they came."""

    def __init__(self, url: str) -> None:
        self.secret = secrets.token_urlsafe(16)
        self.http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {self.secret}"},
            timeout=15,
            verify=False,  # nothing is encrypted here, and reading the certificates takes time
        )
        self._seq = itertools.count(1)

    def hold(
        self, clock: str | datetime, *, resource: int | None = 1, service: int = 1, **more: Any
    ) -> httpx2.Response:
        body = _slot_request(clock, resource, service) | {"seq": next(self._seq)} | more
        return self.http.post("/api/v1/holds", json=body)

    def prolong(self, hold: dict[str, Any], ttl: int) -> httpx2.Response:
        return self.http.patch(f"/api/v1/holds/{hold['id']}", json={"ttl": ttl})

    def move(
        self, hold: dict[str, Any], clock: str | datetime, *, resource: int | None = None
    ) -> httpx2.Response:
        body = {"starts_at": wire(_instant(clock)), "seq": next(self._seq)}
        if resource is not None:
            body["resource_id"] = resource
        return self.http.patch(f"/api/v1/holds/{hold['id']}", json=body)

    def release(self, hold: dict[str, Any]) -> httpx2.Response:
        return self.http.delete(f"/api/v1/holds/{hold['id']}", params={"seq": next(self._seq)})

    def check_out(
        self,
        clock: str | datetime | None = None,
        *,
        hold: dict[str, Any] | None = None,
        resource: int | None = 1,
        service: int = 1,
        key: str | None = None,
    ) -> httpx2.Response:
        body = (
            {"hold_id": hold["id"]} if hold else _slot_request(clock or "10:00", resource, service)
        )
        return self.http.post("/api/v1/checkouts", json=body, headers=_key(key))

    def confirm(
        self, checkout: dict[str, Any], *, key: str | None = None, **customer: Any
    ) -> httpx2.Response:
        body = {"checkout_id": checkout["id"], "customer": CUSTOMER | customer}
        return self.http.post("/api/v1/bookings", json=body, headers=_key(key))

    def book(
        self,
        clock: str | datetime,
        *,
        resource: int | None = 1,
        service: int = 1,
        key: str | None = None,
        **customer: Any,
    ) -> httpx2.Response:
        body = _slot_request(clock, resource, service) | {"customer": CUSTOMER | customer}
        return self.http.post("/api/v1/bookings", json=body, headers=_key(key))

    def reschedule(
        self, booking: dict[str, Any], clock: str | datetime, *, key: str | None = None
    ) -> httpx2.Response:
        return self.http.patch(
            f"/api/v1/bookings/{booking['reference']}",
            json={"starts_at": wire(_instant(clock))},
            headers={
                "Authorization": f"Bearer {booking['manage_token']}",
                "Dibs-Visitor": self.secret,
                **_key(key),
            },
        )

    def abandon(self, checkout: dict[str, Any]) -> httpx2.Response:
        return self.http.delete(f"/api/v1/checkouts/{checkout['id']}")

    def read(self, booking: dict[str, Any]) -> httpx2.Response:
        return self.http.get(
            f"/api/v1/bookings/{booking['reference']}",
            headers={"Authorization": f"Bearer {booking['manage_token']}"},
        )

    def cancel(self, booking: dict[str, Any], *, key: str | None = None) -> httpx2.Response:
        return self.http.delete(
            f"/api/v1/bookings/{booking['reference']}",
            headers={"Authorization": f"Bearer {booking['manage_token']}", **_key(key)},
        )

    def board(self, resource: int = 1, day: date | None = None) -> dict[str, Any]:
        answer = self.http.get(f"/api/v1/boards/{resource}/{day or working_day()}")
        assert answer.status_code == 200, answer.text
        board: dict[str, Any] = answer.json()
        return board

    def slots(self, service: int = 1, day: date | None = None, **query: Any) -> dict[str, Any]:
        """Return the service's slots of a day, by UTC time "HH:MM"."""
        path = f"/api/v1/services/{service}/days/{day or working_day()}"
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return {slot["starts_at"][11:16]: slot for slot in answer.json()["slots"]}


def _slot_request(clock: str | datetime, resource: int | None, service: int) -> dict[str, Any]:
    slot_request: dict[str, Any] = {"service_id": service, "starts_at": wire(_instant(clock))}
    return slot_request if resource is None else slot_request | {"resource_id": resource}


def _instant(clock: str | datetime) -> datetime:
    return clock if isinstance(clock, datetime) else at(clock)


def _key(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key} if key else {}
