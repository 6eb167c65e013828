"""The desk: the use cases, by topic. All interfaces of the server call them here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dibs.desk.booking import BookingDesk
from dibs.desk.calendar_reading import CalendarReading
from dibs.desk.calendars import CalendarDesk
from dibs.desk.changing import ChangeDesk
from dibs.desk.customers import CustomerDesk
from dibs.desk.expiry import sweep
from dibs.desk.holding import HoldDesk
from dibs.desk.live_claims import LiveClaims
from dibs.desk.month import MonthDesk
from dibs.desk.office.office import Office
from dibs.desk.pictures import Pictures
from dibs.desk.retention import Retention
from dibs.desk.sign_in import SignIn

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.notify.codes import Codes


class Desk:
    def __init__(self, context: DeskContext, codes: Codes | None = None) -> None:
        self.context = context
        self.holding = HoldDesk(context)
        self.booking = BookingDesk(context)
        self.changing = ChangeDesk(context, self.holding)
        self.month = MonthDesk(context)
        self.claims = LiveClaims(context)
        self.calendars = CalendarDesk(context, self.changing)
        self.customers = CustomerDesk(context)
        self.retention = Retention(context)
        self.sign_in = SignIn(context, codes)
        self.pictures = Pictures(context)
        self.calendar_reading = CalendarReading(context, sends_letters=codes is not None)
        self.office = Office(context, self.calendar_reading, codes)
        self.sweep = partial(sweep, context)
