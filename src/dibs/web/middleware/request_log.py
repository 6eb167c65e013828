"""A name for each request, on its answer and in what is logged meanwhile; a line for each refusal.

The line has no personal data: of an address only the words that stand in all of its kind.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import orjson
import structlog

from dibs import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

HEADER = b"x-request-id"
#: A proxy may have named the request already.
FOREIGN_NAME = re.compile(rb"[A-Za-z0-9._-]{1,64}")
REFUSED = 400
NOT_FOUND = 404


class RequestLog:
    def __init__(self, app: ASGIApp, paths: Iterable[str]) -> None:
        """`paths` are those of the app's routes."""
        self._app = app
        self._words = {word for path in paths for word in path.split("/") if "{" not in word}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _name_of(scope)
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, name)]
            elif status >= REFUSED:
                self._tell(scope, status, message.get("body", b""))
                status = 0
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=name.decode()):
            await self._app(scope, receive, send_named)

    def _tell(self, scope: Scope, status: int, body: bytes) -> None:
        # Whoever looks for holes in a web site asks for a lot that isn't there.
        tell = log.debug if status == NOT_FOUND else log.info
        words = scope["path"].split("/")
        path = "/".join(word if word in self._words else "*" for word in words)
        code = _code_of(body)
        metrics.count_refusal(code or "none", status)
        tell("refused", status=status, code=code, method=scope["method"], path=path)


def _name_of(scope: Scope) -> bytes:
    for header, value in scope["headers"]:
        if header == HEADER and FOREIGN_NAME.fullmatch(value):
            return bytes(value)
    return secrets.token_hex(8).encode()


def _code_of(body: bytes) -> str | None:
    """Both APIs say it in JSON; None for an answer without one."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    code = said.get("code") if isinstance(said, dict) else None
    return code if isinstance(code, str) else None
