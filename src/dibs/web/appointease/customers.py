"""What is known of a customer: told to nobody but themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dibs.web.appointease.asking import Refused, email_of, is_given, read_json
from dibs.web.appointease.proof import proof_of
from dibs.web.appointease.routing import APPOINTEASE, BOOKING, Endpoint
from dibs.web.appointease.showing import show
from dibs.web.php import PhpResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.desk import Desk
    from dibs.ledger.records import Record


class Customers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(APPOINTEASE, "user-appointments", "POST", self.appointments, "lookups"),
            Endpoint(BOOKING, "check-customer/{email}", "GET", self.check, "lookups"),
        ]

    async def appointments(self, request: Request) -> Response:
        body = await read_json(request)
        if not is_given(body.get("email")):
            raise Refused(400, "missing_email", "Email is required")
        found = await self._of_customer(request, body["email"])
        catalog = await self._desk.looking.catalog()
        return PhpResponse([show(record, catalog) for record in found])

    async def check(self, request: Request) -> Response:
        for record in await self._of_customer(request, request.path_params["email"]):
            customer = record.booking.customer
            if customer is not None:
                known = {"name": customer.name, "phone": customer.phone or ""}
                return PhpResponse({"exists": True} | known)
        return PhpResponse({"exists": False})

    async def _of_customer(self, request: Request, address: Any) -> list[Record]:
        email = email_of(address)
        if email is None:
            raise Refused(400, "invalid_email", "Valid email is required")
        return await self._desk.seed_booking.of_customer(email, await proof_of(self._desk, request))
