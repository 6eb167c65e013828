"""`dibs import appointease`, from a real MariaDB into either ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dibs.errors import CannotStart
from dibs.ledger import imported
from support.commands import Outcome, dibs
from support.days import working_day
from support.mariadb import MariaDb
from support.plain_sql import connect
from support.plugin import PluginSite
from support.postgres import Postgres
from support.redis_server import RedisServer
from support.seed import API, BOOKING_API, SeedClient
from support.server import Server

BERLIN = ZoneInfo("Europe/Berlin")
DAY = working_day()
PAST = datetime(2026, 2, 4, 10)


def on(clock: str, day: date = DAY) -> datetime:
    """A wall time of the site."""
    return datetime.combine(day, time.fromisoformat(clock))


@dataclass
class Target:
    """A Dibs without a business."""

    settings: dict[str, Any]
    database: Path | str

    def dibs(self, *arguments: object) -> Outcome:
        return dibs(*arguments, **self.settings)

    def bring(self, site: PluginSite | str, *more: object) -> list[str]:
        url = site if isinstance(site, str) else site.url
        outcome = self.dibs("import", "appointease", url, *more)
        assert outcome.code == 0, outcome.complained
        return outcome.said

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with connect(self.database) as sql:
            return sql(statement, *values)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        tables = ("business", "services", "resources", "schedules", "closures", "service_resources")
        more = ("bookings", "allocations", "boards", "audit", "imported", "import_conflicts")
        return {name: sorted(self.sql(f"SELECT * FROM {name}"), key=repr) for name in tables + more}


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDb]:
    server = MariaDb()
    yield server
    server.stop()


@pytest.fixture
def site(mariadb: MariaDb) -> PluginSite:
    return PluginSite(mariadb)


@pytest.fixture(params=["embedded", "production"])
def target(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres, redis: RedisServer
) -> Target:
    if request.param == "embedded":
        data = tmp_path / "data"
        return Target({"data": data}, data / "dibs.db")
    url = postgres.new_database()
    return Target({"database_url": url, "redis_url": redis.url, "secret_key": "x" * 40}, url)


@pytest.fixture
def embedded(tmp_path: Path) -> Target:
    data = tmp_path / "data"
    return Target({"data": data}, data / "dibs.db")


@pytest.fixture
def serve(start_server: Callable[..., Server], tmp_path: Path) -> Callable[[Target], Server]:
    """A server over what was brought in, for clients of the plugin."""

    def start(target: Target) -> Server:
        own = {name: value for name, value in target.settings.items() if name != "data"}
        return start_server("data", command="serve", **own)

    return start


# --- what comes in


def test_clients_of_the_plugin_find_what_they_knew(
    site: PluginSite, target: Target, serve: Callable[[Target], Server]
) -> None:
    site.appoint(7, on("10:00"), total_amount="19.90", name="Zo&euml; O&#039;Hara")
    site.appoint(9, on("14:00"), service_id=4, employee_id=2, status="cancelled")
    said = target.bring(site)
    assert said[0] == "times are those of Europe/Berlin"
    assert "services: 2 new" in said
    assert "staff: 3 new" in said
    assert "appointments: 2 new (1 cancelled, 1 confirmed)" in said
    assert "conflicts to settle: 0" in said
    server = serve(target)
    client = SeedClient(server.url, "c1", DAY)
    services = {each["id"]: each for each in client.http.get(f"{BOOKING_API}/services").json()}
    assert services["1"]["name"] == "Cut"
    assert (services["1"]["duration"], services["1"]["advance_booking_days"]) == ("30", "20")
    assert (services["4"]["price"], services["4"]["advance_booking_days"]) == ("80.50", "9")
    staff = {each["id"]: each for each in client.http.get(f"{BOOKING_API}/staff").json()}
    assert [staff[key]["name"] for key in ("1", "2", "3")] == ["Ann Lee", "Bob Ray", "Cem Öz"]
    assert json.loads(staff["1"]["working_hours"])["fri"] == ["09:00", "12:00"]
    assert json.loads(staff["2"]["working_hours"])["sat"] == ["10:00", "16:00"]
    assert client.http.get(f"{API}/settings").json()["slot_duration"] == 30
    assert client.http.get(f"{API}/server-date").json()["timezone"] == "Europe/Berlin"
    assert client.poll()["booked_slots"] == ["10:00"]
    refused = client.book("10:00")
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    made = client.book("10:30")
    assert made.status_code == 200
    assert made.json()["appointment_id"] > 9
    client.http.close()


def test_an_old_reference_names_the_same_appointment(site: PluginSite, target: Target) -> None:
    site.appoint(
        7,
        on("10:00"),
        total_amount="19.90",
        name="Zo&euml; O&#039;Hara",
        rescheduled_at="2026-01-05 09:00:00",
        original_date=on("12:00"),
        notes="Allergic to cats",
    )
    site.appoint(8, PAST)
    target.bring(site)
    [row] = target.sql(
        "SELECT customer_name, customer_email, customer_phone, price, status FROM bookings"
        " WHERE id = 7"
    )
    assert row == ("Zoë O'Hara", "dee@example.com", "555 0101", "19.90", "confirmed")
    # 08:07 of the site's January, from which the year of APT-2026-000007 derives.
    [(created,)] = target.sql("SELECT created_at FROM bookings WHERE id = 7")
    if isinstance(created, int):
        created = datetime.fromtimestamp(created / 1_000_000, BERLIN)
    assert created.astimezone(BERLIN).replace(tzinfo=None) == datetime(2026, 1, 1, 8, 7)
    moves = target.sql("SELECT details FROM audit WHERE action = 'booking.rescheduled'")
    assert [json.loads(details)["from"] for (details,) in moves] == [
        on("12:00").replace(tzinfo=BERLIN).astimezone(ZoneInfo("UTC")).isoformat()
    ]
    [(details,)] = target.sql(
        "SELECT details FROM audit WHERE action = 'booking.imported' AND booking_id = 7"
    )
    assert json.loads(details)["notes"] == "Allergic to cats"
    assert target.sql("SELECT count(*) FROM outbox") == [(0,)]


def test_breaks_closures_and_time_off_close_the_calendar(
    site: PluginSite, embedded: Target
) -> None:
    holiday, off = working_day(1), working_day(2)
    site.add(
        "appointease_blackout_dates",
        {"start_date": holiday, "end_date": holiday, "reason": "Fair"},
    )
    site.add("appointease_timeoff", {"staff_id": 1, "start_date": off, "end_date": off})
    said = embedded.bring(site)
    assert "closures of the business: 1 new" in said
    assert "time off of staff: 1 new" in said
    hours = embedded.sql("SELECT resource_id, weekday, opens / 60, closes / 60 FROM schedules")
    assert {(3, 3, 10, 12), (3, 3, 13, 16)} == {row for row in hours if row[0] == 3}
    assert [row[2:] for row in hours if row[:2] == (2, 1)] == [(10, 12), (13, 16)]
    closures = embedded.sql(
        "SELECT resource_id, starts, ends, reason FROM closures ORDER BY starts"
    )
    assert closures == [
        (None, f"{holiday}T00:00", f"{holiday + timedelta(days=1)}T00:00", "Fair"),
        (1, f"{off}T00:00", f"{off + timedelta(days=1)}T00:00", ""),
    ]


def test_what_came_in_can_be_exported_and_applied(
    site: PluginSite, embedded: Target, tmp_path: Path
) -> None:
    site.add("appointease_blackout_dates", {"start_date": DAY, "end_date": DAY})
    embedded.bring(site)
    file = tmp_path / "exported.toml"
    file.write_text("\n".join(embedded.dibs("catalog", "export").said), encoding="utf-8")
    assert embedded.dibs("catalog", "apply", file).said == ["nothing to change"]


def test_the_past_comes_in_without_clashing(site: PluginSite, target: Target) -> None:
    site.appoint(1, PAST)
    site.appoint(2, PAST)
    site.appoint(3, PAST, status="cancelled")
    site.appoint(4, PAST, status="no-show")
    said = target.bring(site)
    assert "appointments: 4 new (1 cancelled, 2 completed, 1 no_show)" in said
    assert target.sql("SELECT count(*) FROM allocations") == [(0,)]


def test_times_are_the_sites(site: PluginSite, embedded: Target) -> None:
    site.options(timezone_string="", gmt_offset="-3")
    site.appoint(1, on("10:00"))
    said = embedded.bring(site)
    assert said[0] == "times are those of Etc/GMT+3"
    assert any("offset -3 h" in line for line in said)
    [(starts,)] = embedded.sql("SELECT starts_at FROM bookings")
    assert datetime.fromtimestamp(starts / 1_000_000, ZoneInfo("UTC")).hour == 13


def test_a_zone_given_overrules_wordpress(site: PluginSite, embedded: Target) -> None:
    site.options(timezone_string="", gmt_offset="5.5")
    refused = embedded.dibs("import", "appointease", site.url)
    assert refused.code == 1
    assert "--zone" in refused.complained[0]
    assert embedded.bring(site, "--zone", "Asia/Kolkata")[0] == "times are those of Asia/Kolkata"
    assert embedded.sql("SELECT zone FROM business") == [("Asia/Kolkata",)]


# --- dry runs, and running twice


def test_a_dry_run_says_the_same_and_changes_nothing(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("10:00"))
    target.dibs("migrate")
    before = target.everything()
    dry = target.bring(site, "--dry-run")
    assert dry[-1] == "nothing was changed: this was a dry run"
    assert target.everything() == before
    assert target.bring(site)[:-1] == dry[:-1]


def test_twice_is_once(site: PluginSite, target: Target) -> None:
    site.add("appointease_blackout_dates", {"start_date": DAY, "end_date": DAY})
    site.add("appointease_timeoff", {"staff_id": 1, "start_date": DAY, "end_date": DAY})
    site.appoint(1, on("10:00"))
    site.appoint(2, on("10:00"))
    site.appoint(3, PAST)
    target.bring(site)
    before = target.everything()
    again = target.bring(site)
    after = target.everything()
    assert "appointments: 0 new, 2 brought in before" in again
    assert "conflicts to settle: 1" in again
    # The conflict was tried again: its board is only counted on, so that it is looked at.
    assert after.pop("boards") != before.pop("boards")
    assert after == before


def test_an_import_that_fails_at_its_end_leaves_nothing(
    site: PluginSite, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.appoint(1, on("10:00"))
    target.dibs("migrate")
    before = target.everything()

    async def breaks(*_: object) -> None:
        raise CannotStart("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(imported, "keep_conflicts", breaks)
        outcome = target.dibs("import", "appointease", site.url)
    assert (outcome.code, outcome.complained) == (1, ["dibs: the power went"])
    assert target.everything() == before
    assert "appointments: 1 new (1 confirmed)" in target.bring(site)


def test_a_later_run_brings_what_is_new_and_leaves_what_was_changed_here(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    target.bring(site)
    [(reference,)] = target.sql("SELECT reference FROM bookings")
    assert target.dibs("cancel", reference).code == 0
    site.appoint(2, on("11:00"), service_id=5)
    site.add("appointease_services", {"id": 5, "name": "Wash", "duration": 20, "price": "9.00"})
    said = target.bring(site)
    assert "services: 1 new, 2 brought in before" in said
    assert "appointments: 1 new (1 confirmed), 1 brought in before" in said
    assert target.sql("SELECT id, status FROM bookings ORDER BY id") == [
        (1, "cancelled"),
        (2, "confirmed"),
    ]


def test_a_copy_of_the_site_elsewhere_is_the_same_site(
    mariadb: MariaDb, site: PluginSite, embedded: Target
) -> None:
    embedded.bring(site)
    copy = PluginSite(mariadb)
    copy.options(siteurl="http://studio.example/")
    said = embedded.bring(copy)
    assert "services: 0 new, 2 brought in before" in said


def test_what_the_owner_has_set_up_already_is_taken_as_it_is(
    site: PluginSite, embedded: Target, tmp_path: Path
) -> None:
    file = tmp_path / "catalog.toml"
    file.write_text(
        """
        [business]
        name = "Mine"
        timezone = "America/Lima"
        [[services]]
        id = 1
        name = "cut"
        duration = 45
        resources = [2]
        [[services]]
        id = 4
        name = "Something else"
        duration = 15
        resources = [2]
        [[resources]]
        id = 2
        name = "Bob Ray"
        """,
        encoding="utf-8",
    )
    assert embedded.dibs("catalog", "apply", file).code == 0
    said = embedded.bring(site)
    assert said[0] == "times are those of Europe/Berlin"
    assert embedded.sql("SELECT name, zone FROM business") == [("Mine", "America/Lima")]
    assert embedded.sql("SELECT id, name, duration FROM services ORDER BY id") == [
        (1, "cut", 45),
        (4, "Something else", 15),
        (5, "Colour", 90),
    ]
    assert embedded.sql("SELECT id, name, zone FROM resources ORDER BY id") == [
        (1, "Ann Lee", "Europe/Berlin"),
        (2, "Bob Ray", None),
        (3, "Cem Öz", "Europe/Berlin"),
    ]


def test_numbers_that_are_taken_give_way_to_new_ones(
    mariadb: MariaDb, site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    target.bring(site)
    other = PluginSite(mariadb, prefix="shop_")
    other.options(siteurl="https://other.example")
    other.appoint(2, on("12:00"))
    other.appoint(3, on("13:00"))
    said = target.bring(other)
    assert "appointments: 2 new (2 confirmed)" in said
    numbers = target.sql(
        "SELECT source_id, imported_id FROM imported"
        " WHERE kind = 'appointment' AND source LIKE '%other%' ORDER BY source_id"
    )
    assert numbers == [("2", 4), ("3", 3)]


# --- what changes in the plugin after it came in


def test_what_the_plugin_changed_since_is_a_conflict(site: PluginSite, target: Target) -> None:
    for number, clock in enumerate(("10:00", "11:00", "12:00", "13:00", "14:00", "15:00"), 1):
        site.appoint(number, on(clock))
    target.bring(site)
    bookings = target.sql("SELECT * FROM bookings ORDER BY id")
    site.change(1, appointment_date=on("16:30"), status="rescheduled")
    site.change(2, status="cancelled")
    site.run("DELETE FROM wp_appointments WHERE id = 3")
    site.change(4, employee_id=2, service_id=4)
    site.change(5, phone="555 0202", notes="Late")
    site.change(6, status="approved", notes="Late")
    dry = target.bring(site, "--dry-run")
    said = target.bring(site)
    assert said[:-1] == dry[:-1]
    assert "appointments: 0 new, 6 brought in before, 5 changed in the plugin since" in said
    changes = {
        "1": f"moved to {DAY} 16:30 in the plugin since it was brought in",
        "2": "cancelled in the plugin since it was brought in",
        "3": "gone from the plugin since it was brought in",
        "4": "given service 4 and given employee 2 in the plugin since it was brought in",
        "5": "given another name, e-mail address or phone in the plugin since it was brought in",
    }
    assert {f"  appointment {key}: {reason}" for key, reason in changes.items()} == {
        line for line in said if line.startswith("  ")
    }
    references = dict(target.sql("SELECT id, reference FROM bookings"))
    assert {row["source_id"]: (row["reason"], row["in_the_way"]) for row in _conflicts(target)} == {
        key: (reason, references[int(key)]) for key, reason in changes.items()
    }
    kept = {row["source_id"]: row["row"] for row in _conflicts(target)}
    assert kept["2"]["email"] == "dee@example.com"
    assert kept["3"]["starts"] == f"{DAY} 12:00"
    assert target.sql("SELECT * FROM bookings ORDER BY id") == bookings


def test_a_change_seen_twice_is_one_conflict(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    target.bring(site)
    site.change(1, appointment_date=on("16:30"))
    site.run("DELETE FROM wp_appointments WHERE id = 2")
    first = target.bring(site)
    before = target.everything()
    assert target.bring(site) == first
    assert target.everything() == before


def test_a_change_taken_back_is_no_conflict_any_more(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    target.bring(site)
    before = target.everything()
    site.change(1, appointment_date=on("16:30"))
    assert "conflicts to settle: 1" in target.bring(site)
    site.change(1, appointment_date=on("10:00"))
    assert "conflicts to settle: 0" in target.bring(site)
    assert target.everything() == before


def test_a_row_that_means_nothing_any_more_names_its_booking(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    target.bring(site)
    site.change(1, status="trash")
    said = target.bring(site)
    assert "appointments: 0 new, 1 brought in before, 1 changed in the plugin since" in said
    [(reference,)] = target.sql("SELECT reference FROM bookings")
    [conflict] = _conflicts(target)
    assert (conflict["reason"], conflict["in_the_way"]) == ("its status is 'trash'", reference)


def test_what_is_settled_stays_so_until_the_plugin_changes_it_again(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    site.appoint(3, on("11:00"))
    target.bring(site)
    site.change(1, appointment_date=on("16:30"))
    site.run("DELETE FROM wp_appointments WHERE id = 2")
    target.bring(site)
    for conflict in _conflicts(target):
        target.dibs("conflicts", "resolve", conflict["id"])
    assert "conflicts to settle: 0" in target.bring(site)
    site.change(1, appointment_date=on("10:00"))
    site.change(3, status="cancelled")
    site.appoint(2, on("11:00"))
    assert "conflicts to settle: 3" in target.bring(site)
    assert {row["source_id"]: row["reason"] for row in _conflicts(target)} == {
        "1": f"moved to {DAY} 10:00 in the plugin since it was settled",
        "2": "confirmed in the plugin since it was settled",
        "3": "cancelled in the plugin since it was settled",
    }


def test_what_is_cancelled_on_both_sides_is_no_conflict(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    target.bring(site)
    for (reference,) in target.sql("SELECT reference FROM bookings"):
        assert target.dibs("cancel", reference).code == 0
    site.change(1, status="cancelled")
    site.run("DELETE FROM wp_appointments WHERE id = 2")
    assert "conflicts to settle: 0" in target.bring(site)
    site.change(1, status="confirmed")
    said = target.bring(site)
    assert "  appointment 1: confirmed in the plugin since it was brought in" in said
    assert "conflicts to settle: 1" in said


def test_what_came_in_before_changes_were_looked_for_is_compared_from_now_on(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    target.bring(site)
    target.sql("UPDATE imported SET meaning = NULL")
    site.change(1, appointment_date=on("16:00"))
    note = "note: 1 appointments were not looked at for changes in the plugin before today"
    assert note in target.bring(site)
    site.change(1, appointment_date=on("16:30"))
    said = target.bring(site)
    assert note not in said
    assert "conflicts to settle: 1" in said


def test_a_new_database_still_knows_what_came_in(
    site: PluginSite, embedded: Target, tmp_path: Path
) -> None:
    site.appoint(1, on("10:00"))
    embedded.bring(site)
    file, folder = tmp_path / "all.gz", tmp_path / "other"
    assert embedded.dibs("export", file).code == 0
    moved = Target({"data": folder}, folder / "dibs.db")
    assert moved.dibs("import", "archive", file).code == 0
    site.change(1, appointment_date=on("16:30"))
    reason = f"moved to {DAY} 16:30 in the plugin since it was brought in"
    assert f"  appointment 1: {reason}" in moved.bring(site)


# --- what can't come in


def test_overlaps_become_conflicts_and_the_first_to_book_has_the_time(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"), created_at="2026-01-02 09:00:00")
    site.appoint(2, on("10:00"), created_at="2026-01-01 09:00:00", name="Fay First")
    site.appoint(3, on("09:00"), service_id=4, created_at="2026-01-03 09:00:00")
    site.appoint(4, on("10:00"), employee_id=2)
    said = target.bring(site)
    assert "appointments: 2 new (2 confirmed)" in said
    assert "conflicts to settle: 2" in said
    assert f"  appointment 1: {DAY} 10:00 is taken by booking 2" in said
    assert f"  appointment 3: {DAY} 09:00 is taken by booking 2" in said
    assert said[-1] == "see dibs conflicts, which keeps the whole rows"
    [(reference,)] = target.sql("SELECT reference FROM bookings WHERE customer_name = 'Fay First'")
    listed = target.dibs("conflicts").said
    assert len(listed) == 2
    assert all(line.endswith(f"({reference})") for line in listed)
    kept = json.loads("\n".join(target.dibs("conflicts", "--json").said))
    assert {row["source_id"]: row["row"]["email"] for row in kept} == {
        "1": "dee@example.com",
        "3": "dee@example.com",
    }


def test_a_conflict_is_tried_again_until_it_is_settled(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("10:00"))
    site.appoint(3, on("10:00"))
    target.bring(site)
    conflicts = {row["source_id"]: row["id"] for row in _conflicts(target)}
    settled = target.dibs("conflicts", "resolve", conflicts["2"])
    assert settled.said == [f"conflict {conflicts['2']} is settled"]
    again = target.dibs("conflicts", "resolve", conflicts["2"])
    assert (again.code, len(again.complained)) == (1, 1)
    [(reference,)] = target.sql("SELECT reference FROM bookings")
    assert target.dibs("cancel", reference).code == 0
    said = target.bring(site)
    assert "appointments: 1 new (1 confirmed), 1 brought in before" in said
    assert "conflicts to settle: 0" in said
    assert target.dibs("conflicts").said == []
    assert target.sql("SELECT id, status FROM bookings ORDER BY id") == [
        (1, "cancelled"),
        (3, "confirmed"),
    ]


def _conflicts(target: Target) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads("\n".join(target.dibs("conflicts", "--json").said))
    return rows


def test_a_class_takes_as_many_as_it_has_seats(site: PluginSite, embedded: Target) -> None:
    site.add("appointease_services", {"id": 6, "name": "Class", "duration": 60, "capacity": 2})
    for number in (1, 2, 3):
        site.appoint(number, on("10:00"), service_id=6)
    said = embedded.bring(site)
    assert "appointments: 2 new (2 confirmed)" in said
    assert "conflicts to settle: 1" in said


def test_bad_rows_are_reported_and_kept_and_the_rest_comes_in(
    site: PluginSite, target: Target
) -> None:
    site.add("appointease_services", {"id": 8, "name": "Nothing", "duration": 0})
    site.add("appointease_staff", {"id": 8, "name": " ", "working_hours": "{"})
    site.add("appointease_blackout_dates", {"start_date": "0000-00-00", "end_date": DAY})
    site.appoint(1, None)
    site.appoint(2, "0000-00-00 00:00:00")
    site.appoint(3, on("10:00"), employee_id=77)
    site.appoint(4, on("10:00"), service_id=None)
    site.appoint(5, on("10:00"), status="trash")
    site.appoint(6, on("10:00"), service_id=8)
    site.appoint(7, "2026-00-31 10:00:00")
    site.appoint(10, on("10:00"), name="", email=None, phone=None)
    said = target.bring(site)
    assert {
        "  service 8: its duration is 0",
        "  staff 8: it has no name",
        "  closure 1: its start_date is '0000-00-00'",
        "  appointment 1: it has no date",
        "  appointment 2: its date is '0000-00-00 00:00:00'",
        "  appointment 3: there is no employee 77",
        "  appointment 4: it has no service",
        "  appointment 5: its status is 'trash'",
        "  appointment 6: there is no service 8",
        "  appointment 7: its date is '2026-00-31 10:00:00'",
    } == {line for line in said if line.startswith("  ")}
    assert "conflicts to settle: 10" in said
    assert "note: 1 appointments have no e-mail address that can be written to" in said
    assert target.sql("SELECT id, customer_name FROM bookings") == [(10, "(no name)")]
    assert len(_conflicts(target)) == 10


def test_odd_texts_become_readable(mariadb: MariaDb, site: PluginSite, target: Target) -> None:
    site.run(
        "ALTER TABLE wp_appointments CONVERT TO CHARACTER SET latin1",
        "ALTER TABLE wp_appointease_staff MODIFY name varbinary(255)",
    )
    site.appoint(1, on("10:00"), name="J\u00fcrgen \u20ac")
    site.appoint(2, on("11:00"), name="M\u00c3\u00bcller &amp; S\u00c3\u00b6hne")
    site.run("UPDATE wp_appointease_staff SET name = 0x46E96C6978 WHERE id = 2")
    target.bring(site)
    names = target.sql("SELECT customer_name FROM bookings ORDER BY id")
    assert names == [("Jürgen €",), ("Müller & Söhne",)]
    assert target.sql("SELECT name FROM resources WHERE id = 2") == [("Félix",)]


def test_garbled_hours_and_settings_are_said_and_replaced(
    site: PluginSite, embedded: Target
) -> None:
    site.options(appointease_options="a:1:{broken")
    site.run(
        'UPDATE wp_appointease_staff SET working_hours = \'{"mon": ["9", "25:00"]}\' WHERE id = 1'
    )
    said = embedded.bring(site)
    assert any(line.startswith("note: appointease_options can't be read") for line in said)
    assert any(line.startswith("note: staff 1 Ann Lee: '9' is no time of day") for line in said)
    assert (1, 1, 540, 1020) in embedded.sql("SELECT * FROM schedules")


# --- other tables, other sites


def test_tables_are_found_by_their_other_names(site: PluginSite, embedded: Target) -> None:
    site.appoint(1, on("10:00"))
    site.run(
        "RENAME TABLE wp_appointments TO wp_appointease_appointments",
        "RENAME TABLE wp_appointease_services TO wp_services",
        "RENAME TABLE wp_appointease_staff TO wp_staff",
        "DROP TABLE wp_appointease_availability, wp_appointease_categories, wp_appointease_timeoff,"
        " wp_appointease_blackout_dates, wp_appointease_customers, wp_options",
    )
    said = embedded.bring(site)
    assert "appointments: 1 new (1 confirmed)" in said


def test_one_of_several_sites_is_named_by_its_prefix(
    mariadb: MariaDb, site: PluginSite, embedded: Target
) -> None:
    site.run(
        "CREATE TABLE wp_2_appointments LIKE wp_appointments",
        "CREATE TABLE wp_2_appointease_services LIKE wp_appointease_services",
        "CREATE TABLE wp_2_appointease_staff LIKE wp_appointease_staff",
    )
    refused = embedded.dibs("import", "appointease", site.url)
    assert (refused.code, len(refused.complained)) == (1, 1)
    assert "--prefix wp_ or wp_2_" in refused.complained[0]
    assert "services: 0 new" in embedded.bring(site, "--prefix", "wp_2_")
    assert "services: 2 new" in embedded.bring(f"{site.url}?prefix=wp_")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://a@b/c", "mysql://user:password@host/database"),
        ("mysql://user@host", "mysql://user:password@host/database"),
        ("mysql://user@host:port/site", "no URL like"),
        ("{url}?charset=utf8", "not charset"),
        ("{url}_gone", "can't be read"),
        ("{wrong}", "Access denied"),
        ("mysql://dibs@127.0.0.1:1/site", "Can't connect"),
        ("{empty}", "has no tables of AppointEase"),
        ("{url}?prefix=other_", "has no table other_"),
    ],
)
def test_what_can_not_be_read_is_said_in_a_line(
    mariadb: MariaDb, site: PluginSite, embedded: Target, url: str, said: str
) -> None:
    empty = mariadb.url(mariadb.new_database())
    wrong = site.url.replace("p%40ss", "wrong")
    outcome = embedded.dibs(
        "import", "appointease", url.format(url=site.url, wrong=wrong, empty=empty)
    )
    assert (outcome.code, len(outcome.complained)) == (1, 1)
    assert said in outcome.complained[0]
    assert "ss/word" not in outcome.complained[0]


def test_the_password_may_come_from_the_environment(
    site: PluginSite, embedded: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYSQL_PWD", "p@ss/word")
    assert "services: 2 new" in embedded.bring(site.url.replace(":p%40ss%2Fword@", "@"))
