"""The use cases of AppointEase clients by topic. Use cases that other clients have, too, are in
`dibs.desk`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.appointease.booking import AppointEaseBooking
from dibs.appointease.day import DayReader
from dibs.appointease.holding import AppointEaseHolding

if TYPE_CHECKING:
    from dibs.desk import Desk


class AppointEaseDesk:
    """All use cases of AppointEase clients."""

    def __init__(self, desk: Desk) -> None:
        self.context = desk.context
        self.month = desk.month
        self.sign_in = desk.sign_in
        self.holding = AppointEaseHolding(desk.context)
        self.days = DayReader(desk.context)
        self.booking = AppointEaseBooking(desk.context, desk.booking, desk.changing)
