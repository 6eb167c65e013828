"""Decides who may do what in the office: every route asks the guard first.

The guard knows people by the cookie of their session, and programs by an API key. A browser sends
the cookie with every request, whichever page asks for it. So a change with a cookie must come from
a page of Dibs itself. This is stricter than `middleware.cross_site`, because it also excludes other
hosts of the same site.
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

#: `middleware.secure_cookies` gives this cookie a strict name. Browsers don't send the cookie when
#: somebody comes from another site, not even by a link. The page doesn't need it: it is the same
#: for everybody, and asks afterwards who is signed in.
SESSION_COOKIE = "dibs_office"
#: The signed marks of the users who have signed in with a browser.
KNOWN_COOKIE = "dibs_office_known"
SAFE = ("GET", "HEAD", "OPTIONS")
NO_USER = "Nobody is signed in."


class Guard:
    """Finds out who sends a request, and whether they may do what it asks for."""

    def __init__(self, desk: Desk, throttle: Throttle, public_url: str) -> None:
        self._office = desk.office
        self._throttle = throttle
        self._has_public_url = bool(desk.context.settings.public_url)
        parts = urlsplit(public_url)
        self._own_origin = f"{parts.scheme}://{parts.netloc}"

    async def require(self, request: Request, scope: Scope) -> Principal:
        """Return the user or the API key that sends the request, and that has this scope.

        Raises NotSignedIn, Forbidden, CrossSite, TooManyRequests, Unavailable.
        """
        if "authorization" in request.headers:
            principal = await self._principal_of_key(request)
        else:
            principal, _ = await self.require_user(request)
        principal.check(scope)
        return principal

    async def require_user(self, request: Request) -> tuple[Principal, User]:
        """Return the user who sends the request. This is for what people do for themselves, and no
        program.

        Raises Forbidden (an API key was sent), NotSignedIn, CrossSite, TooManyRequests,
        Unavailable.
        """
        if "authorization" in request.headers:
            raise Forbidden("This is for people who are signed in, not for API keys.")
        self.check_origin(request)
        found = await self.find_user(request)
        if found is None:
            raise NotSignedIn(NO_USER)
        return found

    async def find_user(self, request: Request) -> tuple[Principal, User] | None:
        """Return who is signed in, or None if nobody is."""
        await self._throttle.count_address("lookup_rate_per_ip", request)
        return await self._find_session(request)

    async def check_again(self, request: Request, scope: Scope) -> Principal | None:
        """Return who sent the request of a stream, with the scopes that they have by now. Returns
        None if they no longer have this scope.

        This counts towards no limit, because the request was counted when the stream was opened.
        """
        if "authorization" in request.headers:
            principal = await self._find_key(request)
        else:
            found = await self._find_session(request)
            principal = found[0] if found else None
        return principal if principal is not None and scope in principal.scopes else None

    def check_origin(self, request: Request) -> None:
        """Raise CrossSite if a request that changes something doesn't come from a page of Dibs
        itself."""
        if request.method not in SAFE and not self._is_own_page(request):
            raise CrossSite("Only pages of this Dibs itself may do this, or an API key.")

    def client(self, request: Request) -> Client:
        """Return the browser that sends a request, for sessions and limits."""
        return Client(
            self._throttle.address(request.scope),
            describe_browser(request.headers.get("user-agent", "")),
            request.cookies.get(KNOWN_COOKIE, ""),
        )

    def origin(self, request: Request) -> str:
        """Return the origin of Dibs's own pages: that of the public URL, or, if none was set, the
        origin that the browser has sent the request to."""
        if self._has_public_url:
            return self._own_origin
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}"

    async def count_write(self, request: Request) -> None:
        """Count a request that writes. Raises TooManyRequests."""
        await self._throttle.count_address("write_rate_per_ip", request)

    def _is_own_page(self, request: Request) -> bool:
        """Tell whether a page of Dibs itself asks for the request. Browsers say this in
        Sec-Fetch-Site if the connection is secure, else only in Origin."""
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
