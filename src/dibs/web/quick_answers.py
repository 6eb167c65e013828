"""Answers usual requests for views ahead of all other layers, because most requests are these.

Every request passes about ten layers. For a usual request for a view most of them do nothing, and
the others add the same headers each time; yet together they take several times as long as the
answer. So `QuickAnswers` adds these headers, and leaves to the layers each request that any of them
treats in another way.

A connection (`dibs.connections`) asks for the quick answer as soon as it has the head of a request.
Under another server `QuickAnswers` is an ASGI app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.middleware.base_path import base_path_of
from dibs.web.middleware.cors import VARY
from dibs.web.middleware.forwarded_headers import FORWARDED
from dibs.web.middleware.request_log import HEADER, RequestIds, is_id
from dibs.web.middleware.security_headers import always, unless_given

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    Headers = list[tuple[bytes, bytes]]
    #: Status, headers and body. The headers include Cache-Control, and set no cookie.
    QuickAnswer = tuple[int, Headers, bytes]
    #: Answers a GET by its path (without the base path), its query and its headers, of which each
    #: came once. None: the request has to wait for something, or is faulty.
    Answerer = Callable[[str, bytes, Mapping[bytes, bytes]], QuickAnswer | None]

#: A request with one of these is not usual: it has a body, or comes from a page of another origin.
UNUSUAL = frozenset((b"content-length", b"transfer-encoding", b"origin"))
CROSS_SITE = (b"sec-fetch-site", b"cross-site")
MAX_PEERS = 1_000


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
        """`app` is all layers. `answerers` are by the beginning of the path. `allows_origins`:
        pages of some other sites may read answers."""
        self.app = app
        self._answerers = tuple(answerers.items())
        self._base_path = base_path_of(public_url)
        #: How the address of each request begins that can have a quick answer.
        self.beginnings = tuple(
            (base_path + beginning).encode()
            for beginning in answerers
            for base_path in {"", self._base_path}
        )
        vary = [VARY] if allows_origins else []
        self._more = (*vary, *always(public_url), *unless_given((b"cache-control",)))
        self._ids = RequestIds()
        # Peers whose forwarded headers `ForwardedHeaders` has seen, which may warn of them.
        self._forwarding_peers: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if scope["type"] == "http" and scope["method"] == "GET":
            answer = self.answer(
                scope["path"], scope["query_string"], scope["headers"], scope.get("client")
            )
        if answer is None:
            await self.app(scope, receive, send)
            return
        status, headers, body = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def answer(
        self, path: str, query: bytes, headers: Headers, peer: tuple[str, int] | None
    ) -> QuickAnswer | None:
        """The answer to a GET with all its headers; None if the request is not usual."""
        if self._base_path and path.startswith(self._base_path + "/"):
            path = path.removeprefix(self._base_path)
        for beginning, answerer in self._answerers:
            if path.startswith(beginning):
                by_name = dict(headers)
                if len(by_name) < len(headers) or not self._is_usual(by_name, peer):
                    return None
                return self._complete(answerer(path, query, by_name), by_name.get(HEADER))
        return None

    def _complete(self, answer: QuickAnswer | None, given: bytes | None) -> QuickAnswer | None:
        """The answer with the headers that all answers have; `given` is the request's own id."""
        if answer is None:
            return None
        status, own, body = answer
        name = given if given is not None and is_id(given) else self._ids.new()
        return status, [*own, *self._more, (HEADER, name)], body

    def _is_usual(self, headers: dict[bytes, bytes], peer: tuple[str, int] | None) -> bool:
        if not UNUSUAL.isdisjoint(headers):
            return False
        if headers.get(CROSS_SITE[0]) == CROSS_SITE[1]:
            return False
        return FORWARDED.isdisjoint(headers) or self._has_seen_forwarding(peer)

    def _has_seen_forwarding(self, peer: tuple[str, int] | None) -> bool:
        """Whether an earlier request of the same peer had forwarded headers, too."""
        address = peer[0] if peer else ""
        if address in self._forwarding_peers:
            return True
        if len(self._forwarding_peers) >= MAX_PEERS:
            self._forwarding_peers.clear()
        self._forwarding_peers.add(address)
        return False
