"""In whose words a request is refused: its path tells which API it is meant for."""

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
    """Makes a response of an error: a problem, but for paths of which another API has said so."""

    def __init__(self) -> None:
        self._responders: dict[str, Responder] = {}

    def register(self, path: str, responder: Responder) -> None:
        """Errors of this path are answered by `responder`. A slash at its end means all below."""
        self._responders[path] = responder

    def __call__(self, scope: Scope, error: DibsError) -> Response:
        path: str = scope["path"]
        for registered, responder in self._responders.items():
            if path == registered or (registered.endswith("/") and path.startswith(registered)):
                return responder(error)
        return problem(error)
