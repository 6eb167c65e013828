"""Maps all paths that WordPress accepts for one route to one path without a slash at its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/wp-json"
#: Clients of sites without pretty permalinks send the route as the parameter `rest_route` of these
#: paths. The root is the booking page of Dibs, unless the parameter names a route of the plugin.
INDEX = "/index.php"
ROOT = "/"
OURS = re.compile(r"/*(appointease|booking)(/|$)")
MAX_FIELDS = 50


class RestRoutes:
    """Passes each request on with the path of its route under `/wp-json`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asked = scope["path"]
            path = _route_path(asked, scope["query_string"])
            if path != asked:
                scope = {**scope, "path": path, "raw_path": b""}
        await self._app(scope, receive, send)


def is_rest(path: str) -> bool:
    return path == PREFIX or path.startswith(PREFIX + "/")


def php_query(raw: bytes) -> dict[str, str]:
    """Read a query as PHP does: the last value of a parameter counts. A query with too many
    parameters counts as empty."""
    text = raw.decode("latin-1")
    try:
        pairs = parse_qs(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError:
        return {}
    return {name: values[-1] for name, values in pairs.items()}


def _route_path(path: str, query: bytes) -> str:
    if path == INDEX:
        route = php_query(query).get("rest_route", "")
    elif path == ROOT and query:
        route = php_query(query).get("rest_route", "")
        if OURS.match(route) is None:
            return path
    elif path.endswith("/") and is_rest(path):
        return path.rstrip("/")
    else:
        return path
    return f"{PREFIX}/{route.strip('/')}".rstrip("/")
