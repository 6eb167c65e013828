"""Warns in the log if a proxy is not trusted, because then all its visitors share the limits of one
address."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog

from dibs.web.middleware.client_ip import address_of_peer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger()

FORWARDED = {b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"}


class ForwardedHeaders:
    """Warns once of forwarded headers that don't come from a trusted proxy."""

    def __init__(self, app: ASGIApp, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._app = app
        self._proxies = proxies
        self._has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._has_warned and scope["type"] == "http" and scope.get("client"):
            self._look_at(scope)
        await self._app(scope, receive, send)

    def _look_at(self, scope: Scope) -> None:
        if not is_forwarded_by_stranger(scope, self._proxies):
            return
        peer = scope["client"][0]
        self._has_warned = True
        log.warning(
            "forwarded headers come from an address that DIBS_TRUSTED_PROXIES doesn't name: they"
            " are ignored, and if it is your proxy, all visitors share the limits of one address",
            # A public address is personal data, so it is not logged.
            address=peer if ip_address(peer).is_private else "a public one",
        )


def is_forwarded_by_stranger(scope: Scope, proxies: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Tell whether a request has forwarded headers but comes from no trusted proxy."""
    if FORWARDED.isdisjoint(name for name, _ in scope["headers"]):
        return False
    peer = scope["client"][0] if scope.get("client") else ""
    return address_of_peer(peer, proxies) is not None
