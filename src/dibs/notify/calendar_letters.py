"""Letters to the business that a calendar with busy times can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.ledger import calendar_subscriptions, deliveries, outbox, users
from dibs.ledger.deliveries import Draft
from dibs.letters.calendar_notice import CalendarNotice
from dibs.notify.letterhead import letterhead
from dibs.notify.mail import Content, Headers, NoLongerTrue, write_message

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.ledger.calendar_subscriptions import Subscription
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.deliveries import Delivery, Recipient
    from dibs.ledger.ledger import Ledger
    from dibs.ledger.users import User
    from dibs.letters.writer import LetterWriter
    from dibs.notify.mail import Message

TOPIC = "calendar.unreadable"
LETTER = "calendar_unreadable"


def put_order(tx: Transaction, catalog: Catalog, subscription: Subscription) -> bool:
    """Order letters, due at once, that say that a calendar can't be read. Returns False if there is
    nobody to whom they can be sent."""
    to = _recipients(tx, catalog, subscription.resource_id)
    if not to:
        return False
    event_id = outbox.put(tx, TOPIC, {"subscription": str(subscription.id)})
    drafts = [Draft(LETTER, recipient, address, tx.now) for address, recipient in to.items()]
    deliveries.insert_deliveries(tx, event_id, None, drafts)
    return True


def _recipients(tx: Transaction, catalog: Catalog, resource_id: int) -> dict[str, Recipient]:
    """Return the recipients by address: the business, or its owners if the business has no address,
    and the users of the resource. The calendar may be theirs, so they can best mend the fault."""
    able = [each for each in users.all_users(tx.connection) if _can_sign_in(each)]
    business = catalog.business.email
    owners = [each.email for each in able if each.role == "owner"]
    found: dict[str, Recipient] = {}
    for address in [business] if business else owners:
        found[address.lower()] = "business"
    for each in able:
        if each.resource_id == resource_id:
            found.setdefault(each.email, "staff")
    return found


def _can_sign_in(user: User) -> bool:
    return user.disabled_at is None and user.password is not None


class CalendarLetters:
    def __init__(self, ledger: Ledger, writer: LetterWriter, sender: str, public_url: str) -> None:
        self._ledger = ledger
        self._writer = writer
        self._sender = sender
        self._public_url = public_url

    async def write(self, delivery: Delivery) -> Message:
        """Return the message. It says what is wrong now, which may differ from what was wrong when
        the letter was ordered. Raises NoLongerTrue if nothing is wrong any more."""
        database, number = self._ledger.database, int(delivery.payload["subscription"])
        found = await database.read(calendar_subscriptions.find_subscription, number)
        if found is None:
            raise NoLongerTrue("the calendar was removed")
        if found.fault is None:
            raise NoLongerTrue("the calendar was read again")
        catalog = await self._ledger.catalog()
        letter = self._writer.write_notice(_notice(found, catalog, self._public_url))
        content = Content(letter.subject, letter.text, letter.html)
        headers = Headers(sender_name=catalog.business.name)
        return write_message(self._sender, delivery.address, content, database.clock.now(), headers)


def _notice(subscription: Subscription, catalog: Catalog, public_url: str) -> CalendarNotice:
    return CalendarNotice(
        business=letterhead(catalog, public_url),
        calendar=subscription.name,
        person=catalog.resource_name(subscription.resource_id),
        fault=subscription.fault or "",
        fault_detail=subscription.fault_detail,
        since=_failing_since(subscription),
        url=f"{public_url}/office/calendars",
        language=catalog.business.language,
        was_read=subscription.succeeded_at is not None,
    )


def _failing_since(subscription: Subscription) -> datetime:
    return subscription.failing_since or subscription.created_at
