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
USUAL_BEAT = 15
FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class Assets(StaticFiles):
    """Their names carry a hash of their content, so they never change."""

    def file_response(self, *arguments: object, **options: object) -> Response:
        response = super().file_response(*arguments, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = FOREVER
        return response


def routes(stream_beat: float, framed_by: Collection[str] = ()) -> list[BaseRoute]:
    """The page knows the usual heartbeat of a stream; it is told of any other. `framed_by`: origins
    of other sites whose pages may show the page in a frame."""
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": " ".join([POLICY, *framed_by]),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }

    async def page(_: Request) -> Response:
        index = STATIC / "index.html"
        if stream_beat == USUAL_BEAT:
            return FileResponse(index, headers=headers)
        watchdog = f'<html data-watchdog="{round(2000 * stream_beat)}"'
        text = index.read_text(encoding="utf-8").replace("<html", watchdog, 1)
        return HTMLResponse(text, headers=headers)

    return [
        Route("/", page),
        Route("/manage/{reference}", page),
        Mount("/assets", Assets(directory=STATIC / "assets", check_dir=False)),
    ]
