"""How AppointEase clients prove that a booking is theirs, and which cookies they get for that.

Every public page contains a nonce. So a nonce proves nothing: it only lets a client try a request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dibs.appointease.booking import Proof
from dibs.web.sign_in_cookies import forget, keep

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.ledger.sign_in import Session

FORBIDDEN = (401, "rest_forbidden", "Sorry, you are not allowed to do that.")
BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{16,256})", re.ASCII | re.IGNORECASE)
#: The beginning of a cookie's name. Each booking that a browser has made has one cookie, with the
#: manage token. The cookie is kept until a month after the booking.
BOOKING_COOKIE = "dibs_booking_"
#: Most cookies of bookings in one browser. The browser sends all of them with every request, and
#: web servers limit the size of headers.
MAX_BOOKINGS_KEPT = 20
#: Most digits of a booking's number. Python refuses to read numbers with thousands of digits.
MAX_DIGITS = 10
SESSION_COOKIE = "booking_session"
#: Seconds for which a booking's cookie is kept after the booking is over.
KEPT_AFTERWARDS = 30 * 24 * 3600


def bearer_of(request: Request) -> str | None:
    match = BEARER.fullmatch(request.headers.get("authorization", ""))
    return match[1] if match else None


def session_tokens(request: Request) -> list[str]:
    """Return the tokens that may belong to a session: first the bearer token, then the one in the
    cookie."""
    found = (bearer_of(request), request.cookies.get(SESSION_COOKIE))
    return [each for each in found if each]


async def session_of(desk: AppointEaseDesk, request: Request) -> Session | None:
    """Return the session of the client that sends a request, or None if it has none."""
    for token in session_tokens(request):
        session = await desk.sign_in.session(token)
        if session is not None:
            return session
    return None


async def proof_of(desk: AppointEaseDesk, request: Request, number: int = 0) -> Proof:
    """Return what a request shows as proof. With `number`, it includes the token in that booking's
    cookie."""
    cookie = request.cookies.get(f"{BOOKING_COOKIE}{number}")
    session = await session_of(desk, request)
    return Proof(
        [each for each in (bearer_of(request), cookie) if each],
        session.email if session else None,
    )


def has_nonce(request: Request) -> bool:
    return bool(request.headers.get("x-wp-nonce"))


def keep_booking(
    request: Request, response: Response, number: int, token: str, *, seconds: int
) -> None:
    """Make the browser keep the manage token of a booking for `seconds`. If it has too many, it
    forgets the tokens of its oldest bookings."""
    kept = sorted(
        int(text)
        for name in request.cookies
        if name.startswith(BOOKING_COOKIE)
        and (text := name.removeprefix(BOOKING_COOKIE)).isascii()
        and text.isdecimal()
        and len(text) <= MAX_DIGITS
    )
    for oldest in kept[: 1 - MAX_BOOKINGS_KEPT]:
        forget(response, f"{BOOKING_COOKIE}{oldest}")
    keep(response, f"{BOOKING_COOKIE}{number}", token, seconds=seconds)
