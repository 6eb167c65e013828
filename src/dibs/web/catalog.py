"""The public catalog."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import segno
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dibs.desk.answering import version_of_terms
from dibs.errors import NotFound
from dibs.ledger.translations import is_heading_untranslated, language_in, list_untranslated
from dibs.web.appearance import show_appearance
from dibs.web.asgi import header, matches, quote_etag
from dibs.web.field_types import AddressId, LanguageTag
from dibs.web.page_language import accepted_languages
from dibs.web.pictures import show_picture
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import CUSTOMER_FIELDS, rfc3339
from dibs.web.service_addresses import service_addresses

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.ledger.catalog import Catalog, Service
    from dibs.ledger.questions import Question

WantedLanguage = Annotated[
    LanguageTag | None,
    Query(description="The language of texts, instead of those of `Accept-Language`: `de`."),
]


def routes(desk: Desk, public_url: str) -> APIRouter:
    api = APIRouter(prefix="/api/v1", responses=DOCUMENTED)
    topic = _Topic(desk, public_url)
    conditional: dict[str, Any] = {
        "response_model": list[dict[str, Any]],
        "responses": {304: {"description": "It is what `If-None-Match` names."}},
    }
    api.get("/business", tags=["catalog"])(topic.business)
    api.get("/services", tags=["catalog"], **conditional)(topic.services)
    api.get("/resources", tags=["catalog"], **conditional)(topic.resources)
    api.get("/services/{service_id}/qr.svg", tags=["catalog"], response_class=Response)(
        topic.service_qr_code
    )
    return api


class _Topic:
    def __init__(self, desk: Desk, public_url: str) -> None:
        self._desk = desk
        self._public_url = public_url

    async def business(
        self, request: Request, response: Response, lang: WantedLanguage = None
    ) -> dict[str, Any]:
        """Return the business. `language` is the language in which it writes its texts. `languages`
        names the texts that are shown in this language because they have no translation."""
        catalog = await self._desk.month.catalog()
        language = _choose_language(catalog, request, lang)
        response.headers.update(_headers(catalog, language))
        return show_business(catalog, language, self._desk, self._public_url)

    async def services(self, request: Request, lang: WantedLanguage = None) -> Response:
        """Return the services that can be booked. `url` is the address of the page about the
        service. The link of a video call is no public `place`: only customers who have booked get
        it. If the `terms` of a service are null, the terms of the business apply. `languages` has
        the texts without a translation, each with the language that it is in."""
        catalog = await self._desk.month.catalog()
        language = _choose_language(catalog, request, lang)
        return _answer(
            request, catalog, language, show_services(catalog, language, self._public_url)
        )

    async def resources(self, request: Request, lang: WantedLanguage = None) -> Response:
        """Return the people, rooms and equipment that can be booked. `languages` has the same
        meaning as with services."""
        catalog = await self._desk.month.catalog()
        language = _choose_language(catalog, request, lang)
        return _answer(
            request, catalog, language, show_resources(catalog, language, self._public_url)
        )

    async def service_qr_code(self, service_id: AddressId) -> Response:
        """Return the address of the page about the service as a QR code for printing. The address
        stays valid when the service gets another name."""
        catalog = await self._desk.month.catalog()
        if service_id not in catalog.services:
            raise NotFound
        picture = BytesIO()
        code = segno.make(f"{self._public_url}/?service={service_id}", micro=False)
        code.save(picture, kind="svg", scale=8, border=4, light="#fff")
        return Response(picture.getvalue(), media_type="image/svg+xml")


def _choose_language(catalog: Catalog, request: Request, wanted: str | None) -> str:
    """Return the language that the address asks for, or else the first of the client's languages
    that the catalog has texts in, or else the language of the business."""
    if wanted:
        return language_in(wanted)
    accepted = accepted_languages(request.headers.get("Accept-Language", ""))
    languages = (language_in(tag) for tag in (*accepted, catalog.business.language))
    return next(each for each in languages if each in catalog.languages)


def _headers(catalog: Catalog, language: str) -> dict[str, str]:
    """Return the headers that say which language an answer is in. If the catalog has no texts in
    the wanted language, this is the language of the business."""
    is_spoken = language in catalog.languages
    shown = language if is_spoken else language_in(catalog.business.language)
    return {"Content-Language": shown, "Vary": "Accept-Language"}


def _answer(
    request: Request, catalog: Catalog, language: str, shown: list[dict[str, Any]]
) -> Response:
    body = orjson.dumps(shown)
    etag = quote_etag(f"{language}-{sha256(body).hexdigest()}")
    headers = {**_headers(catalog, language), "Cache-Control": "no-cache", "ETag": etag.decode()}
    if matches(header(request.scope, b"if-none-match"), (etag,)):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


async def catalog_of_page(desk: Desk, public_url: str, language: str) -> dict[str, Any]:
    """Return business, services and resources for the booking page, which contains them, in its
    language. The current time is left out, because a stored copy of the page would show an old
    time."""
    catalog = await desk.month.catalog()
    business = show_business(catalog, language, desk, public_url)
    del business["today"], business["server_time"]
    return {
        "language": language,
        "business": business,
        "services": show_services(catalog, language, public_url),
        "resources": show_resources(catalog, language, public_url),
    }


def show_business(catalog: Catalog, language: str, desk: Desk, public_url: str) -> dict[str, Any]:
    business = catalog.translate_into(language).business
    now = desk.context.clock.now()
    return {
        "name": business.name,
        "language": business.language,
        "languages": _languages(catalog, list_untranslated(catalog, catalog.business, language)),
        "time_zone": business.time_zone,
        "currency": business.currency,
        "slot_interval": business.slot_interval,
        "country": business.country,
        "email": business.email,
        "phone": business.phone,
        "place": business.place,
        **_show_terms(business.terms),
        "customer_fields": CUSTOMER_FIELDS,
        "can_sign_in": desk.sign_in.can_send_codes,
        "appearance": show_appearance(business.appearance, public_url),
        "today": now.astimezone(ZoneInfo(business.time_zone)).date().isoformat(),
        "server_time": rfc3339(now),
    }


def show_services(catalog: Catalog, language: str, public_url: str) -> list[dict[str, Any]]:
    addresses = service_addresses(catalog, public_url)
    translated = catalog.translate_into(language)
    return [
        show_service(service, translated)
        | {
            "url": addresses[service.id],
            "picture": show_picture(service.picture, public_url),
            "languages": _languages(catalog, _list_untranslated(catalog, service.id, language)),
        }
        for service in translated.services.values()
    ]


def _languages(catalog: Catalog, keys: list[str]) -> dict[str, str]:
    """Return the language of the business for each of these keys of texts without a translation."""
    return dict.fromkeys(keys, catalog.business.language)


def _list_untranslated(catalog: Catalog, service_id: int, language: str) -> list[str]:
    """Return the keys of the texts of a service that have no translation. Its place may be the
    place of the business."""
    service = catalog.services[service_id]
    found = list_untranslated(catalog, service, language)
    if is_heading_untranslated(catalog, service, language):
        found.append("category")
    has_place_of_business = service.place is None and catalog.place_of(service) is not None
    if has_place_of_business and "place" in list_untranslated(catalog, catalog.business, language):
        found.append("place")
    if language != language_in(catalog.business.language):
        for question in service.questions:
            found += question.list_untranslated(language)
    return found


def show_resources(catalog: Catalog, language: str, public_url: str) -> list[dict[str, Any]]:
    return [
        {
            "id": resource.id,
            "kind": resource.kind,
            "name": resource.name,
            "about": resource.about,
            "languages": _languages(
                catalog, list_untranslated(catalog, catalog.resources[resource.id], language)
            ),
            "picture": show_picture(resource.picture, public_url),
            "time_zone": resource.time_zone or catalog.business.time_zone,
            "service_ids": [
                service.id
                for service in catalog.services.values()
                if resource.id in service.resource_ids
            ],
        }
        for resource in catalog.translate_into(language).resources.values()
    ]


def show_service(service: Service, catalog: Catalog) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "duration": service.duration,
        "buffer_before": service.buffer_before,
        "buffer_after": service.buffer_after,
        "slot_interval": catalog.rules[service.id].every,
        "minimum_notice": service.minimum_notice,
        "move_notice": service.move_notice,
        "cancel_notice": service.cancel_notice,
        "booking_window_days": service.booking_window_days,
        "price": str(service.price) if service.price is not None else None,
        "price_from": service.price_from,
        "price_on_request": service.price_on_request,
        "approve_within": service.approve_within,
        "capacity": service.capacity,
        "category": service.category,
        "place": catalog.place_of(service) if service.place_kind != "video" else None,
        "place_kind": service.place_kind,
        **_show_terms(service.terms),
        "questions": [_show_question(each) for each in service.questions],
        "resource_ids": list(service.resource_ids),
    }


def _show_terms(terms: str | None) -> dict[str, Any]:
    return {
        "terms": terms,
        "terms_version": version_of_terms(terms) if terms is not None else None,
    }


def _show_question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "label": question.label,
        "kind": question.kind,
        "required": question.required,
        "choices": list(question.choices),
    }
