"""`/metrics`: every figure changes with what it counts, and only the operator can read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.appointease import PluginClient
from tests.support.days import working_day
from tests.support.follower import Follower
from tests.support.mail import MailSink
from tests.support.postgres import Sql
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.waiting import until

HOW_TO = Path(__file__).parents[2] / "docs/how-to"
TOKEN = "a token for the operator, long enough"

Figures = dict[str, float]


def names_in(text: str) -> set[str]:
    """Return the figures that a dashboard or a page of rules uses."""
    return set(re.findall(r"\b(?:dibs|process)_\w+", text))


def figures(server: Server) -> Figures:
    """Return each figure by its name, with its labels if it has any:
    `dibs_refusals_total{slot_held}`."""
    answer = server.http.get("/metrics")
    assert answer.status_code == 200, answer.text
    found: Figures = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(value for name, value in sample.labels.items() if name != "le")
            name = sample.name + (f"{{{labels}}}" if labels else "")
            if not sample.name.endswith("_bucket"):
                found[name] = sample.value
    return found


@contextmanager
def moving(server: Server, *names: str) -> Iterator[None]:
    """Check that each of these figures rises during the block."""
    before = figures(server)
    yield

    def list_unchanged() -> list[str]:
        now = figures(server)
        return [name for name in names if now.get(name, 0) <= before.get(name, 0)]

    until(lambda: not list_unchanged(), f"{names} have risen")


@pytest.fixture(params=["embedded", "production"])
def watched(request: pytest.FixtureRequest) -> Server:
    """Start a server of its own, in either mode: the figures are those of a whole process."""
    if request.param == "embedded":
        start: Callable[..., Server] = request.getfixturevalue("start_server")
        return start()
    stack: Stack = request.getfixturevalue("stack")
    return stack.node()


@pytest.fixture
def day() -> date:
    return working_day(1)


def test_holds_checkouts_bookings_and_conflicts_are_counted(watched: Server) -> None:
    ann, bob = watched.visitor(), watched.visitor()
    ann.board()
    with moving(watched, "dibs_holds_granted_total", "dibs_holds"):
        hold = ann.hold("10:00").json()
    with moving(watched, "dibs_conflicts_total{slot_held}", "dibs_refusals_total{slot_held}"):
        assert bob.hold("10:00").status_code == 409
    with moving(watched, "dibs_booking_events_total{checkout.started}", "dibs_checkouts"):
        checkout = ann.check_out(hold=hold).json()
    with moving(watched, "dibs_booking_events_total{booking.confirmed}"):
        booking = ann.confirm(checkout).json()
    assert figures(watched)["dibs_checkouts"] == 0
    with moving(watched, "dibs_booking_events_total{booking.cancelled}"):
        assert ann.cancel(booking).status_code == 200


def test_the_hold_of_an_appointease_client_is_counted(
    watched: Server, plugin_client: Callable[..., PluginClient]
) -> None:
    client = plugin_client(watched, "c1")
    with moving(watched, "dibs_holds_granted_total", "dibs_holds"):
        assert client.select("10:00").status_code == 200


def test_a_request_that_is_repeated_is_one_booking(watched: Server) -> None:
    ann = watched.visitor()
    key = "a key that nobody else has"
    for _ in range(3):
        assert ann.book("10:00", key=key).status_code == 201
    assert figures(watched)["dibs_booking_events_total{booking.confirmed}"] == 1


def test_a_refusal_that_is_no_conflict_is_counted_by_its_code(watched: Server) -> None:
    before = figures(watched)
    with moving(watched, "dibs_refusals_total{invalid}"):
        assert watched.http.post("/api/v1/holds", json={}).status_code == 422
    with moving(watched, "dibs_refusals_total{not_found}"):
        assert watched.http.get("/api/v1/bookings/NONE").status_code == 404
    conflicts = [name for name in figures(watched) if name.startswith("dibs_conflicts_total")]
    assert conflicts == [name for name in before if name.startswith("dibs_conflicts_total")]


def test_transactions_are_counted_with_their_seconds_and_statements(watched: Server) -> None:
    def totals() -> list[float]:
        now = figures(watched)
        return [
            sum(value for name, value in now.items() if name.startswith(f"dibs_transaction_{each}"))
            for each in ("seconds_count", "seconds_sum", "statements_count", "statements_sum")
        ]

    before = totals()
    assert watched.visitor().book("10:00").status_code == 201
    assert all(now > then for now, then in zip(totals(), before, strict=True))


def test_transactions_that_are_committed_together_are_counted(
    start_server: Callable[..., Server],
) -> None:
    """Only SQLite commits several together; `_sum` is the number of transactions."""
    server = start_server()
    group = "dibs_commit_group_transactions"
    with moving(server, f"{group}_count", f"{group}_sum"):
        assert server.visitor().book("10:00").status_code == 201


def test_viewers_and_streams_are_counted(watched: Server, day: date) -> None:
    with moving(watched, "dibs_viewers{stream}", "dibs_streams", "dibs_streams_opened_total"):
        follower = Follower(watched.url, f"/api/v1/boards/1/{day}/stream")
    now = figures(watched)
    assert now["dibs_streams"] == now["dibs_followed_views"] == now["dibs_watched_boards"] == 1
    follower.close()
    until(lambda: figures(watched)["dibs_viewers{stream}"] == 0, "nobody follows any more")


def test_polls_of_both_apis_are_counted_and_tell_how_many_poll(
    watched: Server, day: date, plugin_client: Callable[..., PluginClient]
) -> None:
    client = plugin_client(watched, "c1")
    with moving(watched, "dibs_polls_total{native}"):
        watched.http.get(f"/api/v1/boards/1/{day}")
    with moving(watched, "dibs_polls_total{native}"):
        watched.http.get(f"/api/v1/services/1/days/{day}")
    with moving(watched, "dibs_polls_total{appointease}"):
        client.poll()
    until(lambda: figures(watched)["dibs_viewers{polling}"] > 0, "somebody polls")


def test_the_event_loop_and_the_process_are_watched(watched: Server) -> None:
    now = figures(watched)
    assert now["process_resident_memory_bytes"] > 0
    with moving(watched, "dibs_event_loop_lag_seconds_count"):
        pass


def test_round_trips_to_redis_are_counted_by_script(stack: Stack) -> None:
    node = stack.node()
    ann = node.visitor()
    with moving(node, "dibs_redis_seconds_count{read}", "dibs_redis_commands_total{read}"):
        ann.board()
    with moving(
        node, "dibs_redis_seconds_count{read_versions}", "dibs_redis_seconds_sum{read_versions}"
    ):
        pass  # The comparison reads the watched board once a second.
    with moving(node, "dibs_redis_seconds_count{hold}"):
        ann.hold("10:00")
    now = figures(node)
    assert now["dibs_redis_commands_total{hold}"] == 4 * now["dibs_redis_seconds_count{hold}"]
    with moving(node, "dibs_redis_failures_total"):
        stack.redis.kill()
    until(lambda: figures(node)["dibs_part_works{holds}"] == 0, "the hold store is away")


def test_a_poll_of_a_watched_board_asks_redis_nothing(stack: Stack) -> None:
    node = stack.node()
    ann = node.visitor()
    ann.board()
    before = figures(node)
    for _ in range(200):
        ann.board()
    now = figures(node)
    polls = now["dibs_polls_total{native}"] - before["dibs_polls_total{native}"]
    asked = sum(
        value - before.get(name, 0)
        for name, value in now.items()
        if name.startswith("dibs_redis_commands_total")
    )
    assert polls == 200
    assert asked < polls / 4


def test_the_outbox_is_as_old_as_its_oldest_message(start_server: Callable[..., Server]) -> None:
    sink = MailSink()
    server = start_server(smtp_url=sink.url)
    assert figures(server)["dibs_outbox_age_seconds"] == 0
    sink.answer = "451 4.3.1 no room"
    with moving(server, "dibs_outbox_waiting", "dibs_outbox_age_seconds"):
        server.http.post("/wp-json/appointease/v1/generate-otp", json={"email": "ann@example.com"})
    until(lambda: figures(server)["dibs_part_works{mail}"] == 0, "mail fails")
    sink.stop()


def test_without_its_database_a_server_still_tells_the_rest(stack: Stack) -> None:
    node = stack.node()
    assert "dibs_checkouts" in figures(node)
    name = stack.database_url.rpartition("/")[2]
    with Sql(stack.postgres.url()) as sql:
        sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    until(lambda: "dibs_checkouts" not in figures(node), "what is unknown is not told")
    assert "dibs_watched_boards" in figures(node)


class TestWhoMayRead:
    def test_this_machine_and_nobody_who_comes_through_a_proxy(self, server: Server) -> None:
        assert server.http.get("/metrics").status_code == 200
        for header in ("X-Forwarded-For", "Forwarded"):
            refused = server.http.get("/metrics", headers={header: "127.0.0.1"})
            assert (refused.status_code, refused.json()["code"]) == (404, "not_found")

    def test_the_addresses_named_as_a_trusted_proxy_tells_them(
        self, start_server: Callable[..., Server]
    ) -> None:
        server = start_server(metrics_readers="10.1.0.0/16", trusted_proxies="127.0.0.1")
        assert server.http.get("/metrics").status_code == 404
        for address, status in (("10.1.2.3", 200), ("10.2.2.3", 404), ("2001:db8::1", 404)):
            answer = server.http.get("/metrics", headers={"X-Forwarded-For": address})
            assert answer.status_code == status

    def test_who_has_the_token_from_anywhere(self, start_server: Callable[..., Server]) -> None:
        server = start_server(metrics_readers="", metrics_token=TOKEN)

        def status(**headers: str) -> int:
            return server.http.get("/metrics", headers=headers).status_code

        assert status() == 404
        assert status(Authorization=f"Bearer {TOKEN}") == 200
        assert status(Authorization=f"Bearer {TOKEN}", Forwarded="for=192.0.2.1") == 200
        assert status(Authorization=f"Bearer {TOKEN}x") == 404
        assert status(Authorization="Basic eHl6") == 404

    def test_they_are_never_kept_by_a_cache(self, server: Server) -> None:
        answer = server.http.get("/metrics")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"].startswith("text/plain")


class TestReadyMadePages:
    """The dashboard and the rules use only figures that exist."""

    @pytest.mark.parametrize("file", ["grafana-dashboard.json", "prometheus-rules.yml"])
    def test_names_only_figures_that_exist(self, stack: Stack, file: str) -> None:
        node = stack.node()
        text = (HOW_TO / file).read_text(encoding="utf-8")
        told = {
            line.split()[2]
            for line in node.http.get("/metrics").text.splitlines()
            if line.startswith("# TYPE ")
        }
        known = told | {f"{each}{end}" for each in told for end in ("_bucket", "_sum", "_count")}
        assert names_in(text) <= known
        assert len(names_in(text)) > 5

    def test_the_dashboard_is_json(self) -> None:
        dashboard = json.loads((HOW_TO / "grafana-dashboard.json").read_text(encoding="utf-8"))
        assert dashboard["panels"]
