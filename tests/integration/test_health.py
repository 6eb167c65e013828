"""The owner is told what fails, by `/health/ready` and in the log, in both modes."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.commands import dibs
from tests.support.mail import MailSink
from tests.support.postgres import Sql
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.scenario(51)

StartServer = Callable[..., Server]
UNLIMITED = resource.RLIM_INFINITY
#: Seconds within which the health page answers, even if a part of the server hangs.
AT_ONCE = 2.0


def ready(server: Server) -> tuple[int, dict[str, Any]]:
    answer = server.http.get("/health/ready", timeout=AT_ONCE)
    return answer.status_code, answer.json()


def lines(server: Server, event: str) -> list[dict[str, Any]]:
    said = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, said) if line["event"] == event]


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """Let no file grow beyond the current size of the write-ahead log."""
    size = server.data.joinpath("dibs.db-wal").stat().st_size
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, UNLIMITED))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))


@contextmanager
def read_only(stack: Stack) -> Iterator[None]:
    """Make the database read-only, like a primary that became a replica."""
    name = stack.database_url.rpartition("/")[2]
    with Sql(stack.postgres.url()) as sql:
        sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        sql(cut)
        yield
        sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        sql(cut)


def says_that_it_can_not_be_written(server: Server, reason: str) -> None:
    ann = server.visitor()
    for clock in ("09:00", "10:00", "11:00"):
        refused = ann.book(clock)
        assert (refused.status_code, refused.json()["code"]) == (503, "ledger_unavailable")
        status, report = ready(server)
        assert (status, report["status"], report["ledger"]) == (503, "unavailable", "unwritable")
    (line,) = lines(server, "the database can't be written")
    assert reason in line["reason"]
    assert not ann.board()["degraded"]


def says_that_it_can_be_written_again(server: Server) -> None:
    """Check that the log and the health page report this, even if nobody books."""
    until(lambda: lines(server, "the database can be written again"), "the log says so")
    status, report = ready(server)
    assert (status, report["status"], report["ledger"]) == (200, "ok", "ok")
    (line,) = lines(server, "the database can be written again")
    assert line["failures"] >= 3
    assert len(lines(server, "the database can't be written")) == 1
    assert server.visitor().book("12:00").status_code == 201


def test_a_full_disk_is_told_and_so_is_that_there_is_room_again(start_server: StartServer) -> None:
    server = start_server()
    assert ready(server)[0] == 200
    with full_disk(server):
        says_that_it_can_not_be_written(server, "disk")
    says_that_it_can_be_written_again(server)


def test_a_read_only_database_is_told_and_so_is_that_it_no_longer_is(stack: Stack) -> None:
    node = stack.node()
    assert ready(node)[0] == 200
    # Add a user, because a node without users writes an owner link to the database when it starts.
    added = dibs("user", "add", "olga@example.com", "--name", "Olga", **node.settings)
    assert added.code == 0, added.complained
    with read_only(stack):
        # The connections were cut, so a first node may fail with another error.
        until(lambda: stack.node().http.get("/health/ready").status_code == 503, "one more node")
        fresh = stack.nodes[-1]
        says_that_it_can_not_be_written(fresh, "read-only")
    says_that_it_can_be_written_again(fresh)


def test_a_node_without_users_starts_over_a_read_only_database(stack: Stack) -> None:
    with read_only(stack):
        node = stack.node()
        assert ready(node)[0] == 503
        assert lines(node, "no owner link could be made")


def test_a_hold_store_that_is_full_is_told_once_and_is_no_reason_to_stop(stack: Stack) -> None:
    node = stack.node()
    ann = node.visitor()
    stack.redis.command("CONFIG", "SET", "maxmemory", "1")
    for clock in ("09:00", "10:00", "11:00"):
        ann.board()
        assert ann.hold(clock).json()["code"] == "holds_unavailable"
        status, report = ready(node)
        assert (status, report["status"], report["holds"]) == (200, "degraded", "unwritable")
    (line,) = lines(node, "the hold store can't be written")
    assert "memory" in line["reason"]
    assert not lines(node, "the hold store is away")
    stack.redis.command("CONFIG", "SET", "maxmemory", "0")
    until(lambda: lines(node, "the hold store can be written again"), "the log says so")
    assert ready(node)[1]["status"] == "ok"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def ask_for_a_code(server: Server, email: str) -> None:
    asked = server.http.post("/wp-json/appointease/v1/generate-otp", json={"email": email})
    assert asked.status_code == 200


def test_mail_that_is_refused_is_told_and_so_is_that_it_goes_again(
    start_server: StartServer, sink: MailSink
) -> None:
    server = start_server(smtp_url=sink.url)
    assert ready(server)[1]["mail"] == "ok"
    sink.answer = "451 4.3.1 <ann@example.com>: no room"
    ask_for_a_code(server, "ann@example.com")
    until(lambda: ready(server)[1]["mail"] == "failing", "it is told")
    status, report = ready(server)
    assert (status, report["status"]) == (200, "degraded")
    (line,) = lines(server, "mail can't be sent")
    assert line["reason"] == "SMTPDataError 451"
    sink.answer = "250 OK"
    sink.code_for("ann@example.com")
    until(lambda: ready(server)[1]["mail"] == "ok", "it is told")


def test_mail_that_is_not_encrypted_is_told_with_the_reason(
    start_server: StartServer, sink: MailSink
) -> None:
    server = start_server(smtp_url=sink.url, smtp_tls="required")
    ask_for_a_code(server, "ann@example.com")
    until(lambda: ready(server)[1]["mail"] == "failing", "it is told")
    (line,) = lines(server, "mail can't be sent")
    assert line["reason"] == "NotEncrypted: it has no STARTTLS"
