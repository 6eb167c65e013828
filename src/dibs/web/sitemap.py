"""Tells search engines which addresses to read: those of the booking page and of its services."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.routing import Route

from dibs.errors import NotFound
from dibs.web.compressed import text_response
from dibs.web.service_addresses import service_addresses

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from dibs.desk import Desk

HEADERS = {"Cache-Control": "no-cache"}
START = '<?xml version="1.0" encoding="UTF-8"?>'
NAMES = "http://www.sitemaps.org/schemas/sitemap/0.9"


def routes(desk: Desk, public_url: str) -> list[BaseRoute]:
    async def sitemap(request: Request) -> Response:
        found = [f"{public_url}/"]
        try:
            catalog = await desk.context.ledger.known_catalog()
        except NotFound:
            pass  # There is no business yet.
        else:
            found += service_addresses(catalog, public_url).values()
        urls = "".join(f"<url><loc>{escape(each)}</loc></url>" for each in found)
        text = f'{START}\n<urlset xmlns="{NAMES}">{urls}</urlset>\n'
        return text_response(request.scope, text, "application/xml", HEADERS)

    async def robots(request: Request) -> Response:
        text = f"User-agent: *\nAllow: /\nSitemap: {public_url}/sitemap.xml\n"
        return text_response(request.scope, text, "text/plain", HEADERS)

    return [Route("/sitemap.xml", sitemap), Route("/robots.txt", robots)]
