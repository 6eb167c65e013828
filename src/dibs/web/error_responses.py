"""Makes error responses in the format of the API that a request is for. The path of the request
tells which API it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import Scope

    from dibs.errors import DibsError

    Responder = Callable[[DibsError], Response]


class ErrorResponses:
    """Makes a response from an error: problem+json, except for paths that another API has
    registered."""

    def __init__(self) -> None:
        self._responders: dict[str, Responder] = {}

    def register(self, path: str, responder: Responder) -> None:
        """Let `responder` make the responses for this path. A path that ends with a slash means all
        paths below it."""
        self._responders[path] = responder

    def __call__(self, scope: Scope, error: DibsError) -> Response:
        path: str = scope["path"]
        for registered, responder in self._responders.items():
            if path == registered or (registered.endswith("/") and path.startswith(registered)):
                return responder(error)
        return problem(error)
