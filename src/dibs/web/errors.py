"""The errors that only occur over HTTP, and the HTTP status of every error."""

from __future__ import annotations

from dibs.errors import (
    Conflict,
    DibsError,
    Forbidden,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    SignInFailed,
    TooManyRequests,
    Unavailable,
)


class NotSignedIn(SignInFailed):
    """Nobody is signed in; sign in with a code that comes by e-mail."""

    code = "not_signed_in"


class MethodNotAllowed(DibsError):
    """This address doesn't answer to that method."""

    code = "method_not_allowed"

    def __init__(self, allowed: str = "") -> None:
        super().__init__()
        self.allowed = allowed


class TooLarge(Invalid):
    """The request is too large."""

    code = "too_large"


class NoRequest(DibsError):
    """This is no HTTP request."""

    code = "no_request"


class TooSlow(DibsError):
    """The request took too long to arrive."""

    code = "too_slow"


class HeadTooLarge(DibsError):
    """The address and the headers of the request are too large."""

    code = "head_too_large"


class TooManyConnections(TooManyRequests):
    """Too many connections are open from this address."""

    code = "too_many_connections"


class ServerFull(Unavailable):
    """Dibs has as many connections as the system lets it have; try again in a moment."""

    code = "server_full"


class TooManyBodies(Unavailable):
    """Too many large requests are arriving right now; try again in a moment."""

    code = "too_many_bodies"


class CrossSite(DibsError):
    """Pages of this site may not do this; DIBS_ALLOWED_ORIGINS names the sites whose pages may."""

    code = "cross_site"


#: The status of each class of errors. A class that is not here has the status of its base class.
STATUSES: dict[type[DibsError], int] = {
    DibsError: 500,
    Invalid: 422,
    IdempotencyMismatch: 422,
    SignInFailed: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooManyRequests: 429,
    Unavailable: 503,
    NoRequest: 400,
    CrossSite: 403,
    MethodNotAllowed: 405,
    TooSlow: 408,
    TooLarge: 413,
    HeadTooLarge: 431,
}


def status_of(kind: type[DibsError]) -> int:
    """Return the HTTP status with which an error of this class is answered."""
    return next(STATUSES[each] for each in kind.__mro__ if each in STATUSES)
