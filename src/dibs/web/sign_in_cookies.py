"""The cookies of a browser in which customers sign in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.desk.sign_in import SignIn

#: The secret of the browser that asked for a code. The code is only valid in that browser.
BROWSER_COOKIE = "dibs_sign_in"
BROWSER = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
#: Seconds for which a browser keeps that secret: a day.
BROWSER_KEPT_FOR = 24 * 3600
#: The signed marks of the mailboxes with which a browser has signed in or booked.
KNOWN_COOKIE = "dibs_known"
#: Seconds for which a browser keeps the marks: a year.
KNOWN_FOR = 365 * 24 * 3600


def keep(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Make the browser keep a secret where scripts and other sites can't read it."""
    response.set_cookie(name, value, seconds, httponly=True, samesite="lax")


def forget(response: Response, name: str) -> None:
    """Make the browser forget a secret."""
    response.delete_cookie(name, httponly=True, samesite="lax")


def browser_secret(request: Request) -> str:
    """Return the secret that the browser was given, or an empty text if it has none."""
    secret = request.cookies.get(BROWSER_COOKIE, "")
    return secret if BROWSER.fullmatch(secret) else ""


def known_marks(request: Request) -> str:
    return request.cookies.get(KNOWN_COOKIE, "")


def keep_mark(
    sign_in: SignIn, request: Request, response: Response, email: str, kind: Literal["s", "b"]
) -> None:
    """Give the browser a mark that it shows from now on: it has signed in (`s`) or booked (`b`)
    with this mailbox."""
    marks = sign_in.known_browsers.add_mark(known_marks(request), email, kind)
    keep(response, KNOWN_COOKIE, marks, seconds=KNOWN_FOR)
