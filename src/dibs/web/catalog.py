"""The public catalog."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter
from starlette.responses import Response

from dibs.errors import NotFound
from dibs.web.appearance import show_appearance
from dibs.web.field_types import AddressId
from dibs.web.pictures import show_picture
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import CUSTOMER_FIELDS, rfc3339
from dibs.web.service_addresses import service_addresses

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.ledger.catalog import Catalog, Service


def routes(desk: Desk, public_url: str) -> APIRouter:
    api = APIRouter(prefix="/api/v1", responses=DOCUMENTED)
    catalog = _Catalog(desk, public_url)
    api.get("/business", tags=["catalog"])(catalog.business)
    api.get("/services", tags=["catalog"])(catalog.services)
    api.get("/resources", tags=["catalog"])(catalog.resources)
    api.get("/services/{service_id}/qr.svg", tags=["catalog"], response_class=Response)(
        catalog.service_qr_code
    )
    return api


class _Catalog:
    def __init__(self, desk: Desk, public_url: str) -> None:
        self._desk = desk
        self._public_url = public_url

    async def business(self) -> dict[str, Any]:
        catalog = await self._desk.month.catalog()
        now = self._desk.context.clock.now()
        return {
            "name": catalog.business.name,
            "time_zone": catalog.business.time_zone,
            "currency": catalog.business.currency,
            "slot_interval": catalog.business.slot_interval,
            "country": catalog.business.country,
            "email": catalog.business.email,
            "phone": catalog.business.phone,
            "place": catalog.business.place,
            "customer_fields": CUSTOMER_FIELDS,
            "can_sign_in": self._desk.sign_in.can_send_codes,
            "appearance": show_appearance(catalog.business.appearance, self._public_url),
            "today": now.astimezone(ZoneInfo(catalog.business.time_zone)).date().isoformat(),
            "server_time": rfc3339(now),
        }

    async def services(self) -> list[dict[str, Any]]:
        """What can be booked. `url` is the address of the page about the service. The link of a
        video call is no public `place`: only who has booked is told."""
        catalog = await self._desk.month.catalog()
        addresses = service_addresses(catalog, self._public_url)
        return [
            show_service(service, catalog)
            | {
                "url": addresses[service.id],
                "picture": show_picture(service.picture, self._public_url),
            }
            for service in catalog.services.values()
        ]

    async def service_qr_code(self, service_id: AddressId) -> Response:
        """The address of the page about the service as a QR code to be printed."""
        catalog = await self._desk.month.catalog()
        if service_id not in catalog.services:
            raise NotFound
        picture = BytesIO()
        code = segno.make(service_addresses(catalog, self._public_url)[service_id], micro=False)
        code.save(picture, kind="svg", scale=8, border=4, light="#fff")
        return Response(picture.getvalue(), media_type="image/svg+xml")

    async def resources(self) -> list[dict[str, Any]]:
        catalog = await self._desk.month.catalog()
        return [
            {
                "id": resource.id,
                "kind": resource.kind,
                "name": resource.name,
                "about": resource.about,
                "picture": show_picture(resource.picture, self._public_url),
                "time_zone": resource.time_zone or catalog.business.time_zone,
                "service_ids": [
                    service.id
                    for service in catalog.services.values()
                    if resource.id in service.resource_ids
                ],
            }
            for resource in catalog.resources.values()
        ]


async def catalog_of_page(desk: Desk, public_url: str) -> dict[str, Any]:
    """All three answers, which come with the page. A copy of the page has no time of its own."""
    catalog = _Catalog(desk, public_url)
    business = await catalog.business()
    del business["today"], business["server_time"]
    return {
        "business": business,
        "services": await catalog.services(),
        "resources": await catalog.resources(),
    }


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
        "resource_ids": list(service.resource_ids),
    }
