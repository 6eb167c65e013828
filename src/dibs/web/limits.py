"""Refusing bodies that are larger than any request can be, while they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import FieldError
from dibs.web.problems import TooLarge

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from dibs.web.wording import ErrorResponses

LARGEST_BODY = 2 * 1024 * 1024


class BodyLimit:
    """Reads a request's body whole before passing the request on."""

    def __init__(self, app: ASGIApp, error_responses: ErrorResponses) -> None:
        self._app = app
        self._error_responses = error_responses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > LARGEST_BODY:
                refusal = self._error_responses(scope, TooLarge(FieldError("body", "too_large")))
                await refusal(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
