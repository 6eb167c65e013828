"""A server is killed at any point while a request is approved, declined, withdrawn or moved: the
change happened as a whole or not at all, and the same request sent again has the same end."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from dibs import catalog_file
from dibs.app import Dibs, build
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.office.approvals import Answer
from dibs.desk.office.changes import Changes
from dibs.errors import Conflict
from dibs.ledger.bookings import Customer
from dibs.ledger.idempotency import Request
from dibs.ledger.journal import Author
from dibs.ledger.migrate import migrate
from dibs.settings import Settings
from tests.chaos.crashing import NOW, Step, StoppedClock, run
from tests.support.catalog_files import ONE_PERSON
from tests.support.dibs_in_process import NO_REDIS
from tests.support.plain_sql import PlainSql, connect
from tests.support.postgres import Postgres
from tests.support.waiting import until

TEN = datetime(2026, 11, 25, 10, tzinfo=UTC)
TWELVE = TEN + timedelta(hours=2)
ANN, BOB = Customer("Ann Lee", "ann@example.com"), Customer("Bob Ray", "bob@example.com")
OWNER = Author("user")
AGAIN = Request("office", "key", "the same request")
ASKED = ONE_PERSON.replace("duration = 60\n", "duration = 60\napprove_within = 600\n")


async def set_up(dibs: Dibs, _: str) -> str:
    await administration.apply(dibs.database, catalog_file.parse(ASKED))
    return ""


async def ask(dibs: Dibs, _: str) -> str:
    return (await dibs.desk.booking.book("ann", SlotRequest(1, TEN, 1), ANN)).reference


async def answer(said: Answer, dibs: Dibs, reference: str) -> str:
    approvals = dibs.desk.office.approvals
    return (await approvals.answer(OWNER, reference, said, "No time", AGAIN)).status


async def withdraw(dibs: Dibs, reference: str) -> str:
    token = dibs.desk.context.tokens.token_of(reference)
    return (await dibs.desk.changing.cancel(reference, token, AGAIN)).status


async def move(dibs: Dibs, reference: str) -> str:
    appointments = dibs.desk.office.appointments
    changes = Changes(starts_at=TWELVE)
    return (await appointments.change(OWNER, reference, changes, request=AGAIN)).status


#: By name: the use case, the status and the start in which it ends, and its event in the outbox.
CASES: dict[str, tuple[Step, str, datetime, str]] = {
    "approve": (partial(answer, "confirmed"), "confirmed", TEN, "booking.approved"),
    "decline": (partial(answer, "declined"), "declined", TEN, "booking.declined"),
    "withdraw": (withdraw, "cancelled", TEN, "booking.withdrawn"),
    "move": (move, "requested", TWELVE, "booking.rescheduled"),
}
#: Returns the settings of a database in which nobody has booked anything.
Empty = Callable[[], Settings]


def copies_of_a_file(tmp_path: Path) -> Empty:
    template = tmp_path / "before"
    template.mkdir()
    migrate(template / "dibs.db")
    asyncio.run(act(Settings(data=template), set_up))
    numbers = itertools.count(1)

    def copy() -> Settings:
        data = tmp_path / str(next(numbers))
        shutil.copytree(template, data)
        return Settings(data=data)

    return copy


def one_database_again(postgres: Postgres) -> Empty:
    """Empty one database before each run: copying a database would take longer than a run."""
    settings = Settings(database_url=postgres.new_database(), redis_url=NO_REDIS)
    migrate(settings.database)
    asyncio.run(act(settings, set_up))

    def undo() -> Settings:
        with connect(settings.database) as sql:
            for table in ("allocations", "idempotency", "outbox", "audit", "bookings"):
                sql(f"DELETE FROM {table}")
        return settings

    return undo


@pytest.fixture(params=["embedded", "production"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    if request.param == "embedded":
        return copies_of_a_file(tmp_path)
    return one_database_again(request.getfixturevalue("postgres"))


def wait_for_the_end_of_sessions(settings: Settings, sql: PlainSql) -> None:
    """Wait until PostgreSQL has noticed the end of the killed process and released its locks."""
    if not settings.is_embedded:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        until(
            lambda: sql(f"SELECT count(*) FROM pg_stat_activity WHERE {others}") == [(0,)],
            "all sessions have ended",
        )


def find_state(sql: PlainSql) -> tuple[str, int, list[str]]:
    """Return the status of the booking, the number of allocations, and the events in the outbox."""
    ((status,),) = sql("SELECT status FROM bookings")
    ((guarded,),) = sql("SELECT count(*) FROM allocations")
    told = [topic for (topic,) in sql("SELECT topic FROM outbox ORDER BY id")]
    assert told == [action for (action,) in sql("SELECT action FROM audit ORDER BY id")]
    return status, guarded, told


async def act(settings: Settings, step: Step, subject: str = "") -> str:
    """Run a step that is not killed. It runs in this process, because starting another takes
    longer."""
    dibs = build(settings, "secret", StoppedClock(NOW))
    try:
        return await step(dibs, subject)
    finally:
        await dibs.close()


async def find_free(dibs: Dibs, _: str) -> str:
    """Return the times that a stranger can book now."""
    free = []
    for start in (TEN, TWELVE):
        try:
            await dibs.desk.booking.book("bob", SlotRequest(1, start, 1), BOB)
        except Conflict:
            continue
        free.append(start.isoformat())
    return " ".join(free)


@pytest.mark.scenario(37)
@pytest.mark.parametrize("name", CASES)
def test_a_request_whose_answer_is_killed_anywhere(name: str, empty: Empty) -> None:
    use_case, status, start, event = CASES[name]
    is_live = status in ("requested", "confirmed")
    before = ("requested", 1, ["booking.requested"])
    after = (status, int(is_live), ["booking.requested", event])
    seen = set()
    for dies_at in itertools.count(1):
        settings = empty()
        reference = asyncio.run(act(settings, ask))
        said = run(settings, use_case, reference, dies_at=dies_at)
        with connect(settings.database) as sql:
            wait_for_the_end_of_sessions(settings, sql)
            found = find_state(sql)
            assert found in (before, after), "it happened as a whole or not at all"
            assert said is None or found == after, "what was answered has happened"
            seen.add(found == after)
            assert asyncio.run(act(settings, use_case, reference)) == status
            assert find_state(sql) == after, "sent again, it has happened once"
        free = asyncio.run(act(settings, find_free)).split()
        times = (each.isoformat() for each in (TEN, TWELVE) if not is_live or each != start)
        assert free == [*times]
        if said is not None:
            break
    assert dies_at > 5, "the hook has counted the statements"
    assert seen == {False, True}
