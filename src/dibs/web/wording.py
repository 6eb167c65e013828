"""In whose words a request is refused: its path tells which API it is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import NotFound
from dibs.web.appointease import heartbeat
from dibs.web.appointease.routing import refusal
from dibs.web.php import no_route
from dibs.web.problems import MethodNotAllowed, problem
from dibs.web.rest_route import is_rest

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from dibs.errors import DibsError


def worded(scope: Scope, error: DibsError) -> Response:
    path = scope["path"]
    if not (is_rest(path) or path == heartbeat.PATH):
        return problem(error)
    if isinstance(error, (NotFound, MethodNotAllowed)):
        return no_route()
    return refusal(error)
