"""A business that sends letters about bookings, and helpers to read the letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

from dibs.desk.offers import SlotRequest
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import STAFF_LETTERS, Catalog
from tests.contract.notify.scene import Scene
from tests.support.days import at

ANN = Customer("Ann Lee", "ann@example.com")
SARAH, MIKE, STUDIO = "sarah@example.com", "mike@example.com", "studio@example.com"
CONSULTATION = 1
DAY = datetime.fromisoformat("2026-12-02").date()
HOUR = 3600


def with_addresses(catalog: Catalog, reminders: Sequence[int] = (1440,)) -> Catalog:
    addresses = {1: SARAH, 2: MIKE}
    return replace(
        catalog,
        business=replace(
            catalog.business, email=STUDIO, letters=STAFF_LETTERS, reminders=tuple(reminders)
        ),
        services={k: replace(v, reminders=None) for k, v in catalog.services.items()},
        resources={k: replace(v, email=addresses.get(k)) for k, v in catalog.resources.items()},
    )


async def book(scene: Scene, clock: str = "10:00", customer: Customer = ANN) -> Booking:
    wanted = SlotRequest(CONSULTATION, at(clock, DAY), 1)
    return await scene.desk.booking.book(customer.email, wanted, customer)


async def move(scene: Scene, booking: Booking, clock: str, resource: int = 1) -> Booking:
    token = scene.desk.context.tokens.token_of(booking.reference)
    return await scene.desk.changing.reschedule(
        booking.reference, token, "ann", at(clock, DAY), resource
    )


async def cancel(scene: Scene, booking: Booking) -> Booking:
    token = scene.desk.context.tokens.token_of(booking.reference)
    return await scene.desk.changing.cancel(booking.reference, token)


async def deliver(scene: Scene, seconds: float = 0) -> None:
    """Let time pass and send what is due. The next letter of a booking is sent only after the
    earlier one."""
    scene.clock.advance(seconds)
    for _ in range(3):
        await scene.codes.mail_worker.deliver_due()


def letters(scene: Scene, address: str) -> list[str]:
    """Return the kinds of letters that came to an address, in their order."""
    return [
        message["Subject"] for message in scene.mail_server.messages if message["To"] == address
    ]


def start_and_sequence(message: EmailMessage) -> list[str]:
    """Return the start in a letter, and the sequence of its calendar entry."""
    body = message.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text.split()
