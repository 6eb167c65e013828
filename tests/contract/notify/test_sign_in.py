"""Codes and sessions end in time. A message is delivered once, whatever the mail server does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Literal

import pytest
from sqlalchemy import Row, Select, select
from structlog.testing import capture_logs

from dibs.desk import Desk
from dibs.desk.known_browsers import BOOKED, SIGNED_IN
from dibs.desk.sign_in import Asker
from dibs.errors import CodeExpired, TooManyRequests, WrongCode
from dibs.ledger.database import Database
from dibs.ledger.sign_in import CodeKey
from dibs.ledger.tables import code_counts, outbox, sessions
from dibs.notify.codes import TOPIC, CodeMessageWriter, Codes, codes_by_mail
from dibs.notify.mail import Message, Undeliverable
from dibs.notify.mail_worker import MAX_DELIVERIES, MAX_RETRIES, MailWorker
from dibs.settings import Settings
from tests.support.hand_clock import HandClock
from tests.support.studio import SECRET, build

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(24)]

ADDRESS = "ann@example.com"


@dataclass
class MailServer:
    """Takes messages, unless it is closed, hangs or refuses them for good. Its answer that it took
    one may be lost, as it is when the deliverer dies between sending and recording."""

    messages: list[EmailMessage] = field(default_factory=list)
    closed: bool = False
    hangs: bool = False
    hangs_for: set[str] = field(default_factory=set)
    refuses: bool = False
    forgets_to_answer: bool = False
    attempts: int = 0

    async def send(self, message: Message) -> None:
        self.attempts += 1
        if self.closed:
            raise ConnectionRefusedError
        if self.refuses:
            raise Undeliverable("refused with 550")
        if self.hangs or message.to in self.hangs_for:
            await asyncio.Event().wait()
        self.messages.append(message.email)
        if self.forgets_to_answer:
            raise ConnectionResetError

    @property
    def code(self) -> str:
        found = re.search(r"\b\d{6}\b", self.messages[-1].get_content())
        assert found is not None
        return found[0]


@dataclass
class Scene:
    clock: HandClock
    mail_server: MailServer
    codes: Codes
    database: Database
    desk: Desk

    async def ask(self) -> None:
        await self.desk.sign_in.send_code(ADDRESS)
        await self.codes.mail_worker.deliver_due()

    async def try_again(self) -> None:
        self.clock.advance(60)
        await self.codes.mail_worker.deliver_due()

    async def outbox(self) -> list[tuple[datetime | None, datetime | None]]:
        """When each entry is to be tried, and when it was delivered."""
        rows = await self.rows(select(outbox.c.due_at, outbox.c.delivered_at))
        return [(row.due_at, row.delivered_at) for row in rows]

    async def uses(self) -> list[datetime | None]:
        """When each session was used last, as it is stored; those never used come first."""
        rows = await self.rows(select(sessions.c.used_at))
        return sorted((row.used_at for row in rows), key=str, reverse=True)

    async def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return await self.database.read(lambda connection: connection.execute(statement).all())

    def another_worker(self) -> Codes:
        lifetime = self.desk.context.settings.code_time
        return codes_by_mail(self.database, self.mail_server, SECRET, "dibs@x.example", lifetime)

    def impatient_worker(self) -> MailWorker:
        lifetime = self.desk.context.settings.code_time
        writer = CodeMessageWriter(self.database, self.codes.hashes, "dibs@x.example", lifetime)
        return MailWorker(self.database, self.mail_server, {TOPIC: writer}, send_timeout=0.1)


@pytest.fixture(params=["demo_settings", "postgres_settings"])
def each_database(request: pytest.FixtureRequest) -> Settings:
    found: Settings = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def scene(each_database: Settings) -> AsyncIterator[Scene]:
    settings = each_database
    clock, mail_server = HandClock(), MailServer()
    dibs = build(settings, clock)
    lifetime = settings.code_time
    codes = codes_by_mail(dibs.database, mail_server, SECRET, "dibs@x.example", lifetime)
    yield Scene(clock, mail_server, codes, dibs.database, Desk(dibs.desk.context, codes))
    await dibs.database.close()


async def test_a_code_is_good_for_ten_minutes(scene: Scene) -> None:
    await scene.ask()
    scene.clock.advance(599)
    assert len(await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)) == 64
    await scene.ask()
    scene.clock.advance(600)
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


async def test_while_a_code_is_still_to_be_made_any_is_wrong(scene: Scene) -> None:
    await scene.desk.sign_in.send_code(ADDRESS)
    with pytest.raises(WrongCode):
        await scene.desk.sign_in.verify(ADDRESS, "123456")
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify("b@example.com", "123456")
    await scene.codes.mail_worker.deliver_due()
    assert len(await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)) == 64
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


async def test_a_session_ends_by_itself_however_it_is_used(scene: Scene) -> None:
    await scene.ask()
    token = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    for seconds in (40_000, 40_000, 6_399):
        scene.clock.advance(seconds)
        session = await scene.desk.sign_in.session(token)
        assert session is not None
        assert session.email == ADDRESS
    scene.clock.advance(1)
    assert await scene.desk.sign_in.session(token) is None


IDLE = 12 * 3600


async def test_a_session_that_is_not_used_is_over_after_twelve_hours(scene: Scene) -> None:
    await scene.ask()
    used = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    await scene.ask()
    left_alone = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    scene.clock.advance(IDLE - 1)
    assert await scene.desk.sign_in.session(used) is not None
    scene.clock.advance(1)
    assert await scene.desk.sign_in.session(left_alone) is None
    scene.clock.advance(IDLE - 2)
    assert await scene.desk.sign_in.session(used) is not None
    assert await scene.uses() == [None, scene.clock.now()]


async def test_a_session_that_is_over_is_not_used_again_and_forgotten(scene: Scene) -> None:
    await scene.ask()
    token = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    scene.clock.advance(IDLE)
    for _ in range(2):
        assert await scene.desk.sign_in.session(token) is None
    assert await scene.uses() == [None]
    await scene.ask()
    await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    assert len(await scene.uses()) == 1


async def test_the_use_of_a_session_is_written_down_every_five_minutes(scene: Scene) -> None:
    await scene.ask()
    token = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    opened = scene.clock.now()
    for seconds, written in ((299, None), (1, 300), (299, 300), (1, 600), (1000, 1600)):
        scene.clock.advance(seconds)
        assert await scene.desk.sign_in.session(token) is not None
        expected = None if written is None else opened + timedelta(seconds=written)
        assert await scene.uses() == [expected]


async def test_a_code_is_bound_to_the_secret_key_and_the_address(scene: Scene) -> None:
    await scene.ask()
    code = scene.mail_server.code
    assert scene.codes.hashes.of(CodeKey(ADDRESS), code) != scene.codes.hashes.of(
        CodeKey("b@example.com"), code
    )
    other = codes_by_mail(
        scene.database,
        scene.mail_server,
        "another key",
        "x@x.example",
        scene.desk.context.settings.code_time,
    )
    with pytest.raises(WrongCode):
        await Desk(scene.desk.context, other).sign_in.verify(ADDRESS, code)


@pytest.mark.scenario(30)
async def test_a_message_is_tried_again_ever_more_rarely(scene: Scene) -> None:
    scene.mail_server.closed = True
    await scene.ask()
    moments = [0]
    for second in range(1, 60):
        scene.clock.advance(1)
        before = scene.mail_server.attempts
        await scene.codes.mail_worker.deliver_due()
        if scene.mail_server.attempts > before:
            moments.append(second)
    assert moments == [0, 1, 3, 7, 15, 31]
    scene.mail_server.closed = False
    scene.clock.advance(10)
    await scene.codes.mail_worker.deliver_due()
    assert len(scene.mail_server.messages) == 1
    await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


@pytest.mark.scenario(30)
async def test_a_message_that_came_too_late_is_given_up(scene: Scene) -> None:
    scene.mail_server.closed = True
    await scene.ask()
    scene.mail_server.closed = False
    scene.clock.advance(600)
    await scene.codes.mail_worker.deliver_due()
    scene.clock.advance(3600)
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.messages == []


async def test_a_message_that_is_refused_for_good_is_given_up_at_once(scene: Scene) -> None:
    scene.mail_server.refuses = True
    with capture_logs() as logged:
        await scene.ask()
    assert await scene.outbox() == [(None, None)]
    said = str(logged)
    assert "given up" in said
    assert "refused with 550" in said
    assert ADDRESS not in said
    scene.clock.advance(60)
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.attempts == 1


@pytest.mark.scenario(24)
async def test_a_code_has_five_tries_however_many_guess_at_once(scene: Scene) -> None:
    await scene.ask()
    wrong = other_than(scene.mail_server.code)
    guesses = [scene.desk.sign_in.verify(ADDRESS, wrong) for _ in range(12)]
    told = [type(answer) for answer in await asyncio.gather(*guesses, return_exceptions=True)]
    assert (told.count(WrongCode), told.count(CodeExpired)) == (5, 7)


@pytest.mark.scenario(24)
async def test_a_message_that_is_tried_again_gives_no_new_tries(scene: Scene) -> None:
    scene.mail_server.forgets_to_answer = True
    await scene.ask()
    code = scene.mail_server.code
    for _ in range(4):
        with pytest.raises(WrongCode):
            await scene.desk.sign_in.verify(ADDRESS, other_than(code))
    await scene.try_again()
    assert len(scene.mail_server.messages) == 2
    assert scene.mail_server.code == code
    with pytest.raises(WrongCode):
        await scene.desk.sign_in.verify(ADDRESS, other_than(code))
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, code)
    await scene.try_again()
    assert len(scene.mail_server.messages) == 2, "a code that is used up needs no message"


@pytest.mark.scenario(24)
async def test_a_used_code_does_not_come_back_with_its_message(scene: Scene) -> None:
    scene.mail_server.forgets_to_answer = True
    await scene.ask()
    code = scene.mail_server.code
    await scene.desk.sign_in.verify(ADDRESS, code)
    await scene.try_again()
    assert len(scene.mail_server.messages) == 1
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, code)


async def test_both_messages_of_one_code_open_a_session(scene: Scene) -> None:
    scene.mail_server.forgets_to_answer = True
    await scene.ask()
    code = scene.mail_server.code
    await scene.try_again()
    assert len(scene.mail_server.messages) == 2
    assert await scene.desk.sign_in.verify(ADDRESS, code)


async def test_a_late_message_does_not_overtake_a_newer_one(scene: Scene) -> None:
    scene.mail_server.closed = True
    await scene.ask()
    scene.mail_server.closed = False
    scene.clock.advance(0.5)
    await scene.ask()
    await scene.try_again()
    assert len(scene.mail_server.messages) == 1
    assert await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


async def test_codes_differ(scene: Scene) -> None:
    for _ in range(3):
        await scene.ask()
    codes = {message.get_content()[:40] for message in scene.mail_server.messages}
    assert len(codes) == 3


# --- how many codes


STRANGER = Asker("198.51.100.1")


async def asked_in_vain(scene: Scene, asker: Asker, email: str = ADDRESS) -> int:
    """The seconds to wait; 0 if a code was ordered."""
    try:
        await scene.desk.sign_in.send_code(email, asker)
    except TooManyRequests as limited:
        return limited.retry_after
    return 0


def stranger(number: int) -> Asker:
    return Asker(f"198.51.100.{number}")


def marked(scene: Scene, kind: Literal["s", "b"], email: str = ADDRESS, address: str = "") -> Asker:
    """A browser that has signed in or booked with an address."""
    return Asker(address, marks=scene.desk.sign_in.known_browsers.add_mark("", email, kind))


async def flood(scene: Scene) -> None:
    """Strangers everywhere ask for codes until nobody whom we don't know gets any more."""
    answers = [await asked_in_vain(scene, stranger(n // 5)) for n in range(21)]
    assert [bool(seconds) for seconds in answers] == [False] * 20 + [True]


async def test_codes_of_one_mailbox_are_limited_for_each_address(scene: Scene) -> None:
    typed = ["ann@example.com", "Ann@Example.com", "ann+a@example.com", "ann+b@example.com"]
    for email in (*typed, ADDRESS):
        assert await asked_in_vain(scene, STRANGER, email) == 0
    scene.clock.advance(600)
    assert await asked_in_vain(scene, STRANGER) == 3000
    assert await asked_in_vain(scene, stranger(2)) == 0
    assert await asked_in_vain(scene, STRANGER, "other@example.com") == 0
    scene.clock.advance(3000)
    assert await asked_in_vain(scene, STRANGER) == 0


async def test_codes_of_one_mailbox_are_limited_for_all_strangers_together(scene: Scene) -> None:
    await flood(scene)
    assert await asked_in_vain(scene, stranger(99), "other@example.com") == 0


async def test_codes_for_many_mailboxes_are_limited_for_one_address(scene: Scene) -> None:
    answers = [await asked_in_vain(scene, STRANGER, f"person{n}@example.com") for n in range(31)]
    assert [bool(seconds) for seconds in answers] == [False] * 30 + [True]


@pytest.mark.parametrize("kind", [SIGNED_IN, BOOKED])
async def test_strangers_never_use_up_the_codes_of_a_browser_that_is_known(
    scene: Scene, kind: Literal["s", "b"]
) -> None:
    known = marked(scene, kind, address=STRANGER.address)
    await flood(scene)
    for number in range(30):
        await asked_in_vain(scene, STRANGER, f"person{number}@example.com")
    assert [await asked_in_vain(scene, known) for _ in range(5)] == [0] * 5
    assert await asked_in_vain(scene, known) == 3600
    assert await asked_in_vain(scene, known, "other@example.com") > 0, "known for one mailbox"


async def test_whoever_only_books_uses_up_no_codes_of_who_has_signed_in(scene: Scene) -> None:
    """Anybody can book with any address, in as many browsers as they like."""
    answers = [await asked_in_vain(scene, marked(scene, BOOKED)) for _ in range(21)]
    assert [bool(seconds) for seconds in answers] == [False] * 20 + [True]
    assert await asked_in_vain(scene, marked(scene, SIGNED_IN)) == 0


async def test_codes_asked_for_at_once_are_counted_one_by_one(scene: Scene) -> None:
    answers = await asyncio.gather(*(asked_in_vain(scene, STRANGER) for _ in range(9)))
    assert answers.count(0) == 5


async def test_all_nodes_count_codes_together_and_store_no_address(scene: Scene) -> None:
    nodes = [scene.desk, Desk(scene.desk.context, scene.another_worker())]
    for number in range(5):
        await nodes[number % 2].sign_in.send_code(ADDRESS, STRANGER)
    for node in nodes:
        with pytest.raises(TooManyRequests):
            await node.sign_in.send_code(ADDRESS, STRANGER)
    stored = [tuple(row) for row in await scene.rows(select(code_counts))]
    assert len(stored) == 3
    assert not any(word in str(stored) for word in (STRANGER.address, "ann", "example"))
    scene.clock.advance(3600)
    await scene.desk.sign_in.send_code("other@example.com", STRANGER)
    kept = [tuple(row) for row in await scene.rows(select(code_counts))]
    assert len(kept) == 3, "counts that are over go"


HANGING = [f"hanging{n}@example.com" for n in range(MAX_DELIVERIES)]


@pytest.mark.scenario(30)
async def test_messages_that_hang_are_cut_and_others_go_on(scene: Scene) -> None:
    """As many as go at once hang, for the first time."""
    scene.mail_server.hangs_for = set(HANGING)
    impatient = scene.impatient_worker()
    for address in (*HANGING, ADDRESS):
        await scene.desk.sign_in.send_code(address)
    for _ in range(2):
        async with asyncio.timeout(10):
            await impatient.deliver_due()
    assert [message["To"] for message in scene.mail_server.messages] == [ADDRESS]
    tried = {due_at for due_at, _ in await scene.outbox()} - {None}
    assert tried == {scene.clock.now() + timedelta(seconds=1)}, "those that were cut are put off"


@pytest.mark.scenario(30)
async def test_a_new_message_goes_while_messages_that_are_tried_again_hang(scene: Scene) -> None:
    scene.mail_server.closed = True
    for address in HANGING:
        await scene.desk.sign_in.send_code(address)
    await scene.codes.mail_worker.deliver_due()
    scene.mail_server.closed = False
    scene.mail_server.hangs_for = set(HANGING)
    scene.clock.advance(60)
    before = scene.mail_server.attempts
    running = asyncio.create_task(scene.codes.mail_worker.run())
    async with asyncio.timeout(10):
        while scene.mail_server.attempts < before + MAX_RETRIES:
            await asyncio.sleep(0)
        await scene.desk.sign_in.send_code(ADDRESS)
        while not scene.mail_server.messages:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert scene.mail_server.messages[0]["To"] == ADDRESS


async def test_a_new_message_comes_before_a_backlog(scene: Scene) -> None:
    scene.mail_server.closed = True
    for address in HANGING:
        await scene.desk.sign_in.send_code(address)
    await scene.codes.mail_worker.deliver_due()
    scene.mail_server.closed = False
    scene.clock.advance(60)
    await scene.desk.sign_in.send_code(ADDRESS)
    await scene.codes.mail_worker.deliver_due()
    assert ADDRESS in {message["To"] for message in scene.mail_server.messages}


async def test_two_workers_deliver_a_message_once(scene: Scene) -> None:
    await scene.desk.sign_in.send_code(ADDRESS)
    posts = [scene.codes.mail_worker, scene.another_worker().mail_worker]
    for post in posts:
        await post._begin()
    for post in posts:
        await post.deliver_due()
    assert len(scene.mail_server.messages) == 1


async def test_a_message_whose_deliverer_died_falls_due_again(scene: Scene) -> None:
    await scene.desk.sign_in.send_code(ADDRESS)
    scene.mail_server.hangs = True
    dying = asyncio.create_task(scene.another_worker().mail_worker.deliver_due())
    while scene.mail_server.attempts == 0:
        await asyncio.sleep(0)
    dying.cancel()
    scene.mail_server.hangs = False
    scene.clock.advance(59)
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.messages == []
    scene.clock.advance(1)
    await scene.codes.mail_worker.deliver_due()
    assert len(scene.mail_server.messages) == 1


def other_than(code: str) -> str:
    return "111111" if code != "111111" else "222222"
