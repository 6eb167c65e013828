"""Telling "Back" from "Next": clients send the same deselect for both.

The answer to a deselect leaves a cookie that names the hold that lingers. A client that polls
without a selection afterwards, or asks for the availability of another day or employee, is not in
its form: it has gone back, and its hold ends. What was sent before the deselect has no such cookie,
so it can't take a time from a form however late it arrives.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from dibs.availability.boards import BoardKey
from dibs.errors import NotFound, Unavailable
from dibs.web.cookie_names import value_of
from dibs.web.field_types import day_or_none

if TYPE_CHECKING:
    from dibs.appointease.holding import AppointEaseHolding
    from dibs.holds.store import Hold

COOKIE = "dibs_lingers"
RULES = "; Path=/; HttpOnly; SameSite=Lax"
FORGET = f"{COOKIE}=; Max-Age=0{RULES}"
VALUE = re.compile(r"(\d{1,9})_(\d{4}-\d\d-\d\d)_(\d\d:\d\d)_(\d{1,17})", re.ASCII)


class Lingering(NamedTuple):
    """A hold that was let go; `seq` is that of the selection that made it."""

    board: BoardKey
    time: str
    seq: int


def lingering_cookie(key: BoardKey, time: str, hold: Hold, seconds: int) -> str:
    value = f"{key.resource_id}_{key.day}_{time}_{hold.seq}"
    return f"{COOKIE}={value}; Max-Age={seconds}{RULES}"


def read_lingering(value: str) -> Lingering | None:
    """What the cookie names; None for anything that is no such cookie."""
    match = VALUE.fullmatch(value)
    day = day_or_none(match[2]) if match else None
    if match is None or day is None:
        return None
    return Lingering(BoardKey(int(match[1]), day), match[3], int(match[4]))


def find_lingering(cookies: bytes) -> Lingering | None:
    """The same of a request's cookies as they were sent."""
    value = value_of(cookies, COOKIE.encode())
    return read_lingering(value.decode("latin-1")) if value else None


async def end_lingering(holding: AppointEaseHolding, lingering: Lingering, visitor: str) -> None:
    """One that can't be ended now ends by its deadline."""
    with suppress(NotFound, Unavailable):
        await holding.give_back(lingering.board, lingering.time, visitor, lingering.seq)
