"""The page of the office: static files made by the front end's build. It has no personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount, Route

from dibs.web.compressed import Assets, text_response
from dibs.web.page import STATIC

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

OFFICE = STATIC / "office"
#: The page has no inline scripts or styles, loads nothing from elsewhere, and may be in no frame.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(base_path: str = "") -> list[BaseRoute]:
    """Return the routes of the page. `base_path`: see `middleware.base_path`."""
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
    }
    attributes = f' data-base="{base_path}"' if base_path else ""

    async def page(request: Request) -> Response:
        text = (OFFICE / "office.html").read_text(encoding="utf-8")
        text = text.replace("<html", f"<html{attributes}", 1)
        text = text.replace('"./', f'"{base_path}/office/')
        return text_response(request.scope, text, "text/html", headers)

    return [
        Mount("/office/assets", Assets(directory=OFFICE / "assets", check_dir=False)),
        Route("/office", page),
        Route("/office/{rest:path}", page),
    ]
