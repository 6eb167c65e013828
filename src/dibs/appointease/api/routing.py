"""Finds the function that answers a path and method, and gives WordPress's answers to all other
requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import Route

from dibs.appointease.api.parsing import Refused
from dibs.appointease.api.php_forms import PhpResponse, no_route, wordpress_error
from dibs.appointease.api.rest_routes import PREFIX
from dibs.errors import DibsError, NotFound, TooManyRequests
from dibs.web.errors import MethodNotAllowed, status_of
from dibs.web.problems import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.web.middleware.rate_limit import Rule, Throttle

APPOINTEASE = "appointease/v1"
BOOKING = "booking/v1"
EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
TOO_MANY = "Too many requests. Please wait."

Handler = Callable[["Request"], Awaitable["Response"]]


@dataclass(frozen=True)
class Endpoint:
    """One method of one path within a namespace. `rule` limits its rate per client address."""

    namespace: str
    path: str
    method: str
    answer: Handler
    rule: Rule | None = None


async def _no_route(_: Request) -> Response:
    return no_route()


#: The poll is here only so that OPTIONS lists its method: `PollMiddleware` answers it.
POLL = Endpoint(APPOINTEASE, "slots/poll", "GET", _no_route)


def route(endpoints: Iterable[Endpoint], public_url: str, throttle: Throttle) -> list[Route]:
    """Return a route for each endpoint, a route for OPTIONS of each path, and routes that answer
    `rest_no_route` to all other requests."""
    found: list[Route] = []
    methods: dict[tuple[str, str], list[str]] = {}
    for each in (POLL, *endpoints):
        methods.setdefault((each.namespace, each.path), []).append(each.method)
        if each is not POLL:
            address = f"{PREFIX}/{each.namespace}/{each.path}"
            found.append(Route(address, _wrap_endpoint(each, throttle), methods=[each.method]))
    for (namespace, path), allowed in methods.items():
        describe = _describe(namespace, allowed, public_url)
        found.append(Route(f"{PREFIX}/{namespace}/{path}", describe, methods=["OPTIONS"]))
    everything = (PREFIX, f"{PREFIX}/{{rest:path}}")
    return [*found, *(Route(each, _no_route, methods=EVERY_METHOD) for each in everything)]


def error_response(error: DibsError) -> PhpResponse:
    """Return an error as WordPress answers it."""
    if isinstance(error, (NotFound, MethodNotAllowed)):
        return no_route()
    return refusal(error)


def refusal(error: DibsError) -> PhpResponse:
    """Return the answer to an error for which no topic has an answer of its own."""
    message = TOO_MANY if isinstance(error, TooManyRequests) else error.detail
    answer = wordpress_error(status_of(type(error)), error.code, message)
    answer.headers.update(retry_after(error))
    return answer


def _wrap_endpoint(endpoint: Endpoint, throttle: Throttle) -> Handler:
    """Return the endpoint's function with a limited rate, and with its errors turned into
    answers."""

    async def answer(request: Request) -> Response:
        try:
            if endpoint.rule is not None:
                await throttle.count_address(endpoint.rule, request)
            return await endpoint.answer(request)
        except Refused as refused:
            return refused.answer
        except DibsError as error:
            return refusal(error)

    return answer


def _describe(namespace: str, methods: list[str], public_url: str) -> Handler:
    """Return a function that answers OPTIONS with the methods of a path."""

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
