"""The booking page: static files made by the front end's build, with a head about the business."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dibs.errors import NotFound, Unavailable
from dibs.web import appearance, preview, sitemap
from dibs.web.catalog import catalog_of_page
from dibs.web.compressed import Assets, text_response
from dibs.web.page_head import PageLanguages, add_appearance, catalog_script, head_of
from dibs.web.page_language import (
    TITLE,
    VARY,
    asked_language,
    choose_language,
    read_languages,
)
from dibs.web.service_addresses import prefix_of, service_addresses, services_by_slug

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from dibs.desk import Desk
    from dibs.ledger.catalog import Catalog, Service

STATIC = Path(__file__).with_name("static")
API_DOCS = STATIC / "api-docs"
USUAL_HEARTBEAT_INTERVAL = 15
#: The values that `?theme=` can have, and the text in the page's HTML that names both.
THEMES = ("light", "dark")
BOTH_THEMES = 'content="light dark"'
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


#: The policy of the page about the API, which no page may show in a frame.
API_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(
    desk: Desk,
    public_url: str,
    stream_heartbeat_interval: float,
    framed_by: Collection[str] = (),
    base_path: str = "",
) -> list[BaseRoute]:
    """Return the routes of the page.

    `stream_heartbeat_interval` is in seconds. The page knows the usual interval; any other is
    written into its HTML. `framed_by` are the origins of other sites whose pages may show it in a
    frame. `base_path`: see `middleware.base_path`.
    """
    page = _Page(desk, public_url, stream_heartbeat_interval, framed_by, base_path)
    return [
        Route("/", page.answer),
        Route("/manage/{reference}", page.answer_plain),
        Route("/my", page.answer_plain),
        Route("/api/docs", _api_docs, include_in_schema=False),
        Mount("/api/docs", StaticFiles(directory=API_DOCS, check_dir=False)),
        *appearance.routes(),
        *preview.routes(desk),
        *sitemap.routes(desk, public_url),
        Mount("/assets", Assets(directory=STATIC / "assets", check_dir=False)),
        # This is the last route, because its path can be any word.
        Route(f"{prefix_of(base_path)}/{{slug}}", page.answer_service),
    ]


class _Page:
    def __init__(
        self,
        desk: Desk,
        public_url: str,
        stream_heartbeat_interval: float,
        framed_by: Collection[str],
        base_path: str,
    ) -> None:
        self._desk = desk
        self._public_url = public_url
        self._base_path = base_path
        self._policy = {"Content-Security-Policy": " ".join([POLICY, *framed_by])}
        self._headers = {
            **self._policy,
            "Cache-Control": "no-cache",
            "Vary": VARY,
            "Cross-Origin-Resource-Policy": "cross-origin" if framed_by else "same-origin",
        }
        self._attributes = f' data-base="{base_path}"' if base_path else ""
        if stream_heartbeat_interval != USUAL_HEARTBEAT_INTERVAL:
            self._attributes += f' data-watchdog="{round(2000 * stream_heartbeat_interval)}"'

    async def answer(self, request: Request) -> Response:
        """Answer with the page about all services."""
        return await self._html(request, await self._catalog())

    async def answer_plain(self, request: Request) -> Response:
        """Answer with the page about one customer's bookings. Its HTML says nothing about the
        services."""
        return await self._html(request, await self._catalog(), is_plain=True)

    async def answer_service(self, request: Request) -> Response:
        """Answer with the page about one service. If no service has this name, answer with status
        404 and the page about all services."""
        catalog = await self._catalog()
        if catalog is None:
            return await self._html(request, None)
        service = services_by_slug(catalog).get(request.path_params["slug"])
        if service is None:
            return await self._html(request, catalog, status=404)
        return await self._html(request, catalog, service)

    async def _catalog(self) -> Catalog | None:
        """Return the catalog, or None if it can't be read or there is no business yet. Without it
        the page is sent all the same, and tells the visitor what is wrong."""
        try:
            return await self._desk.context.ledger.known_catalog()
        except (Unavailable, NotFound):
            return None

    async def _html(
        self,
        request: Request,
        catalog: Catalog | None,
        service: Service | None = None,
        *,
        is_plain: bool = False,
        status: int = 200,
    ) -> Response:
        attributes = self._attributes
        if service is not None:
            attributes += f' data-service="{service.id}"'
        text = (STATIC / "index.html").read_text(encoding="utf-8")
        language = choose_language(
            request, read_languages(STATIC), catalog.business.language if catalog else None
        )
        theme = request.query_params.get("theme")
        if theme in THEMES:
            attributes += f' data-theme="{theme}"'
            text = text.replace(BOTH_THEMES, f'content="{theme}"', 1)
        if catalog is not None:
            text = add_appearance(text, catalog.business)
        text = text.replace("<html", f"<html{attributes}", 1).replace('"./', f'"{self._base_path}/')
        text = language.write_into(text, self._base_path)
        if catalog is not None and not is_plain:
            head = self._head(request, catalog, service, language.tag)
            text = TITLE.sub(lambda _: head, text, count=1)
            shown = await catalog_of_page(self._desk, self._public_url, language.tag)
            offered = catalog_script(shown)
            text = text.replace("</body>", f"{offered}</body>", 1)
        headers = self._headers if status == 200 else self._policy
        return text_response(request.scope, text, "text/html", headers, status)

    def _head(
        self, request: Request, catalog: Catalog, service: Service | None, language: str
    ) -> str:
        """Return the head in the language of the page. The addresses of services are the same in
        all languages."""
        languages = read_languages(STATIC)
        addresses = service_addresses(catalog, self._public_url)
        translated = catalog.translate_into(language)
        return head_of(
            translated,
            addresses,
            self._public_url,
            translated.services[service.id] if service is not None else None,
            PageLanguages(tuple(languages), asked_language(request, languages)),
        )


async def _api_docs(_: Request) -> Response:
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": API_DOCS_POLICY}
    return FileResponse(API_DOCS / "index.html", headers=headers)
