"""Visitors who hold, check out, book and cancel on all nodes at once, and checks of the result."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx2

from tests.support.days import at, wire
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

VISITORS = 8
#: The statuses that a node may answer while a part of it is away.
EXPECTED = {200, 201, 204, 404, 409, 503}
OVERLAPS = """
    SELECT count(*) FROM allocations a JOIN allocations b
    ON a.id < b.id AND a.resource_id = b.resource_id AND a.lane = b.lane
    AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""
CONFIRMED = "SELECT reference FROM bookings WHERE status = 'confirmed'"


@dataclass
class Traffic:
    """Visitors who are busy on the nodes.

    `promised` has the bookings that were answered with 201. `cancelled` has the bookings that
    somebody tried to cancel: if that answer was lost, they may or may not exist.
    """

    nodes: list[Server]
    day: date
    promised: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    unexpected: list[tuple[int, str]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Let all visitors be busy during the block."""
        threads = [threading.Thread(target=self._be_busy, args=(n,)) for n in range(VISITORS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _be_busy(self, number: int) -> None:
        choose = random.Random(number)
        visitor = Visitor(self.nodes[number % len(self.nodes)].url)
        with visitor.http:
            while not self._over.is_set():
                try:
                    self._act(visitor, choose)
                except httpx2.TransportError:
                    continue

    def _act(self, visitor: Visitor, choose: random.Random) -> None:
        start = at(f"{choose.randint(9, 16):02}:{choose.choice(('00', '30'))}", self.day)
        match choose.choice(("hold", "check out", "book", "look")):
            case "hold":
                self._note(visitor.hold(start))
            case "check out":
                checkout = self._note(visitor.check_out(start))
                if checkout.status_code == 201 and choose.random() < 0.5:
                    self._book(visitor, self._note(visitor.confirm(checkout.json())), choose)
            case "book":
                self._book(visitor, self._note(visitor.book(start)), choose)
            case _:
                self._note(visitor.http.get(f"/api/v1/boards/1/{self.day}"))

    def _book(self, visitor: Visitor, answer: httpx2.Response, choose: random.Random) -> None:
        if answer.status_code != 201:
            return
        booking = answer.json()
        self.promised.add(booking["reference"])
        if choose.random() < 0.7:
            self.cancelled.add(booking["reference"])
            self._note(visitor.cancel(booking))

    def _note(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.status_code not in EXPECTED:
            self.unexpected.append((answer.status_code, answer.text))
        return answer


def check(stack: Stack, traffic: Traffic) -> None:
    """Check that nothing overlaps, no promised booking is lost, and all answers were expected."""
    assert traffic.unexpected == []
    assert stack.sql(OVERLAPS) == [(0,)]
    confirmed = {
        ref for (ref,) in stack.sql("SELECT reference FROM bookings WHERE status = 'confirmed'")
    }
    assert traffic.promised, "nobody could book anything"
    assert traffic.promised - traffic.cancelled <= confirmed


def views_are_right(stack: Stack, day: date, *, within: float) -> None:
    """Check that all nodes show the bookings of the ledger, and the same holds."""
    wrong: Any = None

    def right() -> bool:
        nonlocal wrong
        boards = [board(node, day) for node in stack.nodes]
        booked = list_allocated_starts(stack, day)
        wrong = (boards, booked)
        return (
            all(found is not None and not found["degraded"] for found in boards)
            and all(in_state(found, "taken", "pending") == booked for found in boards)
            and all(in_state(found, "held") == in_state(boards[0], "held") for found in boards)
        )

    try:
        until(right, "all views are right", within=within)
    except AssertionError as late:
        raise AssertionError(f"{late}: {wrong}") from None


def check_nothing_is_stuck(stack: Stack, day: date, *, within: float) -> None:
    """Check that only booked times are busy once all deadlines have passed."""

    def free() -> bool:
        booked = list_confirmed_starts(stack, day)
        return all(
            found is not None and in_state(found, "taken", "pending", "held") == booked
            for found in (board(node, day) for node in stack.nodes)
        )

    until(free, "what nobody finished is free again", within=within)


def board(node: Server, day: date) -> dict[str, Any] | None:
    try:
        answer = node.http.get(f"/api/v1/boards/1/{day}")
    except httpx2.TransportError:
        return None
    found: dict[str, Any] = answer.json()
    return found if answer.status_code == 200 else None


def in_state(found: dict[str, Any] | None, *states: str) -> set[str]:
    assert found is not None
    return {busy["starts_at"] for busy in found["busy"] if busy["state"] in states}


def list_allocated_starts(stack: Stack, day: date) -> set[str]:
    return _starts(stack, "SELECT starts_at FROM allocations WHERE resource_id = 1", day)


def list_confirmed_starts(stack: Stack, day: date) -> set[str]:
    return _starts(
        stack, "SELECT starts_at FROM bookings WHERE status = 'confirmed' AND resource_id = 1", day
    )


def _starts(stack: Stack, statement: str, day: date) -> set[str]:
    return {wire(start) for (start,) in stack.sql(statement) if start.date() == day}
