"""Every recipient is told of each change of a booking once and in order, whatever fails
meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.ledger import deliveries
from dibs.ledger.bookings import Customer
from dibs.ledger.calendar_entries import entry_of
from dibs.ledger.deliveries import Delivery
from dibs.ledger.journal import Author
from dibs.ledger.tables import deliveries as deliveries_table
from dibs.notify.event_discarder import EventDiscarder
from dibs.notify.mail import Message, NoMessageCanBeSent, Undeliverable
from dibs.notify.mail_worker import MAX_RETRIES
from tests.contract.notify.booking_scene import (
    ANN,
    CONSULTATION,
    DAY,
    HOUR,
    MIKE,
    SARAH,
    STUDIO,
    book,
    cancel,
    deliver,
    letters,
    move,
    start_and_sequence,
    with_addresses,
)
from tests.contract.notify.scene import MailServer, PlainLetters, Scene, codes_of
from tests.support.days import at
from tests.support.dibs_in_process import PATIENCE, demo_catalog

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(24)]


async def test_everybody_is_told_of_each_change_once(told: Scene) -> None:
    booking = await book(told)
    await deliver(told)
    await move(told, booking, "11:00")
    await deliver(told)
    await cancel(told, booking)
    await deliver(told, 5)
    for address in (ANN.email, SARAH, STUDIO):
        assert letters(told, address) == ["confirmed", "moved", "cancelled"], address
    assert letters(told, MIKE) == []


async def test_changes_in_one_second_are_told_in_their_order(told: Scene) -> None:
    booking = await book(told)
    told.clock.advance(0.3)
    await move(told, booking, "11:00")
    told.clock.advance(0.3)
    await cancel(told, booking)
    await deliver(told)
    assert letters(told, ANN.email) == ["confirmed", "moved", "cancelled"]
    found = [
        start_and_sequence(sent) for sent in told.mail_server.messages if sent["To"] == ANN.email
    ]
    starts = [at(clock, DAY).isoformat() for clock in ("10:00", "11:00", "11:00")]
    assert found == [[start, sequence] for start, sequence in zip(starts, "012", strict=True)]


async def test_an_entry_rises_when_a_cancelled_booking_is_opened_again(told: Scene) -> None:
    """Calendars ignore an entry whose sequence is lower than that of the entry they have."""
    booking, appointments = await book(told), told.desk.office.appointments
    for _ in range(2):
        await deliver(told, 5)
        await cancel(told, booking)
        await deliver(told, 5)
        await appointments.reopen(Author("user"), booking.reference)
    await deliver(told, 5)
    assert letters(told, ANN.email) == ["confirmed", *["cancelled", "confirmed"] * 2]
    found = [
        start_and_sequence(sent) for sent in told.mail_server.messages if sent["To"] == ANN.email
    ]
    assert [sequence for _, sequence in found] == list("01234")
    entry = await told.database.read(entry_of, booking.id)
    assert entry.sequence == 4


async def test_a_later_letter_waits_for_an_earlier_one(told: Scene) -> None:
    booking = await book(told)
    told.mail_server.hangs_for = {ANN.email}
    sending = asyncio.create_task(told.codes.mail_worker.deliver_due())
    async with asyncio.timeout(PATIENCE):
        while told.mail_server.attempts < 3:
            await asyncio.sleep(0)
    await cancel(told, booking)
    told.mail_server.hangs_for = set()
    await told.another_worker().mail_worker.deliver_due()
    sending.cancel()
    assert letters(told, ANN.email) == []
    assert letters(told, SARAH) == ["confirmed", "cancelled"]
    await deliver(told, 61)
    assert letters(told, ANN.email) == ["confirmed", "cancelled"]


async def test_a_checkout_is_told_once_it_is_confirmed(told: Scene) -> None:
    wanted = SlotRequest(CONSULTATION, at("10:00", DAY), 1)
    checkout = await told.desk.booking.check_out("ann", wanted)
    await deliver(told)
    assert told.mail_server.messages == []
    await told.desk.booking.confirm("ann", checkout.token, ANN)
    await deliver(told)
    assert letters(told, ANN.email) == ["confirmed"]


async def test_who_no_longer_has_the_booking_is_told_that_it_is_gone(told: Scene) -> None:
    booking = await book(told)
    await deliver(told)
    await move(told, booking, "11:00", resource=2)
    await deliver(told)
    assert letters(told, SARAH) == ["confirmed", "cancelled"]
    assert letters(told, MIKE) == ["moved"]


async def test_one_person_waits_for_no_letter_to_another(told: Scene) -> None:
    """Mike's mailbox hangs for a while. Sarah is still told at once that she lost the booking."""
    booking = await book(told)
    await deliver(told)
    told.mail_server.hangs_for = {MIKE}
    await move(told, booking, "11:00", resource=2)
    sending = asyncio.create_task(told.codes.mail_worker.deliver_due())
    async with asyncio.timeout(10):
        while letters(told, SARAH) != ["confirmed", "cancelled"]:
            await asyncio.sleep(0.01)
    sending.cancel()
    assert letters(told, MIKE) == []


