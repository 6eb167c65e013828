"""A ledger is moved from one database to another: nothing is lost, and never only half is moved."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from dibs.app import Dibs
from dibs.catalog_file import parse
from dibs.desk import administration
from dibs.desk.answering import FilledForm
from dibs.desk.offers import SlotRequest
from dibs.desk.office import users
from dibs.errors import CannotStart, LedgerUnavailable, SlotTaken
from dibs.ledger import archive, customers
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.database import Database
from dibs.ledger.idempotency import Request
from dibs.ledger.migrate import migrate
from dibs.ledger.postgresql import PostgreSQL
from dibs.ledger.sqlite import SQLite
from dibs.ledger.users import NewUser
from dibs.settings import Settings
from tests.support.asking import TERMS, build_asking_demo
from tests.support.days import at, working_day
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.open_transaction import open_transaction
from tests.support.pictures import draw_file
from tests.support.postgres import Postgres
from tests.support.translated import MARKUP

pytestmark = pytest.mark.anyio

ANN = Customer("Ann Lee \u2603 'quoted'", "ann@example.com", "+1 555 0001")

MIKE = NewUser("mike@example.com", "Mike", "staff", 2)


@pytest.fixture
async def lived_in(demo_settings: Settings) -> AsyncIterator[Dibs]:
    """Yield a Dibs with rows of every kind."""
    dibs = build(demo_settings)
    desk = dibs.desk.booking
    day = working_day(1)
    asked = Request("ann", "key", "what was asked")
    booking = await desk.book("ann", SlotRequest(1, at("10:00", day), 1), ANN, asked)
    await desk.book("bob", SlotRequest(1, at("11:00", day), 1), ANN)
    await desk.check_out("cem", SlotRequest(1, at("12:00", day), 1))
    await dibs.desk.pictures.add(draw_file())
    await users.add_user(dibs.database, MIKE, users.AT_COMMAND_LINE, timedelta(days=1))
    token = dibs.desk.context.tokens.token_of(booking.reference)
    await dibs.desk.changing.reschedule(booking.reference, token, "ann", at("14:00", day))
    dee = await desk.book("dee", SlotRequest(2, at("15:00", day), 2), ANN)
    await administration.apply(dibs.database, parse(build_asking_demo()))
    answers = {"wishes": MARKUP, "hair": "Long", "grown_up": True, "guests": 2.5}
    asking = SlotRequest(1, at("16:30", day), 2)
    await desk.book("eda", asking, ANN, form=FilledForm(answers, has_accepted_terms=True))
    await dibs.desk.changing.cancel(dee.reference, dibs.desk.context.tokens.token_of(dee.reference))
    yield dibs
    await dibs.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres
) -> AsyncIterator[Database]:
    """Yield a migrated database with nothing in it."""
    database: Database
    if request.param == "sqlite":
        migrate(tmp_path / "new.db")
        database = SQLite(tmp_path / "new.db", HandClock())
    else:
        url = postgres.new_database()
        await asyncio.to_thread(migrate, url)
        database = PostgreSQL(url, 4)
    yield database
    await database.close()


def content(file: Path) -> bytes:
    with gzip.open(file) as lines:
        return lines.read()


async def test_nothing_is_lost_on_the_way(lived_in: Dibs, empty: Database, tmp_path: Path) -> None:
    saved = await archive.save(lived_in.database, tmp_path / "first.gz")
    assert await archive.load(empty, tmp_path / "first.gz") == saved
    assert await archive.save(empty, tmp_path / "second.gz") == saved
    [said] = (each for each in await _bookings(empty) if each.answers.given)
    assert [each.answer for each in said.answers.given] == [MARKUP, "Long", True, 2.5]
    assert (said.answers.accepted_terms, said.answers.accepted_at is None) == (TERMS, False)
    assert content(tmp_path / "second.gz") == content(tmp_path / "first.gz")


async def _bookings(database: Database) -> list[Booking]:
    return await database.read(customers.find_bookings, ANN.email)


async def test_life_goes_on_in_the_new_database(
    lived_in: Dibs, postgres_settings: Settings, postgres: Postgres, tmp_path: Path
) -> None:
    await archive.save(lived_in.database, tmp_path / "saved.gz")
    url = postgres.new_database()
    await asyncio.to_thread(migrate, url)
    moved = build(postgres_settings.model_copy(update={"database_url": url}))
    await archive.load(moved.database, tmp_path / "saved.gz")
    day = working_day(1)
    again = await moved.desk.booking.book(
        "ann", SlotRequest(1, at("10:00", day), 1), ANN, Request("ann", "key", "what was asked")
    )
    assert again.starts_at == at("10:00", day)
    with pytest.raises(SlotTaken):
        await moved.desk.booking.book("eve", SlotRequest(1, at("11:00", day), 1), ANN)
    booked = await moved.desk.booking.book("eve", SlotRequest(1, at("16:00", day), 1), ANN)
    assert booked.starts_at == at("16:00", day)
    await moved.database.close()


async def test_a_database_that_is_not_empty_is_left_alone(lived_in: Dibs, tmp_path: Path) -> None:
    await archive.save(lived_in.database, tmp_path / "saved.gz")
    with pytest.raises(CannotStart, match="isn't empty"):
        await archive.load(lived_in.database, tmp_path / "saved.gz")


async def test_a_database_with_a_user_is_not_empty(
    lived_in: Dibs, empty: Database, tmp_path: Path
) -> None:
    await archive.save(lived_in.database, tmp_path / "saved.gz")
    owner = NewUser("olga@example.com", "Olga", "owner")
    await users.add_user(empty, owner, users.AT_COMMAND_LINE, timedelta(days=1))
    with pytest.raises(CannotStart, match="isn't empty"):
        await archive.load(empty, tmp_path / "saved.gz")


async def test_an_export_overwrites_nothing(lived_in: Dibs, tmp_path: Path) -> None:
    (tmp_path / "saved.gz").write_text("dear to me")
    with pytest.raises(CannotStart, match="exists already"):
        await archive.save(lived_in.database, tmp_path / "saved.gz")
    assert (tmp_path / "saved.gz").read_text() == "dear to me"


async def test_a_damaged_archive_leaves_the_database_empty(
    lived_in: Dibs, empty: Database, tmp_path: Path
) -> None:
    await archive.save(lived_in.database, tmp_path / "saved.gz")
    whole = (tmp_path / "saved.gz").read_bytes()
    (tmp_path / "half.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CannotStart, match="can't be read as an archive"):
        await archive.load(empty, tmp_path / "half.gz")
    assert await archive.load(empty, tmp_path / "saved.gz")


async def test_an_archive_without_its_end_is_refused(
    lived_in: Dibs, empty: Database, tmp_path: Path
) -> None:
    """An export may be stopped half way and still close its file correctly."""
    await archive.save(lived_in.database, tmp_path / "saved.gz")
    lines = content(tmp_path / "saved.gz").splitlines(keepends=True)
    for kept in (lines[:-1], lines[:-2], lines[:-3] + lines[-1:]):
        with gzip.open(tmp_path / "cut.gz", "wb") as file:
            file.writelines(kept)
        with pytest.raises(CannotStart, match="can't be read as an archive"):
            await archive.load(empty, tmp_path / "cut.gz")
    assert await archive.load(empty, tmp_path / "saved.gz")


async def test_an_export_that_fails_leaves_no_file(lived_in: Dibs, tmp_path: Path) -> None:
    async with open_transaction(lived_in.database) as tx:
        await tx.sql("DROP TABLE outbox")
    with pytest.raises(LedgerUnavailable):
        await archive.save(lived_in.database, tmp_path / "saved.gz")
    assert not (tmp_path / "saved.gz").exists()


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"hello\n", "can't be read as an archive"),
        (b"[]\n", "no archive of Dibs"),
        (orjson.dumps({"kind": archive.KIND, "schema": "9999"}) + b"\n", "another version"),
    ],
)
async def test_what_is_no_archive_of_this_dibs_is_refused(
    empty: Database, tmp_path: Path, head: bytes, said: str
) -> None:
    with gzip.open(tmp_path / "file.gz", "wb") as lines:
        lines.write(head)
    with pytest.raises(CannotStart, match=said):
        await archive.load(empty, tmp_path / "file.gz")
