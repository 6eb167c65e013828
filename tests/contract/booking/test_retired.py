"""Retired services and resources are no longer offered; checkouts and bookings of them go on with
their last rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dibs.app import Dibs
from dibs.desk import administration, feeds
from dibs.desk.answering import FilledForm
from dibs.desk.offers import SlotRequest
from dibs.errors import Invalid
from dibs.ledger.catalog import Resource, Service
from dibs.ledger.questions import Question
from dibs.settings import Settings
from tests.contract.booking.request_scene import ANN, HOURS, NOW, TALK, asking, at
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

LINK = "https://meet.example.com/mia"
FORM = FilledForm({"topic": "Taxes"}, has_accepted_terms=True)
ASKING = replace(
    TALK,
    place=LINK,
    place_kind="video",
    terms="Who doesn't come pays half.",
    questions=(Question("topic", "What about?", "text", required=True),),
    translations={"de": {"name": "Gespräch", "terms": "Halber Preis."}},
)
NEW_YORK = Resource(1, "Mia", weekly=HOURS, time_zone="America/New_York")
OTHER_SERVICE, OTHER_PERSON = Service(9, "Other", 60, (9,)), Resource(9, "Otto", weekly=HOURS)


@pytest.fixture
async def dibs(settings: Settings) -> AsyncIterator[Dibs]:
    async with asking(settings, HandClock(NOW)) as built:
        yield built


async def offer(dibs: Dibs, service: Service, resource: Resource) -> None:
    known = await dibs.ledger.catalog()
    wanted = replace(known, services={service.id: service}, resources={resource.id: resource})
    await administration.apply(dibs.database, wanted)


async def test_a_checkout_of_a_retired_service_is_confirmed_by_its_rules(dibs: Dibs) -> None:
    await offer(dibs, ASKING, replace(NEW_YORK, time_zone=None))
    checkout = await dibs.desk.booking.check_out("ann", SlotRequest(1, at("14:00"), 1))
    await offer(dibs, OTHER_SERVICE, OTHER_PERSON)
    german = replace(ANN, language="de")
    with pytest.raises(Invalid) as refusal:
        await dibs.desk.booking.confirm("ann", checkout.token, german, form=FilledForm())
    assert [each.field for each in refusal.value.errors] == ["answers.topic", "accepted_terms"]
    booking = await dibs.desk.booking.confirm("ann", checkout.token, german, form=FORM)
    assert booking.status == "requested"
    assert [each.answer for each in booking.answers.given] == ["Taxes"]
    assert booking.answers.accepted_terms == "Halber Preis."


async def test_a_booking_of_what_is_retired_keeps_its_place_and_zone(dibs: Dibs) -> None:
    await offer(dibs, ASKING, NEW_YORK)
    slot_request = SlotRequest(1, at("15:00"), 1)
    await dibs.desk.booking.book("ann", slot_request, ANN, form=FORM)
    _, token = await feeds.new_feed(dibs.database, None)
    await offer(dibs, OTHER_SERVICE, OTHER_PERSON)
    feed = await dibs.desk.calendars.read_feed(token, "https://studio.example")
    assert LINK.encode() in await dibs.desk.calendars.write_feed(feed)
    catalog = await dibs.ledger.catalog()
    assert catalog.services.keys() == catalog.resources.keys() == {9}
    assert catalog.zone_of(1).key == "America/New_York"
    assert catalog.zone_of(9).key == "UTC"
    assert (catalog.service_name(1), catalog.resource_name(1)) == ("Talk", "Mia")
