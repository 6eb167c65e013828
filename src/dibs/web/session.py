"""The native API of customers: they sign in by a one-time code, see their bookings, and get or
erase what is stored about them.

The session is a cookie that scripts can't read. `middleware.secure_cookies` makes its name and its
attributes strict, and `middleware.cross_site` refuses changes that pages of other sites ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from dibs.desk.known_browsers import SIGNED_IN
from dibs.desk.sign_in import CodeRequester
from dibs.desk.tokens import new_token
from dibs.ledger.booking_list import BOOKED
from dibs.ledger.bookings import AGREED
from dibs.web.booking_views import BookingViews
from dibs.web.errors import NotSignedIn
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import CodeRequestIn, SignInIn, rfc3339
from dibs.web.sign_in_cookies import (
    BROWSER_COOKIE,
    BROWSER_KEPT_FOR,
    browser_secret,
    forget,
    keep,
    keep_mark,
    known_marks,
)

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.ledger.sign_in import Session
    from dibs.web.middleware.rate_limit import Throttle

SESSION_COOKIE = "dibs_session"

Yes = Annotated[bool, Query()]


def routes(desk: Desk, public_url: str, throttle: Throttle) -> APIRouter:
    api = APIRouter(prefix="/api/v1", tags=["customers"], responses=DOCUMENTED)
    sessions = _Sessions(desk, throttle)
    api.post("/session/codes", status_code=202)(sessions.send_code)
    api.post("/session", status_code=201)(sessions.sign_in)
    api.get("/session")(sessions.read)
    api.delete("/session", status_code=204)(sessions.sign_out)
    customers = _Customers(desk, sessions, public_url)
    api.get("/my/bookings")(customers.bookings)
    api.get("/my/data")(customers.export)
    api.delete("/my/data")(customers.erase)
    return api


class _Sessions:
    def __init__(self, desk: Desk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle

    async def send_code(
        self, request: Request, response: Response, wanted: CodeRequestIn
    ) -> dict[str, Any]:
        """Send a sign-in code by e-mail. The answer doesn't tell whether the address has
        bookings."""
        browser = browser_secret(request) or new_token()
        address = self._throttle.address(request.scope)
        requester = CodeRequester(address, browser, known_marks(request))
        await self._desk.sign_in.send_code(wanted.email, requester, wanted.language)
        keep(response, BROWSER_COOKIE, browser, seconds=BROWSER_KEPT_FOR)
        return {"expires_in": int(self._desk.context.settings.code_lifetime.total_seconds())}

    async def sign_in(
        self, request: Request, response: Response, wanted: SignInIn
    ) -> dict[str, Any]:
        await self._throttle.count_address("write_rate_per_ip", request)
        token = await self._desk.sign_in.verify(wanted.email, wanted.code, browser_secret(request))
        former = request.cookies.get(SESSION_COOKIE)
        if former:
            await self._desk.sign_in.end(former)
        seconds = int(self._desk.context.settings.session_lifetime.total_seconds())
        keep(response, SESSION_COOKIE, token, seconds=seconds)
        keep_mark(self._desk.sign_in, request, response, wanted.email, SIGNED_IN)
        return _show(await self._desk.sign_in.session(token))

    async def read(self, request: Request) -> dict[str, Any]:
        """Return who is signed in. `email` is null if nobody is."""
        return _show(await self._find(request))

    async def sign_out(self, request: Request, response: Response, everywhere: Yes = False) -> None:
        await self._throttle.count_address("write_rate_per_ip", request)
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            await self._desk.sign_in.end(token, everywhere=everywhere)
        forget(response, SESSION_COOKIE)

    async def email_of(self, request: Request) -> str:
        """Return the e-mail address that is signed in. Raises NotSignedIn, TooManyRequests,
        Unavailable."""
        session = await self._find(request)
        if session is None:
            raise NotSignedIn
        return session.email

    async def _find(self, request: Request) -> Session | None:
        await self._throttle.count_address("lookup_rate_per_ip", request)
        token = request.cookies.get(SESSION_COOKIE)
        return await self._desk.sign_in.session(token) if token else None


class _Customers:
    def __init__(self, desk: Desk, sessions: _Sessions, public_url: str) -> None:
        self._desk = desk
        self._sessions = sessions
        self._views = BookingViews(desk.context, public_url)

    async def bookings(self, request: Request) -> dict[str, Any]:
        """Return the bookings of the customer who is signed in. `upcoming` begins with the next
        one. `past` has those that are over or cancelled, and begins with the latest one."""
        email = await self._sessions.email_of(request)
        found = await self._desk.customers.find_bookings(email)
        catalog = await self._desk.month.catalog()
        now = self._desk.context.clock.now()
        upcoming: list[dict[str, Any]] = []
        past: list[dict[str, Any]] = []
        for booking in found:
            if booking.status in BOOKED:
                is_to_come = booking.status in AGREED and booking.ends_at > now
                shown = self._views.show_with_names(catalog, booking)
                (upcoming if is_to_come else past).append(shown)
        return {"email": email, "upcoming": upcoming, "past": past[::-1]}

    async def export(self, request: Request) -> dict[str, Any]:
        """Return all that is stored about the customer who is signed in."""
        email = await self._sessions.email_of(request)
        return await self._desk.customers.export_customer(email)

    async def erase(
        self, request: Request, response: Response, cancel: Yes = False
    ) -> dict[str, Any]:
        """Erase all that is stored about the customer who is signed in, and sign them out
        everywhere. With `cancel`, upcoming bookings are cancelled; without it they are a reason to
        refuse."""
        email = await self._sessions.email_of(request)
        erased = await self._desk.customers.erase_customer(email, by="customer", cancel=cancel)
        for name in (SESSION_COOKIE, BROWSER_COOKIE):
            forget(response, name)
        return {"bookings": erased.bookings, "cancelled": list(erased.cancelled)}


def _show(session: Session | None) -> dict[str, Any]:
    return {
        "email": session.email if session else None,
        "expires_at": rfc3339(session.expires_at) if session else None,
    }
