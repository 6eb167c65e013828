"""The letter that says that a calendar can't be read, tested with a real calendar server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from dibs.desk import Desk, administration
from dibs.desk.calendar_reading import TOLD_AFTER, TOLD_AFTER_FAILURES
from dibs.ledger import calendar_subscriptions, users
from dibs.ledger.calendar_subscriptions import Subscription, claim_due
from dibs.ledger.users import NewUser
from dibs.settings import Settings
from tests.contract.notify.booking_scene import STUDIO, with_addresses
from tests.contract.notify.scene import MailServer, Scene, codes_of
from tests.support.calendar_host import CalendarHost, calendar_host, calendar_of, hour
from tests.support.days import at, working_day
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.hand_clock import HandClock
from tests.support.mail import text_of

pytestmark = pytest.mark.anyio
SARAH = 1
PATH = "/secret-path/basic.ics"
LEASE = timedelta(minutes=5)
#: Longer than the longest pause between two tries.
LATER = timedelta(hours=7).total_seconds()


@pytest.fixture(scope="module")
def host() -> Iterator[CalendarHost]:
    with calendar_host() as found:
        yield found


@dataclass
class Watched(Scene):
    """A scene with a calendar subscription of Sarah."""

    host: CalendarHost
    calendar: Subscription

    async def try_to_read(self, after: float = LATER) -> None:
        """Wait, read the calendar, and send the letters that are due."""
        self.clock.advance(after)
        claimed = await self.database.write(claim_due, LEASE)
        assert claimed is not None
        await self.desk.calendar_reading.read(claimed)
        await self.codes.mail_worker.deliver_due()

    async def fail_for_long(self) -> None:
        for _ in range(TOLD_AFTER_FAILURES):
            await self.try_to_read()

    def make_readable(self) -> None:
        self.host.files[PATH] = calendar_of(hour(at("10:00", working_day(2))))

    async def add_user(self, email: str, role: users.Role, resource: int | None = None) -> None:
        new = NewUser(email, "Mia", role, resource, password="hash")
        await self.database.write(users.insert_user, new)

    @property
    def told(self) -> list[str]:
        return sorted(str(each["To"]) for each in self.mail_server.messages)


@pytest.fixture
async def watched(each_database: Settings, host: CalendarHost) -> AsyncIterator[Watched]:
    host.files.pop(PATH, None)
    settings = each_database.model_copy(update={"calendar_hosts": f"localhost:{host.port}"})
    clock, mail_server = HandClock(), MailServer()
    dibs = build(settings, clock)
    codes = codes_of(dibs.desk, mail_server)
    await administration.apply(dibs.database, with_addresses(demo_catalog()))
    made = await dibs.database.write(
        calendar_subscriptions.insert_subscription, SARAH, "Google", host.url + PATH
    )
    desk = Desk(dibs.desk.context, codes)
    yield Watched(clock, mail_server, codes, dibs.database, desk, host, made)
    await dibs.database.close()


async def test_the_business_is_told_once_when_it_has_failed_often_and_long(
    watched: Watched,
) -> None:
    since = watched.clock.now()
    for number in range(TOLD_AFTER_FAILURES + 1):
        # There are enough failures for a letter, but within too short a time.
        await watched.try_to_read(TOLD_AFTER.total_seconds() / 10 if number else 0)
        # Make the next try due at once, as when somebody asks for it.
        await watched.database.write(calendar_subscriptions.make_due, watched.calendar.id)
    assert watched.told == []
    await watched.try_to_read(TOLD_AFTER.total_seconds())
    assert watched.told == [STUDIO]
    [letter] = watched.mail_server.messages
    said = text_of(letter)
    assert letter["Subject"] == "Calendar of Sarah Johnson can’t be read: Google"
    assert "Its server answered with status 404." in said
    assert "It has never been read" in said
    assert f"{since:%B} {since.day}, {since:%Y}" in said
    assert "/office/calendars" in said
    assert "secret-path" not in letter.as_string()
    await watched.fail_for_long()
    assert len(watched.told) == 1


async def test_a_long_pause_alone_is_no_reason(watched: Watched) -> None:
    for _ in range(TOLD_AFTER_FAILURES - 1):
        await watched.try_to_read()
    assert watched.told == []
    await watched.try_to_read()
    assert watched.told == [STUDIO]


async def test_it_is_told_again_only_if_it_was_read_in_between(watched: Watched) -> None:
    await watched.fail_for_long()
    watched.make_readable()
    await watched.try_to_read()
    del watched.host.files[PATH]
    for _ in range(TOLD_AFTER_FAILURES - 1):
        await watched.try_to_read()
    assert len(watched.told) == 1
    await watched.try_to_read()
    assert len(watched.told) == 2
    assert "The busy times that were known then stay" in text_of(watched.mail_server.messages[-1])


async def test_without_an_address_of_the_business_its_owners_are_told(watched: Watched) -> None:
    catalog = with_addresses(demo_catalog())
    nowhere = replace(catalog, business=replace(catalog.business, email=None, language="de"))
    await administration.apply(watched.database, nowhere)
    await watched.add_user("owner@example.com", "owner")
    await watched.add_user("manager@example.com", "manager")
    await watched.add_user("sarah.j@example.com", "staff", SARAH)
    await watched.add_user("mike@example.com", "staff", 2)
    await watched.fail_for_long()
    assert watched.told == ["owner@example.com", "sarah.j@example.com"]
    assert "Sein Server hat mit dem Status 404" in text_of(watched.mail_server.messages[0])


@pytest.mark.parametrize("ends", ["read", "removed"])
async def test_a_letter_that_is_no_longer_true_is_not_sent(watched: Watched, ends: str) -> None:
    watched.mail_server.closed = True
    await watched.fail_for_long()
    if ends == "read":
        watched.make_readable()
        await watched.try_to_read()
    else:
        await watched.database.write(
            calendar_subscriptions.delete_subscription, watched.calendar.id
        )
    watched.mail_server.closed = False
    await watched.try_again()
    assert [state for state, _ in await watched.deliveries()] == ["dropped"]
    assert watched.told == []


async def test_a_fault_and_its_letter_are_written_together_or_not_at_all(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(TOLD_AFTER_FAILURES - 1):
        await watched.try_to_read()

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(calendar_subscriptions, "note_told", fail)
        with pytest.raises(RuntimeError):
            await watched.try_to_read()
    assert await watched.deliveries() == []
    found = await watched.database.read(
        calendar_subscriptions.find_subscription, watched.calendar.id
    )
    assert found is not None
    assert found.failures == TOLD_AFTER_FAILURES - 1


async def test_nothing_is_ordered_while_nobody_sends_letters(watched: Watched) -> None:
    watched.desk = Desk(watched.desk.context)
    await watched.fail_for_long()
    assert await watched.deliveries() == []
