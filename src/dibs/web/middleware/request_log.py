"""Gives each request an id, and logs each refusal.

The id is in the answer and in all lines of the log about the request. The line of a refusal has no
personal data: each part of the path that isn't a fixed word of some route is logged as `*`.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import orjson
import structlog

from dibs import metrics
from dibs.logs import REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

HEADER = b"x-request-id"
#: What an id looks like that a proxy may have given to the request already.
FOREIGN_NAME = re.compile(rb"[A-Za-z0-9._-]{1,64}")
REFUSED = 400
NOT_FOUND = 404


class RequestIds:
    """Makes ids of 16 hexadecimal digits. They only tell requests apart in the log, so they come
    from a generator that is seeded once, without a system call for each."""

    def __init__(self) -> None:
        self._random = Random()  # noqa: S311

    def new(self) -> bytes:
        return b"%016x" % self._random.getrandbits(64)


class RequestLog:
    """Gives each request an id, and logs each refusal."""

    def __init__(self, app: ASGIApp, paths: Iterable[str]) -> None:
        """`paths` are the paths of the app's routes."""
        self._app = app
        self._ids = RequestIds()
        self._words = {word for path in paths for word in path.split("/") if "{" not in word}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = self._name_of(scope)
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, name)]
            elif status >= REFUSED:
                self._log_refusal(scope, status, message.get("body", b""))
                status = 0
            await send(message)

        before = REQUEST_ID.set(name)
        try:
            await self._app(scope, receive, send_named)
        finally:
            REQUEST_ID.reset(before)

    def _name_of(self, scope: Scope) -> bytes:
        for header, value in scope["headers"]:
            if header == HEADER and is_id(value):
                return bytes(value)
        return self._ids.new()

    def _log_refusal(self, scope: Scope, status: int, body: bytes) -> None:
        # Programs that search for security holes ask for many paths that don't exist.
        tell = log.debug if status == NOT_FOUND else log.info
        words = scope["path"].split("/")
        path = "/".join(word if word in self._words else "*" for word in words)
        code = _code_of(body)
        metrics.count_refusal(code or "none", status)
        tell("refused", status=status, code=code, method=scope["method"], path=path)


def is_id(value: bytes) -> bool:
    """Tell whether this can be the id that a proxy has given to a request."""
    return FOREIGN_NAME.fullmatch(value) is not None


def _code_of(body: bytes) -> str | None:
    """Return the code of a refusal from the JSON of either API, or None if the body has no code."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    code = said.get("code") if isinstance(said, dict) else None
    return code if isinstance(code, str) else None
