"""What `dibs import appointease` makes of each kind of row of the plugin."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.appointease import API, BOOKING_API, PluginClient
from tests.support.days import working_day
from tests.support.plugin import BERLIN, DAY, PAST, PluginSite, Target, on
from tests.support.server import Server


def test_clients_of_the_plugin_find_what_they_knew(
    site: PluginSite, target: Target, serve: Callable[[Target], Server]
) -> None:
    site.appoint(7, on("10:00"), total_amount="19.90", name="Zo&euml; O&#039;Hara")
    site.appoint(9, on("14:00"), service_id=4, employee_id=2, status="cancelled")
    said = target.run_import(site)
    assert said[0] == "times are those of Europe/Berlin"
    assert "services: 2 new" in said
    assert "staff: 3 new" in said
    assert "appointments: 2 new (1 cancelled, 1 confirmed)" in said
    assert "conflicts to settle: 0" in said
    server = serve(target)
    client = PluginClient(server.url, "c1", DAY)
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
    target.run_import(site)
    [row] = target.sql(
        "SELECT customer_name, customer_email, customer_phone, price, status FROM bookings"
        " WHERE id = 7"
    )
    assert row == ("Zoë O'Hara", "dee@example.com", "555 0101", "19.90", "confirmed")
    # 08:07 on 1 January in the site's time zone: the reference APT-2026-000007 depends on this
    # year.
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
    said = embedded.run_import(site)
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
    embedded.run_import(site)
    file = tmp_path / "exported.toml"
    file.write_text("\n".join(embedded.dibs("catalog", "export").said), encoding="utf-8")
    assert embedded.dibs("catalog", "apply", file).said == ["nothing to change"]


def test_the_past_comes_in_without_clashing(site: PluginSite, target: Target) -> None:
    site.appoint(1, PAST)
    site.appoint(2, PAST)
    site.appoint(3, PAST, status="cancelled")
    site.appoint(4, PAST, status="no-show")
    said = target.run_import(site)
    assert "appointments: 4 new (1 cancelled, 2 completed, 1 no_show)" in said
    assert target.sql("SELECT count(*) FROM allocations") == [(0,)]


@pytest.mark.parametrize("status", ["confirmed", "created", "Pending", None])
def test_what_takes_its_time_in_the_plugin_takes_it_here(
    site: PluginSite, embedded: Target, status: str | None
) -> None:
    site.appoint(1, on("10:00"), status=status)
    assert "appointments: 1 new (1 confirmed)" in embedded.run_import(site)


def test_times_are_the_sites(site: PluginSite, embedded: Target) -> None:
    site.options(timezone_string="", gmt_offset="-3")
    site.appoint(1, on("10:00"))
    said = embedded.run_import(site)
    assert said[0] == "times are those of Etc/GMT+3"
    assert any("offset -3 h" in line for line in said)
    [(starts,)] = embedded.sql("SELECT starts_at FROM bookings")
    assert datetime.fromtimestamp(starts / 1_000_000, ZoneInfo("UTC")).hour == 13


def test_a_zone_given_overrules_wordpress(site: PluginSite, embedded: Target) -> None:
    site.options(timezone_string="", gmt_offset="5.5")
    refused = embedded.dibs("import", "appointease", site.url)
    assert refused.code == 1
    assert "--zone" in refused.complained[0]
    assert (
        embedded.run_import(site, "--zone", "Asia/Kolkata")[0] == "times are those of Asia/Kolkata"
    )
    assert embedded.sql("SELECT time_zone FROM business") == [("Asia/Kolkata",)]
