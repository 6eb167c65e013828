"""The use cases of AppointEase clients, by topic; what they share with others is the desk's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.appointease.booking import SeedBooking
from dibs.appointease.day import SeedLooking
from dibs.appointease.holding import SeedDesk

if TYPE_CHECKING:
    from dibs.desk import Desk


class AppointEaseDesk:
    def __init__(self, desk: Desk) -> None:
        self.parts = desk.parts
        self.looking = desk.looking
        self.sign_in = desk.sign_in
        self.seed = SeedDesk(desk.parts)
        self.seed_looking = SeedLooking(desk.parts)
        self.seed_booking = SeedBooking(desk.parts, desk.booking, desk.managing)
