"""How AppointEase clients show that something is theirs, and what they are given to show it.

A nonce stands in every public page: that it is there lets a request be tried, and proves nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from dibs.appointease.booking import Proof

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.ledger.sign_in import Session

FORBIDDEN = (401, "rest_forbidden", "Sorry, you are not allowed to do that.")
BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{16,256})", re.ASCII | re.IGNORECASE)
#: Kept by the browser that made a booking, one for each, till a month after it: its manage token.
BOOKING_COOKIE = "dibs_booking_"
#: Each goes along with all that is asked of the site, and web servers take only so much.
MAX_BOOKINGS_KEPT = 20
#: Digits of a booking's number; Python refuses to read thousands of them.
MAX_DIGITS = 10
SESSION_COOKIE = "booking_session"
KEPT_AFTERWARDS = 30 * 24 * 3600
#: The signed marks of the mailboxes with which a browser has signed in or booked.
KNOWN_COOKIE = "dibs_known"
#: For a year in seconds.
KNOWN_FOR = 365 * 24 * 3600


def bearer_of(request: Request) -> str | None:
    match = BEARER.fullmatch(request.headers.get("authorization", ""))
    return match[1] if match else None


def session_tokens(request: Request) -> list[str]:
    """What may be the token of a session: the Bearer's first, then the cookie's."""
    found = (bearer_of(request), request.cookies.get(SESSION_COOKIE))
    return [each for each in found if each]


async def session_of(desk: AppointEaseDesk, request: Request) -> Session | None:
    """The session of whoever asks."""
    for token in session_tokens(request):
        session = await desk.sign_in.session(token)
        if session is not None:
            return session
    return None


async def proof_of(desk: AppointEaseDesk, request: Request, number: int = 0) -> Proof:
    """What a request shows; with a number, for that booking."""
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
    """Have the browser keep the manage token of a booking, and forget those of its oldest."""
    kept = sorted(
        int(text)
        for name in request.cookies
        if name.startswith(BOOKING_COOKIE)
        and (text := name.removeprefix(BOOKING_COOKIE)).isascii()
        and text.isdecimal()
        and len(text) <= MAX_DIGITS
    )
    for oldest in kept[: 1 - MAX_BOOKINGS_KEPT]:
        response.delete_cookie(f"{BOOKING_COOKIE}{oldest}", httponly=True, samesite="lax")
    keep(response, f"{BOOKING_COOKIE}{number}", token, seconds=seconds)


def known_marks(request: Request) -> str:
    return request.cookies.get(KNOWN_COOKIE, "")


def keep_mark(
    desk: AppointEaseDesk,
    request: Request,
    response: Response,
    email: str,
    kind: Literal["s", "b"],
) -> None:
    """Have the browser show from now on that it has signed in or booked with a mailbox."""
    marks = desk.sign_in.known_browsers.add_mark(known_marks(request), email, kind)
    keep(response, KNOWN_COOKIE, marks, seconds=KNOWN_FOR)


def keep(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Have the browser keep a secret, out of reach of scripts and other sites."""
    response.set_cookie(name, value, seconds, httponly=True, samesite="lax")
