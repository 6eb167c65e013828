"""Boards, visitors, slots and holds as text in Redis. `board.lua` describes the format.

Parsed holds are cached by their text, because boards are read far more often than they change.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.clock import EPOCH, microseconds
from dibs.holds.store import Hold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: Every key begins with this text, so that other programs can use the same Redis.
PREFIX = "dibs:"
#: The channel on which hints are published.
CHANNEL = f"{PREFIX}boards"

NO_SERVICE = "-"
MICROSECOND = timedelta(microseconds=1)


def board_key(board: BoardKey) -> str:
    """Return the key of a board. All days of a resource are in one cluster slot (by the hash tag in
    braces), so that one script can use two of them."""
    return f"{PREFIX}{{r:{board.resource_id}}}:{board.day}"


def board_text(board: BoardKey) -> str:
    return f"{board.resource_id}:{board.day}"


def parse_board(text: bytes) -> BoardKey:
    """Return the board that a text names. Raises ValueError."""
    resource_id, _, day = text.decode().partition(":")
    return BoardKey(int(resource_id), date.fromisoformat(day))


def parse_hint(text: bytes) -> tuple[BoardKey, int]:
    """Return the board and the new version that a hint names. Raises ValueError."""
    board, _, version = text.rpartition(b":")
    return parse_board(board), int(version)


def visitor_text(visitor: str) -> bytes:
    """Return a visitor's name as bytes. Clients choose the name, so it may be invalid Unicode."""
    return visitor.encode("utf-8", "surrogatepass")


def parse_visitor(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


def visitor_key(visitor: bytes) -> bytes:
    return b"%bvisitor:%b" % (PREFIX.encode(), visitor)


def days_text(boards: Iterable[BoardKey]) -> str:
    return ",".join(str(board.day) for board in boards)


def slot_text(slot: ServiceSlot) -> str:
    """Return a slot as text. On the boards of one resource, two slots are equal if and only if
    their texts are equal, so the scripts can compare texts."""
    service = NO_SERVICE if slot.service_id is None else slot.service_id
    return (
        f"{microseconds(slot.guarded.start)} {microseconds(slot.guarded.end)}"
        f" {microseconds(slot.starts_at)} {microseconds(slot.ends_at)} {service}"
    )


def has_hold(record: bytes) -> bool:
    return record.count(b" ") > 1


@lru_cache(maxsize=10_000)
def parse_hold(resource_id: int, visitor: bytes, record: bytes, /) -> Hold:
    """Return the hold of a record. The record must have one (`has_hold`)."""
    _, deadline, seq, created, claim, days, slot = record.decode().split(" ", 6)
    return Hold(
        parse_visitor(visitor),
        claim,
        _parse_slot(resource_id, slot),
        _parse_days(resource_id, days),
        instant(created),
        instant(deadline),
        int(seq),
    )


@lru_cache(maxsize=10_000)
def _parse_slot(resource_id: int, text: str) -> ServiceSlot:
    *times, service = text.split(" ")
    guarded_from, guarded_until, starts_at, ends_at = map(instant, times)
    service_id = None if service == NO_SERVICE else int(service)
    guarded = Interval(guarded_from, guarded_until)
    return ServiceSlot(starts_at, ends_at, guarded, service_id, resource_id)


@lru_cache(maxsize=10_000)
def _parse_days(resource_id: int, text: str) -> tuple[BoardKey, ...]:
    return tuple(BoardKey(resource_id, date.fromisoformat(day)) for day in text.split(","))


def instant(text: str | int) -> datetime:
    return EPOCH + timedelta(microseconds=int(text))
