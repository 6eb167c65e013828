"""Reads the query and the cookies of a poll. The results are remembered, because clients send the
same query and cookies again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dibs.appointease.api.lingering import find_lingering
from dibs.appointease.api.parsing import (
    COOKIE,
    SECRET,
    client_cookie,
    client_secret,
    employee_of,
    time_of,
)
from dibs.appointease.api.php_forms import PhpResponse, wordpress_error
from dibs.appointease.api.rest_routes import php_query
from dibs.availability.boards import BoardKey
from dibs.desk.tokens import visitor_key
from dibs.web.cookie_names import plain_names, value_of
from dibs.web.field_types import TOO_LARGE_ID, day_or_none

if TYPE_CHECKING:
    from dibs.appointease.api.lingering import LingeringHold

#: Longer queries and cookies are not remembered.
MAX_REMEMBERED = 400
REMEMBERED = 20_000
COOKIE_NAME = COOKIE.encode()


@dataclass(frozen=True, slots=True)
class PollQuery:
    """A valid poll. `secret` is the secret that the client should send in its cookie from now on,
    and `set_cookie` is the header that sets this cookie. Both are empty if the client sends no
    name."""

    board: BoardKey
    visitor: str | None
    selected: str | None
    secret: bytes
    set_cookie: bytes


class PollCookies(NamedTuple):
    """The cookies of a poll. `secret` is the value as it was sent, `visitor` the visitor if this
    secret is valid, and `lingering` the hold that lingers."""

    secret: bytes | None = None
    visitor: str | None = None
    lingering: LingeringHold | None = None


NO_COOKIES = PollCookies()


def read_query(raw: bytes) -> PollQuery | PhpResponse:
    """Return what a poll asks for, or the answer that refuses an invalid poll."""
    read = _read_query if len(raw) <= MAX_REMEMBERED else _read_query.__wrapped__
    return read(raw)


def read_cookies(sent: bytes | None) -> PollCookies:
    if sent is None:
        return NO_COOKIES
    read = _read_cookies if len(sent) <= MAX_REMEMBERED else _read_cookies.__wrapped__
    return read(sent)


def is_worth_a_cookie(asked: PollQuery, kept: bytes | None) -> bool:
    """Tell whether the answer sets the client's cookie. `kept` is the secret that the client sent.

    Two pages of one browser may have different client names, but they share the cookie. A page that
    has selected nothing does not replace the cookie of the other page.
    """
    if not asked.secret or kept == asked.secret:
        return False
    return kept is None or asked.selected is not None


@lru_cache(maxsize=REMEMBERED)
def _read_query(raw: bytes) -> PollQuery | PhpResponse:
    query = php_query(raw)
    employee = employee_of(query.get("employee_id", ""))
    if not query.get("date") or employee == 0:
        return wordpress_error(400, "missing_params", "Date and employee_id required")
    day = day_or_none(query["date"])
    if day is None:
        return wordpress_error(400, "invalid_date", "Invalid date")
    selected = query.get("selected_time") or None
    if selected is not None:
        selected = time_of(selected)
        if selected is None:
            return wordpress_error(400, "invalid_time", "Invalid time")
    client_id = query.get("client_id")
    board = BoardKey(min(employee, TOO_LARGE_ID), day)
    if not client_id:
        return PollQuery(board, None, selected, b"", b"")
    secret = client_secret(client_id)
    set_cookie = client_cookie(secret).encode()
    return PollQuery(board, visitor_key(secret), selected, secret.encode(), set_cookie)


@lru_cache(maxsize=REMEMBERED)
def _read_cookies(sent: bytes) -> PollCookies:
    cookies = plain_names(sent)
    secret = value_of(cookies, COOKIE_NAME)
    visitor = None if secret is None else _visitor_of_cookie(secret)
    return PollCookies(secret, visitor, find_lingering(cookies))


def _visitor_of_cookie(kept: bytes) -> str | None:
    secret = kept.decode("latin-1")
    return visitor_key(secret) if SECRET.fullmatch(secret) else None
