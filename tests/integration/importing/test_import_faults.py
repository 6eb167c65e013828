"""Rows of the plugin that can't be imported, and odd rows that can."""

from __future__ import annotations

from tests.support.mariadb import MariaDb
from tests.support.plugin import DAY, PluginSite, Target, on


def test_overlaps_become_conflicts_and_the_first_to_book_has_the_time(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"), created_at="2026-01-02 09:00:00")
    site.appoint(2, on("10:00"), created_at="2026-01-01 09:00:00", name="Fay First")
    site.appoint(3, on("09:00"), service_id=4, created_at="2026-01-03 09:00:00")
    site.appoint(4, on("10:00"), employee_id=2)
    said = target.run_import(site)
    assert "appointments: 2 new (2 confirmed)" in said
    assert "conflicts to settle: 2" in said
    assert f"  appointment 1: {DAY} 10:00 is taken by booking 2" in said
    assert f"  appointment 3: {DAY} 09:00 is taken by booking 2" in said
    assert said[-1] == "see dibs conflicts, which keeps the whole rows"
    [(reference,)] = target.sql("SELECT reference FROM bookings WHERE customer_name = 'Fay First'")
    listed = target.dibs("conflicts").said
    assert len(listed) == 2
    assert all(line.endswith(f"({reference})") for line in listed)
    kept = target.conflicts
    assert {row["source_id"]: row["row"]["email"] for row in kept} == {
        "1": "dee@example.com",
        "3": "dee@example.com",
    }


def test_a_conflict_is_tried_again_until_it_is_settled(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("10:00"))
    site.appoint(3, on("10:00"))
    target.run_import(site)
    conflicts = {row["source_id"]: row["id"] for row in target.conflicts}
    settled = target.dibs("conflicts", "resolve", conflicts["2"])
    assert settled.said == [f"conflict {conflicts['2']} is settled"]
    again = target.dibs("conflicts", "resolve", conflicts["2"])
    assert (again.code, len(again.complained)) == (1, 1)
    [(reference,)] = target.sql("SELECT reference FROM bookings")
    assert target.dibs("cancel", reference).code == 0
    said = target.run_import(site)
    assert "appointments: 1 new (1 confirmed), 1 brought in before" in said
    assert "conflicts to settle: 0" in said
    assert target.dibs("conflicts").said == []
    assert target.sql("SELECT id, status FROM bookings ORDER BY id") == [
        (1, "cancelled"),
        (3, "confirmed"),
    ]


def test_a_class_takes_as_many_as_it_has_seats(site: PluginSite, embedded: Target) -> None:
    site.add("appointease_services", {"id": 6, "name": "Class", "duration": 60, "capacity": 2})
    for number in (1, 2, 3):
        site.appoint(number, on("10:00"), service_id=6)
    said = embedded.run_import(site)
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
    said = target.run_import(site)
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
    assert len(target.conflicts) == 10


def test_odd_texts_become_readable(mariadb: MariaDb, site: PluginSite, target: Target) -> None:
    site.run(
        "ALTER TABLE wp_appointments CONVERT TO CHARACTER SET latin1",
        "ALTER TABLE wp_appointease_staff MODIFY name varbinary(255)",
    )
    site.appoint(1, on("10:00"), name="J\u00fcrgen \u20ac")
    site.appoint(2, on("11:00"), name="M\u00c3\u00bcller &amp; S\u00c3\u00b6hne")
    site.run("UPDATE wp_appointease_staff SET name = 0x46E96C6978 WHERE id = 2")
    target.run_import(site)
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
    said = embedded.run_import(site)
    assert any(line.startswith("note: appointease_options can't be read") for line in said)
    assert any(line.startswith("note: staff 1 Ann Lee: '9' is no time of day") for line in said)
    assert (1, 1, 540, 1020) in embedded.sql("SELECT * FROM schedules")
