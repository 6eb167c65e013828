"""Decides who may do what in the office: every route asks the guard first.

People are known by the cookie of their session, programs by an API key. A browser sends the cookie
with whatever any page asks for, so a change with a cookie must come from our own pages. Stricter
than `middleware.cross_site`, that excludes other hosts of the same site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dibs.desk.office.accounts import Client
from dibs.errors import Forbidden, Invalid
from dibs.web.errors import CrossSite, NotSignedIn
from dibs.web.field_types import bearer
from dibs.web.office.browsers import describe_browser

if TYPE_CHECKING:
    from starlette.requests import Request

    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal, Scope
    from dibs.ledger.users import User
    from dibs.web.middleware.rate_limit import Throttle

#: `middleware.secure_cookies` makes its name strict. No other site sends it along, not even when a
#: visitor follows a link from there: the page itself is the same for everybody, and asks afterwards
#: who is signed in.
SESSION_COOKIE = "dibs_office"
#: The signed marks of the users who have signed in with a browser.
KNOWN_COOKIE = "dibs_office_known"
SAFE = ("GET", "HEAD", "OPTIONS")
NO_USER = "Nobody is signed in."


class Guard:
    """Finds out who sends a request, and whether they may."""

    def __init__(self, desk: Desk, throttle: Throttle, public_url: str) -> None:
        self._office = desk.office
        self._throttle = throttle
        self._has_public_url = bool(desk.context.settings.public_url)
        parts = urlsplit(public_url)
        self._own_origin = f"{parts.scheme}://{parts.netloc}"

    async def require(self, request: Request, scope: Scope) -> Principal:
        """Who sends the request: a user or an API key that has this scope.

        Raises NotSignedIn, Forbidden, CrossSite, TooManyRequests, Unavailable.
        """
        if "authorization" in request.headers:
            principal = await self._principal_of_key(request)
        else:
            principal, _ = await self.require_user(request)
        principal.check(scope)
        return principal

    async def require_user(self, request: Request) -> tuple[Principal, User]:
        """The user who sends the request; for what people do for themselves, and no program.

        Raises NotSignedIn, CrossSite, TooManyRequests, Unavailable.
        """
        if "authorization" in request.headers:
            raise Forbidden("This is for people who are signed in, not for API keys.")
        self.check_origin(request)
        found = await self.find_user(request)
        if found is None:
            raise NotSignedIn(NO_USER)
        return found

    async def find_user(self, request: Request) -> tuple[Principal, User] | None:
        """Who is signed in; None: nobody."""
        await self._throttle.count_address("lookup_rate_per_ip", request)
        return await self._find_session(request)

    async def check_again(self, request: Request, scope: Scope) -> Principal | None:
        """Who sent the request of a stream, as they are by now; None: they may no longer.

        This counts towards no limit, as the stream did when it was opened.
        """
        if "authorization" in request.headers:
            principal = await self._find_key(request)
        else:
            found = await self._find_session(request)
            principal = found[0] if found else None
        return principal if principal is not None and scope in principal.scopes else None

    def check_origin(self, request: Request) -> None:
        """Raises CrossSite if a change is asked for by anything but our own pages."""
        if request.method not in SAFE and not self._is_own_page(request):
            raise CrossSite("Only pages of this Dibs itself may do this, or an API key.")

    def client(self, request: Request) -> Client:
        """The browser that sends a request, for sessions and limits."""
        return Client(
            self._throttle.address(request.scope),
            describe_browser(request.headers.get("user-agent", "")),
            request.cookies.get(KNOWN_COOKIE, ""),
        )

    def origin(self, request: Request) -> str:
        """Where our own pages are: the public address, or, if none was set, where the browser says
        that it is."""
        if self._has_public_url:
            return self._own_origin
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}"

    async def count_write(self, request: Request) -> None:
        """Raises TooManyRequests."""
        await self._throttle.count_address("write_rate_per_ip", request)

    def _is_own_page(self, request: Request) -> bool:
        """Browsers say it in Sec-Fetch-Site if the connection is safe, else only in Origin."""
        fetched = request.headers.get("sec-fetch-site")
        if fetched is not None:
            return fetched == "same-origin"
        origin = request.headers.get("origin", "")
        if origin == self._own_origin:
            return True
        host = request.headers.get("host", "")
        return bool(host) and origin in (f"http://{host}", f"https://{host}")

    async def _principal_of_key(self, request: Request) -> Principal:
        await self._throttle.count_address("lookup_rate_per_ip", request)
        principal = await self._find_key(request)
        if principal is None:
            raise NotSignedIn("This API key is not good: it is unknown, over or revoked.")
        return principal

    async def _find_key(self, request: Request) -> Principal | None:
        try:
            token = bearer(request.headers.get("authorization"))
        except Invalid:
            return None
        address = self._throttle.address(request.scope)
        return await self._office.keys.find_principal(token, address) if token else None

    async def _find_session(self, request: Request) -> tuple[Principal, User] | None:
        token = request.cookies.get(SESSION_COOKIE)
        if not token:
            return None
        address = self._throttle.address(request.scope)
        return await self._office.accounts.find_principal(token, address)
