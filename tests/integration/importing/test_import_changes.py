"""Changes that the plugin makes after the first import."""

from __future__ import annotations

from pathlib import Path

from tests.support.plugin import DAY, PluginSite, Target, on


def test_what_the_plugin_changed_since_is_a_conflict(site: PluginSite, target: Target) -> None:
    for number, clock in enumerate(("10:00", "11:00", "12:00", "13:00", "14:00", "15:00"), 1):
        site.appoint(number, on(clock))
    target.run_import(site)
    bookings = target.sql("SELECT * FROM bookings ORDER BY id")
    site.change(1, appointment_date=on("16:30"), status="rescheduled")
    site.change(2, status="cancelled")
    site.run("DELETE FROM wp_appointments WHERE id = 3")
    site.change(4, employee_id=2, service_id=4)
    site.change(5, phone="555 0202", notes="Late")
    site.change(6, status="approved", notes="Late")
    dry = target.run_import(site, "--dry-run")
    said = target.run_import(site)
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
    assert {row["source_id"]: (row["reason"], row["in_the_way"]) for row in target.conflicts} == {
        key: (reason, references[int(key)]) for key, reason in changes.items()
    }
    kept = {row["source_id"]: row["row"] for row in target.conflicts}
    assert kept["2"]["email"] == "dee@example.com"
    assert kept["3"]["starts"] == f"{DAY} 12:00"
    assert target.sql("SELECT * FROM bookings ORDER BY id") == bookings


def test_a_change_seen_twice_is_one_conflict(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    target.run_import(site)
    site.change(1, appointment_date=on("16:30"))
    site.run("DELETE FROM wp_appointments WHERE id = 2")
    first = target.run_import(site)
    before = target.dump_tables()
    assert target.run_import(site) == first
    assert target.dump_tables() == before


def test_a_change_taken_back_is_no_conflict_any_more(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    target.run_import(site)
    before = target.dump_tables()
    site.change(1, appointment_date=on("16:30"))
    assert "conflicts to settle: 1" in target.run_import(site)
    site.change(1, appointment_date=on("10:00"))
    assert "conflicts to settle: 0" in target.run_import(site)
    assert target.dump_tables() == before


def test_a_row_that_means_nothing_any_more_names_its_booking(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    target.run_import(site)
    site.change(1, status="trash")
    said = target.run_import(site)
    assert "appointments: 0 new, 1 brought in before, 1 changed in the plugin since" in said
    [(reference,)] = target.sql("SELECT reference FROM bookings")
    [conflict] = target.conflicts
    assert (conflict["reason"], conflict["in_the_way"]) == ("its status is 'trash'", reference)


def test_what_is_settled_stays_so_until_the_plugin_changes_it_again(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    site.appoint(3, on("11:00"))
    target.run_import(site)
    site.change(1, appointment_date=on("16:30"))
    site.run("DELETE FROM wp_appointments WHERE id = 2")
    target.run_import(site)
    for conflict in target.conflicts:
        target.dibs("conflicts", "resolve", conflict["id"])
    assert "conflicts to settle: 0" in target.run_import(site)
    site.change(1, appointment_date=on("10:00"))
    site.change(3, status="cancelled")
    site.appoint(2, on("11:00"))
    assert "conflicts to settle: 3" in target.run_import(site)
    assert {row["source_id"]: row["reason"] for row in target.conflicts} == {
        "1": f"moved to {DAY} 10:00 in the plugin since it was settled",
        "2": "confirmed in the plugin since it was settled",
        "3": "cancelled in the plugin since it was settled",
    }


def test_what_is_cancelled_on_both_sides_is_no_conflict(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    target.run_import(site)
    for (reference,) in target.sql("SELECT reference FROM bookings"):
        assert target.dibs("cancel", reference).code == 0
    site.change(1, status="cancelled")
    site.run("DELETE FROM wp_appointments WHERE id = 2")
    assert "conflicts to settle: 0" in target.run_import(site)
    site.change(1, status="confirmed")
    said = target.run_import(site)
    assert "  appointment 1: confirmed in the plugin since it was brought in" in said
    assert "conflicts to settle: 1" in said


def test_what_came_in_before_changes_were_looked_for_is_compared_from_now_on(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    target.run_import(site)
    target.sql("UPDATE imported SET meaning = NULL")
    site.change(1, appointment_date=on("16:00"))
    note = "note: 1 appointments were not looked at for changes in the plugin before today"
    assert note in target.run_import(site)
    site.change(1, appointment_date=on("16:30"))
    said = target.run_import(site)
    assert note not in said
    assert "conflicts to settle: 1" in said


def test_a_new_database_still_knows_what_came_in(
    site: PluginSite, embedded: Target, tmp_path: Path
) -> None:
    site.appoint(1, on("10:00"))
    embedded.run_import(site)
    file, folder = tmp_path / "all.gz", tmp_path / "other"
    assert embedded.dibs("export", file).code == 0
    moved = Target({"data": folder}, folder / "dibs.db")
    assert moved.dibs("import", "archive", file).code == 0
    site.change(1, appointment_date=on("16:30"))
    reason = f"moved to {DAY} 16:30 in the plugin since it was brought in"
    assert f"  appointment 1: {reason}" in moved.run_import(site)