async def test_a_letter_that_can_not_be_written_says_nothing_about_the_mail_server(
    told: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("name")

    with monkeypatch.context() as broken:
        broken.setattr(PlainLetters, "write", fail)
        await book(told)
        await deliver(told)
    assert not told.codes.mail_worker.sending.is_failing
    found = await told.database.read(deliveries.find, told.clock.now(), 10)
    assert {each.reason for each in found} == {"it can't be written: KeyError"}
    await deliver(told, 60)
    assert letters(told, ANN.email) == ["confirmed"]


async def test_a_refused_address_concerns_no_other(told: Scene) -> None:
    told.mail_server.refused = {SARAH}
    booking = await book(told)
    await deliver(told)
    assert letters(told, ANN.email) == letters(told, STUDIO) == ["confirmed"]
    found = await told.database.read(deliveries.find, told.clock.now(), 10)
    assert [(each.address, each.state, each.reason) for each in found] == [
        (SARAH, "refused", "refused with 550")
    ]
    assert found[0].booking_id == booking.id
    told.mail_server.refused = set()
    assert await told.database.write(deliveries.retry) == [found[0].id]
    await deliver(told)
    assert letters(told, SARAH) == ["confirmed"]


async def test_a_letter_is_tried_for_a_day(told: Scene) -> None:
    await administration.apply(told.database, with_addresses(demo_catalog(), ()))
    told.mail_server.closed = True
    await book(told)
    for _ in range(26):
        await deliver(told, HOUR)
    states = {state for state, _ in await told.deliveries()}
    assert states == {"given_up"}
    attempts = told.mail_server.attempts
    await deliver(told, HOUR)
    assert told.mail_server.attempts == attempts
    told.mail_server.closed = False
    assert len(await told.database.write(deliveries.retry)) == 3
    await deliver(told)
    assert letters(told, ANN.email) == ["confirmed"]


async def test_while_mail_cannot_be_sent_few_letters_are_tried_again_at_once(
    told: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This limit holds however often the worker wakes: each try writes a letter to the database and
    delays bookings."""
    claim = deliveries.claim
    claimed: list[int] = []

    def count_claimed(*arguments: Any) -> list[Delivery]:
        found = claim(*arguments)
        claimed.append(len(found))
        return found

    monkeypatch.setattr(deliveries, "claim", count_claimed)
    worker = told.codes.mail_worker
    told.mail_server.closed = True
    for clock in ("10:00", "12:00", "14:00", "16:00"):
        await book(told, clock)
    await deliver(told)
    told.clock.advance(HOUR)
    claimed.clear()

    async def wake(times: int) -> None:
        enough = len(claimed) + times
        async with asyncio.timeout(PATIENCE):
            while len(claimed) < enough:
                worker.wake()
                await asyncio.sleep(0)

    running = asyncio.create_task(worker.run())
    await wake(5)
    assert sum(claimed) == MAX_RETRIES
    told.clock.advance(1)
    await wake(5)
    assert sum(claimed) == 2 * MAX_RETRIES
    running.cancel()


async def test_a_sender_that_is_refused_can_be_mended(told: Scene) -> None:
    told.mail_server.refuses_with = NoMessageCanBeSent("the sender is refused with 553")
    await book(told)
    await deliver(told)
    assert told.codes.mail_worker.sending.is_failing
    told.mail_server.refuses_with = None
    await deliver(told, 60)
    assert letters(told, ANN.email) == ["confirmed"]


async def test_a_worker_that_died_after_sending_sends_the_same_message(told: Scene) -> None:
    """The answer of the mail server is lost, so nobody knows whether the letter was sent."""
    told.mail_server.forgets_to_answer = True
    await book(told)
    await deliver(told)
    told.mail_server.forgets_to_answer = False
    await deliver(told, 60)
    sent = [each for each in told.mail_server.messages if each["To"] == ANN.email]
    assert len(sent) == 2
    assert len({each["Message-ID"] for each in sent}) == 1
    assert len({each["Message-ID"] for each in told.mail_server.messages}) == 3


async def test_many_workers_send_each_letter_once(told: Scene) -> None:
    for minutes in range(0, 240, 30):
        clock = f"{9 + minutes // 60:02}:{minutes % 60:02}"
        await book(told, clock, Customer("Ann", f"ann{minutes}@example.com"))
    workers = [told.another_worker().mail_worker for _ in range(4)]
    for _ in range(8):
        await asyncio.gather(*(worker.deliver_due() for worker in workers))
    sent = [(each["To"], each["Message-ID"]) for each in told.mail_server.messages]
    assert len(sent) == len(set(sent)) == 3 * 8


async def test_letters_of_a_booking_are_one_thread(told: Scene) -> None:
    booking = await book(told)
    await cancel(told, booking)
    await deliver(told)
    sent = [each for each in told.mail_server.messages if each["To"] == ANN.email]
    assert {each["References"] for each in sent} == {f"<{booking.reference}@x.example>"}
    assert {each["Auto-Submitted"] for each in sent} == {"auto-generated"}
    assert {each["Reply-To"] for each in sent} == {STUDIO}
    assert sent[0]["From"].addresses[0].display_name == demo_catalog().business.name


async def test_what_happened_without_a_mail_server_is_not_told_later(told: Scene) -> None:
    await book(told)
    told.clock.advance(HOUR + 1)
    await EventDiscarder(told.database).discard()
    await deliver(told)
    assert told.mail_server.messages == []


async def test_a_node_without_a_mail_server_leaves_letters_to_the_others(told: Scene) -> None:
    await book(told)
    await EventDiscarder(told.database).discard()
    await deliver(told)
    assert letters(told, ANN.email) == ["confirmed"]


async def test_nothing_is_told_of_what_has_begun(told: Scene) -> None:
    told.mail_server.closed = True
    await book(told)
    await deliver(told)
    told.clock.advance((at("10:00", DAY) - told.clock.now()).total_seconds())
    told.mail_server.closed = False
    await deliver(told)
    assert told.mail_server.messages == []
    assert {state for state, _ in await told.deliveries()} == {"dropped"}


# --- customers who are erased


@pytest.mark.scenario(54)
async def test_staff_are_told_that_a_booking_is_cancelled_whose_customer_is_erased(
    told: Scene,
) -> None:
    await book(told)
    await deliver(told)
    await told.desk.customers.erase_customer(ANN.email, cancel=True)
    await deliver(told)
    for address in (SARAH, STUDIO):
        assert letters(told, address) == ["confirmed", "cancelled"], address
    assert letters(told, ANN.email) == ["confirmed"]


@pytest.mark.scenario(54)
async def test_a_letter_that_is_being_sent_brings_nothing_back_of_who_is_erased(
    told: Scene,
) -> None:
    """An answer of the mail server that names the address is no longer stored."""
    erased = asyncio.Event()

    class SlowServer(MailServer):
        async def send(self, message: Message) -> None:
            self.attempts += 1
            await erased.wait()
            raise Undeliverable(f"refused with 550 no such user {message.to}")

    server = SlowServer()
    await book(told)
    sending = asyncio.create_task(codes_of(told.desk, server).mail_worker.deliver_due())
    async with asyncio.timeout(PATIENCE):
        while server.attempts < 3:
            await asyncio.sleep(0)
    await told.desk.customers.erase_customer(ANN.email, cancel=True)
    erased.set()
    await sending
    columns = deliveries_table.c
    found = await told.rows(
        select(columns.recipient, columns.letter, columns.state, columns.address, columns.reason)
    )
    assert ("customer", "confirmed", "dropped", "", "the customer's data is erased") in found
    assert not any(ANN.email in f"{row.address} {row.reason}" for row in found)
    assert ("staff", "confirmed", "refused") in [row[:3] for row in found]
