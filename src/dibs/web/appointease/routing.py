"""Who answers which path and method, and what is said to the rest, as WordPress says it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import Route

from dibs.errors import DibsError, Unavailable
from dibs.web.appointease.asking import Refused
from dibs.web.php import PhpResponse, no_route, wordpress_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

PREFIX = "/wp-json"
APPOINTEASE = "appointease/v1"
BOOKING = "booking/v1"
EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
RETRY_AFTER = "1"

Handler = Callable[["Request"], Awaitable["Response"]]


@dataclass(frozen=True)
class Endpoint:
    """One method of one path within a namespace."""

    namespace: str
    path: str
    method: str
    answer: Handler


async def _no_route(_: Request) -> Response:
    return no_route()


#: Answered on the hot path; here only so that OPTIONS knows of it.
POLL = Endpoint(APPOINTEASE, "slots/poll", "GET", _no_route)


def route(endpoints: Iterable[Endpoint], public_url: str) -> list[Route]:
    """A route for each endpoint, OPTIONS for each path, and `rest_no_route` for all else."""
    found: list[Route] = []
    methods: dict[tuple[str, str], list[str]] = {}
    for each in (POLL, *endpoints):
        methods.setdefault((each.namespace, each.path), []).append(each.method)
        if each is not POLL:
            address = f"{PREFIX}/{each.namespace}/{each.path}"
            found.append(Route(address, _worded(each.answer), methods=[each.method]))
    for (namespace, path), allowed in methods.items():
        describe = _described(namespace, allowed, public_url)
        found.append(Route(f"{PREFIX}/{namespace}/{path}", describe, methods=["OPTIONS"]))
    found.append(Route(f"{PREFIX}/{{rest:path}}", _no_route, methods=EVERY_METHOD))
    return found


def refusal(error: DibsError) -> PhpResponse:
    """A refusal that no topic has words of its own for."""
    answer = wordpress_error(error.status, error.code, error.detail)
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _worded(handler: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as refused:
            return refused.answer
        except DibsError as error:
            return refusal(error)

    return answer


def _described(namespace: str, methods: list[str], public_url: str) -> Handler:
    async def describe(request: Request) -> Response:
        return PhpResponse(
            {
                "namespace": namespace,
                "methods": methods,
                "endpoints": [{"methods": [method], "args": []} for method in methods],
                "_links": {"self": [{"href": public_url + request.url.path}]},
            }
        )

    return describe
