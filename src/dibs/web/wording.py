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

    def register(self, prefix: str, responder: Responder) -> None:
        """Errors of this path, and of all paths below it, are answered by `responder`."""
        self._responders[prefix] = responder

    def __call__(self, scope: Scope, error: DibsError) -> Response:
        path: str = scope["path"]
        for prefix, responder in self._responders.items():
            if path == prefix or path.startswith(prefix + "/"):
                return responder(error)
        return problem(error)
