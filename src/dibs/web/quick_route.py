"""Quick routes, which answer usual requests without FastAPI.

FastAPI takes longer to find the arguments of a request for a hold than making the hold takes. So
there is a quick route in front of FastAPI's route, which stays declared and documented. The quick
route returns None for a request that is unusual or faulty, and then FastAPI answers.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeVar

import orjson
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Body = TypeVar("Body", bound=BaseModel)

#: Set in the scope of a request that the quick route leaves to FastAPI.
IS_UNUSUAL = "dibs.is_unusual"


class QuickRoute(BaseRoute):
    """A route for one method and path (a regular expression). `answer` is called first. If it
    returns None, `router` answers."""

    def __init__(
        self,
        method: str,
        path: str,
        answer: Callable[[Request], Awaitable[Response | None]],
        router: ASGIApp,
    ) -> None:
        self._method = method
        self._path = re.compile(path)
        self._answer = answer
        self._router = router

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_ours = (
            scope["type"] == "http"
            and scope["method"] == self._method
            and self._path.fullmatch(scope["path"]) is not None
            and IS_UNUSUAL not in scope
        )
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._answer(request)
        if answer is not None:
            await answer(scope, receive, send)
            return
        scope[IS_UNUSUAL] = True
        unread: list[Message] = [{"type": "http.request", "body": await request.body()}]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self._router(scope, replay, send)


async def parse_body(request: Request, model: type[Body]) -> Body | None:
    """Return the body of a request, or None if it is faulty. Then FastAPI makes the error
    response."""
    if request.headers.get("content-type") != "application/json":
        return None
    try:
        return model.model_validate(json.loads(await request.body()))
    except (ValueError, RecursionError):
        return None


def json_response(shown: object, status: int) -> Response:
    return Response(orjson.dumps(shown), status, media_type="application/json")
