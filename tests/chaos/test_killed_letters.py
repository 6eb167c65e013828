"""A server is killed at any point while it sends letters: each letter comes once, or twice with the
same Message-ID if the kill falls between the mail server's answer and its record in the
database."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dibs import catalog_file
from dibs.app import Dibs, build
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.ledger.migrate import migrate
from dibs.notify.mail import Message
from dibs.notify.post import codes_by
from dibs.settings import Settings
from tests.chaos.crashing import NOW, StoppedClock, run
from tests.chaos.test_crash_points import ANN, TEN, VISITOR
from tests.contract.notify.scene import PlainLetters
from tests.support.catalog_files import ONE_PERSON
from tests.support.dibs_in_process import NO_REDIS
from tests.support.postgres import Postgres, Sql
from tests.support.waiting import until

RECIPIENTS = {"ann@example.com", "mia@example.com", "desk@example.com"}
LEASE_ENDS = NOW + timedelta(minutes=2)


class FileMailer:
    """A mail server that writes each accepted letter to a file: recipient and Message-ID."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def send(self, message: Message) -> None:
        with self._file.open("a") as lines:
            lines.write(f"{message.to} {message.email['Message-ID']}\n")


async def set_up(dibs: Dibs, _: str) -> str:
    await administration.apply(dibs.database, catalog_file.parse(ONE_PERSON))
    await dibs.desk.booking.book(VISITOR, SlotRequest(1, TEN, 1), ANN)
    return ""


async def send_letters(dibs: Dibs, file: str) -> str:
    context = dibs.desk.context
    codes = codes_by(
        FileMailer(Path(file)),
        PlainLetters(),
        context.ledger,
        context.settings,
        "secret",
        context.tokens.token_of,
        "https://booking.example",
    )
    await codes.mail_worker.deliver_due()
    return "sent"


async def send_the_rest(settings: Settings, file: Path) -> None:
    dibs = build(settings, "secret", StoppedClock(LEASE_ENDS))
    for _ in range(2):
        await send_letters(dibs, str(file))
    await dibs.close()


#: Returns the settings of a database in the state right after `set_up`.
Copy = Callable[[], Settings]


def copies_of_a_file(tmp_path: Path) -> Copy:
    template = tmp_path / "before"
    template.mkdir()
    migrate(template / "dibs.db")
    run(template, set_up)
    numbers = itertools.count(1)

    def copy() -> Settings:
        data = tmp_path / str(next(numbers))
        shutil.copytree(template, data)
        return Settings(data=data)

    return copy


def one_database_again(postgres: Postgres) -> Copy:
    """Reset one database to the state before any delivery: copying a database would take longer
    than a run."""
    settings = Settings(database_url=postgres.new_database(), redis_url=NO_REDIS)
    migrate(settings.database)
    run(settings, set_up)

    def undo() -> Settings:
        with Sql(settings.database_url) as sql:
            sql("DELETE FROM deliveries")
            sql("UPDATE outbox SET due_at = created_at")
        return settings

    return undo


def wait_for_the_end_of_sessions(settings: Settings) -> None:
    """Wait until PostgreSQL has noticed the end of the killed process and released its locks."""
    if settings.is_embedded:
        return
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with Sql(settings.database_url) as sql:
        until(
            lambda: sql(f"SELECT count(*) FROM pg_stat_activity WHERE {others}") == [(0,)],
            "all sessions have ended",
        )


@pytest.fixture(params=["embedded", "production"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    if request.param == "embedded":
        return copies_of_a_file(tmp_path)
    return one_database_again(request.getfixturevalue("postgres"))


@pytest.mark.scenario(24)
def test_letters_of_a_killed_server_are_sent_once_under_one_name(
    copy: Copy, tmp_path: Path
) -> None:
    twice = 0
    for dies_at in itertools.count(1):
        settings, file = copy(), tmp_path / f"sent-{dies_at}.txt"
        answer = run(settings, send_letters, str(file), dies_at=dies_at)
        wait_for_the_end_of_sessions(settings)
        asyncio.run(send_the_rest(settings, file))
        sent = Counter(line for line in file.read_text().splitlines())
        assert {line.split()[0] for line in sent} == RECIPIENTS, dies_at
        assert len(sent) == len(RECIPIENTS), f"a letter has two names: {dies_at}"
        assert max(sent.values()) <= 2, dies_at
        twice += max(sent.values()) == 2
        if answer is not None:
            assert max(sent.values()) == 1
            break
    assert dies_at > 10, "the hook has counted the statements"
    assert twice > 0, "some kill fell between the answer and the note of it"
