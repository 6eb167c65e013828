"""The use cases of the office, by topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.desk.office.accounts import Accounts
from dibs.desk.office.appointments import Appointments
from dibs.desk.office.approvals import Approvals
from dibs.desk.office.booking_records import BookingRecords
from dibs.desk.office.calendar import OfficeCalendar
from dibs.desk.office.calendar_subscriptions import CalendarSubscriptions
from dibs.desk.office.catalog import OfficeCatalog
from dibs.desk.office.closures import Closures
from dibs.desk.office.customer_import import CustomerImport
from dibs.desk.office.customers import OfficeCustomers
from dibs.desk.office.feeds import OfficeFeeds
from dibs.desk.office.invitations import Invitations
from dibs.desk.office.keys import Keys
from dibs.desk.office.letter_words import OfficeLetterWords
from dibs.desk.office.letters import OfficeLetters
from dibs.desk.office.links import Links
from dibs.desk.office.passkeys import Passkeys
from dibs.desk.office.reports import Reports
from dibs.desk.office.second_factors import SecondFactors

if TYPE_CHECKING:
    from dibs.desk.calendar_reading import CalendarReading
    from dibs.desk.context import DeskContext
    from dibs.notify.codes import Codes


class Office:
    def __init__(
        self, context: DeskContext, reading: CalendarReading, codes: Codes | None = None
    ) -> None:
        self.accounts = Accounts(context)
        self.links = Links(context, self.accounts)
        self.second_factors = SecondFactors(context, self.accounts)
        self.passkeys = Passkeys(context, self.accounts)
        self.invitations = Invitations(context, codes)
        self.keys = Keys(context)
        self.calendar = OfficeCalendar(context)
        self.appointments = Appointments(context)
        self.approvals = Approvals(context)
        self.closures = Closures(context)
        self.reports = Reports(context)
        self.catalog = OfficeCatalog(context)
        self.feeds = OfficeFeeds(context)
        self.calendar_subscriptions = CalendarSubscriptions(context, reading)
        self.letters = OfficeLetters(context, codes.mail_worker.mailer if codes else None)
        self.letter_words = OfficeLetterWords(context, self.letters)
        self.booking_records = BookingRecords(context, self.appointments, self.approvals)
        self.customers = OfficeCustomers(context)
        self.customer_import = CustomerImport(context)
