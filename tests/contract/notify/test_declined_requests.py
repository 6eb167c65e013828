"""Who is told that a request was declined: everybody but the person who declined it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert

from dibs.desk import administration
from dibs.ledger.catalog import Catalog
from dibs.ledger.database import Transaction
from dibs.ledger.journal import Author
from dibs.ledger.user_tables import users
from tests.contract.notify.booking_scene import (
    ANN,
    CONSULTATION,
    HOUR,
    SARAH,
    STUDIO,
    book,
    deliver,
    letters,
    move,
    with_addresses,
)
from tests.contract.notify.scene import Scene
from tests.support.dibs_in_process import demo_catalog

pytestmark = pytest.mark.anyio


def with_requests(catalog: Catalog) -> Catalog:
    asked = replace(catalog.services[CONSULTATION], approve_within=60)
    return replace(catalog, services={**catalog.services, CONSULTATION: asked})


@pytest.fixture
async def asked_for(told: Scene) -> Scene:
    wanted = with_requests(with_addresses(demo_catalog()))
    await administration.apply(told.database, wanted)
    return told


async def make_user(scene: Scene, email: str, resource: int | None) -> Author:
    def write(tx: Transaction) -> int:
        row = {"email": email, "name": "A user", "role": "manager", "created_at": tx.now}
        made = insert(users).values(row | {"resource_id": resource}).returning(users.c.id)
        number: int = tx.connection.execute(made).scalar_one()
        return number

    return Author("user", await scene.database.write(write))


@pytest.mark.parametrize(
    ("email", "resource", "staff_is_told", "business_is_told"),
    [
        ("olga@example.com", None, True, True),
        (SARAH, None, False, True),
        ("another@example.com", 1, False, True),
        (STUDIO, 2, True, False),
    ],
)
async def test_nobody_is_told_what_they_did(
    asked_for: Scene,
    email: str,
    resource: int | None,
    staff_is_told: bool,
    business_is_told: bool,
) -> None:
    author = await make_user(asked_for, email, resource)
    booking = await book(asked_for)
    await deliver(asked_for)
    approvals = asked_for.desk.office.approvals
    await approvals.answer(author, booking.reference, "declined", "Closed")
    await deliver(asked_for, 5)
    assert letters(asked_for, ANN.email) == ["requested", "declined"]
    for address, is_told in ((SARAH, staff_is_told), (STUDIO, business_is_told)):
        assert letters(asked_for, address) == ["requested", *["declined"] * is_told], address


async def test_of_what_nobody_has_answered_all_are_told_if_they_want(asked_for: Scene) -> None:
    wanted = with_requests(with_addresses(demo_catalog()))
    business = replace(wanted.business, letters=("new",))
    await administration.apply(asked_for.database, replace(wanted, business=business))
    await book(asked_for)
    await deliver(asked_for)
    asked_for.clock.advance(2 * HOUR)
    await asked_for.desk.sweep()
    await deliver(asked_for)
    assert letters(asked_for, SARAH) == ["requested", "declined"]
    assert letters(asked_for, STUDIO) == ["requested"]


async def test_a_letter_about_a_move_is_not_sent_when_the_request_is_over(
    asked_for: Scene,
) -> None:
    """That letter would say that the request waits for an answer, or that the customer should
    come."""
    booking = await book(asked_for)
    await deliver(asked_for)
    await move(asked_for, booking, "11:00")
    author = await make_user(asked_for, "olga@example.com", None)
    await asked_for.desk.office.approvals.answer(author, booking.reference, "declined")
    await deliver(asked_for, 5)
    assert letters(asked_for, ANN.email) == ["requested", "declined"]
