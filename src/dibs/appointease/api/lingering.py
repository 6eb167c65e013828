"""Finds out whether a deselect meant "Back" or "Next", because clients send the same for both.

After a deselect the hold lingers, and the answer sets a cookie that names the hold. If the client
then polls without a selection, or asks for the availability of another day or employee, it is not
in its form: it has gone back, so the hold ends. A request that was sent before the deselect has no
such cookie. So it can't end the hold of somebody in the form, however late it arrives.
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


class LingeringHold(NamedTuple):
    """A hold that lingers after a deselect. `seq` is the hold's sequence number. If the time is
    selected again, the hold gets a higher one."""

    board: BoardKey
    time: str
    seq: int


def lingering_cookie(key: BoardKey, time: str, hold: Hold, seconds: int) -> str:
    value = f"{key.resource_id}_{key.day}_{time}_{hold.seq}"
    return f"{COOKIE}={value}; Max-Age={seconds}{RULES}"


def read_lingering(value: str) -> LingeringHold | None:
    """Return the hold that a cookie's value names, or None if the value is not valid."""
    match = VALUE.fullmatch(value)
    day = day_or_none(match[2]) if match else None
    if match is None or day is None:
        return None
    return LingeringHold(BoardKey(int(match[1]), day), match[3], int(match[4]))


def find_lingering(cookies: bytes) -> LingeringHold | None:
    """Return the hold that the cookies of a request name, or None. `cookies` is the value of the
    header."""
    value = value_of(cookies, COOKIE.encode())
    return read_lingering(value.decode("latin-1")) if value else None


async def end_lingering(
    holding: AppointEaseHolding, lingering: LingeringHold, visitor: str
) -> None:
    """End a lingering hold. If that fails, the hold ends at its deadline."""
    with suppress(NotFound, Unavailable):
        await holding.release_lingering(lingering.board, lingering.time, visitor, lingering.seq)
