"""`embed.js`, which pages of other sites load to show the booking page within them.

Its address stays the same, so caches keep it for minutes only. It loads files whose names change
with each build. If these files are gone, it asks for the present names (`files.json`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount, Route

from dibs.web.compressed import Assets, text_response
from dibs.web.page import STATIC, USUAL_HEARTBEAT_INTERVAL

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

EMBED = STATIC / "embed"
#: A placeholder in `embed.js`. It is replaced by the milliseconds for which a stream may be silent,
#: or by nothing if that is the usual time.
WATCHDOG = "DIBS_WATCHDOG"
ANYBODYS = {"Cross-Origin-Resource-Policy": "cross-origin"}
FOR_MINUTES = {"Cache-Control": "public, max-age=300", **ANYBODYS}
TODAY = {"Cache-Control": "no-cache", **ANYBODYS}


def routes(stream_heartbeat_interval: float) -> list[BaseRoute]:
    """Return the routes. `stream_heartbeat_interval` is in seconds; the script knows the usual
    value."""
    is_usual = stream_heartbeat_interval == USUAL_HEARTBEAT_INTERVAL
    watchdog = "" if is_usual else str(round(2000 * stream_heartbeat_interval))

    async def script(request: Request) -> Response:
        text = (EMBED / "embed.js").read_text(encoding="utf-8").replace(WATCHDOG, watchdog)
        return text_response(request.scope, text, "text/javascript", FOR_MINUTES)

    async def files(request: Request) -> Response:
        text = (EMBED / "files.json").read_text(encoding="utf-8")
        return text_response(request.scope, text, "application/json", TODAY)

    return [
        Route("/embed.js", script),
        Route("/embed/files.json", files),
        Mount("/embed/assets", Assets(directory=EMBED / "assets", check_dir=False)),
    ]
