"""Answers usual requests for views ahead of all other layers, because most requests are these.

Every request passes about ten layers. For a usual request for a view most of them do nothing, and
the others add the same headers each time. Yet together they take several times as long as the
answer. So `QuickAnswers` adds these headers itself. A request that any layer treats in another way
goes through all the layers.

A connection (`dibs.connections`) gives the bytes that it receives to `QuickAnswers.read`, and sends
the quick answer if there is one. Any other server calls `QuickAnswers` as an ASGI app.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dibs.web.middleware.base_path import base_path_of
from dibs.web.middleware.cors import VARY
from dibs.web.middleware.forwarded_headers import FORWARDED
from dibs.web.middleware.request_log import HEADER, RequestIds, is_id
from dibs.web.middleware.secure_cookies import COOKIE
from dibs.web.middleware.security_headers import default_headers, fixed_headers
from dibs.web.usual_requests import read_usual_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    Headers = list[tuple[bytes, bytes]]
    #: Status, headers and body. The headers include Cache-Control, and set no cookie.
    QuickAnswer = tuple[int, Headers, bytes]
    #: Answers a GET by its path (without the base path), its query, and its headers with the names
    #: in ANSWERED_BY. Returns None if the answer has to wait for something, or if the request is
    #: faulty.
    Answerer = Callable[[str, bytes, Mapping[bytes, bytes]], QuickAnswer | None]

#: A request with one of these headers is not usual: it has a body, or comes from a page of another
#: origin.
UNUSUAL = frozenset((b"content-length", b"transfer-encoding", b"origin"))
CROSS_SITE = (b"sec-fetch-site", b"cross-site")
#: The headers that an answer may depend on. A remembered request has no other headers.
ANSWERED_BY = (COOKIE, b"if-none-match")
MAX_PEERS = 1_000
#: How many requests are remembered by their bytes. Each takes about 1.5 kB.
MAX_REMEMBERED = 20_000


class QuickRequest(NamedTuple):
    """A usual request, with the function that answers it. `given_id` is the id that the request
    came with, if it had one."""

    answerer: Answerer
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    given_id: bytes | None
    is_forwarded: bool


class QuickAnswers:
    """Answers usual requests, and passes all other requests on."""

    def __init__(
        self,
        app: ASGIApp,
        answerers: Mapping[str, Answerer],
        public_url: str,
        *,
        allows_origins: bool,
    ) -> None:
        """`app` is the app with all its layers. `answerers` has the answerers by the beginnings of
        their paths. `allows_origins` says whether pages of some other sites may read answers."""
        self.app = app
        self._answerers = tuple(answerers.items())
        self._base_path = base_path_of(public_url)
        #: Reads the bytes that a connection has received. Returns None unless they are one whole
        #: usual request that has an answerer.
        self.read = lru_cache(maxsize=MAX_REMEMBERED)(self._read)
        vary = [VARY] if allows_origins else []
        #: The headers that all answers have.
        self.common = (*vary, *fixed_headers(public_url), *default_headers((b"cache-control",)))
        self._ids = RequestIds()
        # Peers whose forwarded headers the layer `ForwardedHeaders` has seen. It has to see each
        # peer once, because it may warn of such headers.
        self._forwarding_peers: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = None
        if scope["type"] == "http" and scope["method"] == "GET":
            asked = self._prepare(scope["path"], scope["query_string"], scope["headers"])
        answer = None if asked is None else self.answer(asked, scope.get("client"))
        if asked is None or answer is None:
            await self.app(scope, receive, send)
            return
        status, headers, body = answer
        headers = [*headers, *self.common, (HEADER, self.id_of(asked))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def answer(self, asked: QuickRequest, peer: tuple[str, int] | None) -> QuickAnswer | None:
        """Return the answer without the headers that all answers have, or None if only the app can
        answer."""
        if asked.is_forwarded and not self._has_seen_forwarding(peer):
            return None
        return asked.answerer(asked.path, asked.query, asked.headers)

    def id_of(self, asked: QuickRequest) -> bytes:
        """Return the id that the request came with, or else a new id."""
        return asked.given_id or self._ids.new()

    def _read(self, data: bytes) -> QuickRequest | None:
        usual = read_usual_request(data)
        return None if usual is None else self._prepare(*usual)

    def _prepare(self, path: str, query: bytes, headers: Headers) -> QuickRequest | None:
        """Return the request if it is usual and has an answerer, else None. `headers` are all its
        headers."""
        if self._base_path and path.startswith(self._base_path + "/"):
            path = path.removeprefix(self._base_path)
        for beginning, answerer in self._answerers:
            if path.startswith(beginning):
                by_name = dict(headers)
                if len(by_name) < len(headers) or not _is_usual(by_name):
                    return None
                given = by_name.get(HEADER)
                return QuickRequest(
                    answerer,
                    path,
                    query,
                    {name: by_name[name] for name in ANSWERED_BY if name in by_name},
                    given if given is not None and is_id(given) else None,
                    not FORWARDED.isdisjoint(by_name),
                )
        return None

    def _has_seen_forwarding(self, peer: tuple[str, int] | None) -> bool:
        """Tell whether an earlier request of the same peer had forwarded headers, and remember the
        peer."""
        address = peer[0] if peer else ""
        if address in self._forwarding_peers:
            return True
        if len(self._forwarding_peers) >= MAX_PEERS:
            self._forwarding_peers.clear()
        self._forwarding_peers.add(address)
        return False


def _is_usual(headers: Mapping[bytes, bytes]) -> bool:
    if not UNUSUAL.isdisjoint(headers):
        return False
    return headers.get(CROSS_SITE[0]) != CROSS_SITE[1]
