"""The booking page: static files made by the front end's build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

STATIC = Path(__file__).with_name("static")
API_DOCS = STATIC / "api-docs"
USUAL_HEARTBEAT_INTERVAL = 15
FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


#: No page may show the API's document in a frame.
API_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Assets(StaticFiles):
    """Files whose names have a hash of their content, so caches may keep them for ever."""

    def file_response(self, *arguments: object, **options: object) -> Response:
        response = super().file_response(*arguments, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = FOREVER
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def routes(
    stream_heartbeat_interval: float, framed_by: Collection[str] = (), base_path: str = ""
) -> list[BaseRoute]:
    """The routes of the page.

    The page knows the usual interval of heartbeats; any other is written into its HTML. `framed_by`
    are origins of other sites whose pages may show it in a frame. `base_path`: see
    `middleware.base_path`.
    """
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": " ".join([POLICY, *framed_by]),
        "Cross-Origin-Resource-Policy": "cross-origin" if framed_by else "same-origin",
    }

    attributes = f' data-base="{base_path}"' if base_path else ""
    if stream_heartbeat_interval != USUAL_HEARTBEAT_INTERVAL:
        attributes += f' data-watchdog="{round(2000 * stream_heartbeat_interval)}"'

    async def page(_: Request) -> Response:
        text = (STATIC / "index.html").read_text(encoding="utf-8")
        text = text.replace("<html", f"<html{attributes}", 1).replace('"./', f'"{base_path}/')
        return HTMLResponse(text, headers=headers)

    return [
        Route("/", page),
        Route("/manage/{reference}", page),
        Route("/my", page),
        Route("/api/docs", _api_docs, include_in_schema=False),
        Mount("/api/docs", StaticFiles(directory=API_DOCS, check_dir=False)),
        Mount("/assets", Assets(directory=STATIC / "assets", check_dir=False)),
    ]


async def _api_docs(_: Request) -> Response:
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": API_DOCS_POLICY}
    return FileResponse(API_DOCS / "index.html", headers=headers)
