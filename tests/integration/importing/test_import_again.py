"""`dibs import appointease` as a dry run, and more than once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dibs.errors import CannotStart
from dibs.ledger import imported
from tests.support.mariadb import MariaDb
from tests.support.plugin import DAY, PAST, PluginSite, Target, on


def test_a_dry_run_says_the_same_and_changes_nothing(site: PluginSite, target: Target) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("10:00"))
    target.dibs("migrate")
    before = target.dump_tables()
    dry = target.run_import(site, "--dry-run")
    assert dry[-1] == "nothing was changed: this was a dry run"
    assert target.dump_tables() == before
    assert target.run_import(site)[:-1] == dry[:-1]


@pytest.mark.parametrize("named", ["by the folder", "by the file"])
def test_a_dry_run_leaves_no_database_where_there_was_none(
    site: PluginSite, tmp_path: Path, named: str
) -> None:
    data = tmp_path / "data"
    file = data / "dibs.db"
    by_file = {"database_url": f"sqlite:///{file}"}
    target = Target({"data": data} if named == "by the folder" else by_file, file)
    if named == "by the file":
        data.mkdir()
    before = sorted(tmp_path.rglob("*"))
    site.appoint(1, on("10:00"))
    dry = target.run_import(site, "--dry-run")
    assert sorted(tmp_path.rglob("*")) == before
    assert target.run_import(site) == dry[:-1]


def test_twice_is_once(site: PluginSite, target: Target) -> None:
    site.add("appointease_blackout_dates", {"start_date": DAY, "end_date": DAY})
    site.add("appointease_timeoff", {"staff_id": 1, "start_date": DAY, "end_date": DAY})
    site.appoint(1, on("10:00"))
    site.appoint(2, on("10:00"))
    site.appoint(3, PAST)
    target.run_import(site)
    before = target.dump_tables()
    again = target.run_import(site)
    after = target.dump_tables()
    assert "appointments: 0 new, 2 brought in before" in again
    assert "conflicts to settle: 1" in again
    # The conflict was tried again. Only the version of its board has risen, so that viewers read it
    # again.
    assert after.pop("boards") != before.pop("boards")
    assert after == before


def test_an_import_that_fails_at_its_end_leaves_nothing(
    site: PluginSite, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.appoint(1, on("10:00"))
    target.dibs("migrate")
    before = target.dump_tables()

    def breaks(*_: object) -> None:
        raise CannotStart("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(imported, "keep_conflicts", breaks)
        outcome = target.dibs("import", "appointease", site.url)
    assert (outcome.code, outcome.complained) == (1, ["dibs: the power went"])
    assert target.dump_tables() == before
    assert "appointments: 1 new (1 confirmed)" in target.run_import(site)


def test_a_later_run_brings_what_is_new_and_leaves_what_was_changed_here(
    site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    target.run_import(site)
    [(reference,)] = target.sql("SELECT reference FROM bookings")
    assert target.dibs("cancel", reference).code == 0
    site.appoint(2, on("11:00"), service_id=5)
    site.add("appointease_services", {"id": 5, "name": "Wash", "duration": 20, "price": "9.00"})
    said = target.run_import(site)
    assert "services: 1 new, 2 brought in before" in said
    assert "appointments: 1 new (1 confirmed), 1 brought in before" in said
    assert target.sql("SELECT id, status FROM bookings ORDER BY id") == [
        (1, "cancelled"),
        (2, "confirmed"),
    ]


def test_a_copy_of_the_site_elsewhere_is_the_same_site(
    mariadb: MariaDb, site: PluginSite, embedded: Target
) -> None:
    embedded.run_import(site)
    copy = PluginSite(mariadb)
    copy.options(siteurl="http://studio.example/")
    said = embedded.run_import(copy)
    assert "services: 0 new, 2 brought in before" in said


def test_a_site_whose_address_changes_is_the_same_site(site: PluginSite, target: Target) -> None:
    site.add("appointease_blackout_dates", {"start_date": DAY, "end_date": DAY})
    for number, clock in enumerate(("10:00", "11:00", "12:00", "12:00"), 1):
        site.appoint(number, on(clock))
    target.run_import(site)
    site.options(siteurl="https://www.studio.example")
    site.change(1, appointment_date=on("14:00"))
    site.appoint(5, on("15:00"))
    said = target.run_import(site)
    assert "closures of the business: 0 new, 1 brought in before" in said
    came = "1 new (1 confirmed), 3 brought in before, 1 changed in the plugin since"
    assert f"appointments: {came}" in said
    assert [row["source_id"] for row in target.conflicts] == ["4", "1"]
    sources = "“appointease www.studio.example wp_”", "“appointease studio.example wp_”"
    assert f"note: {sources[0]} was brought in before as {sources[1]}" in said
    before = target.dump_tables()
    target.run_import(site)
    after = target.dump_tables()
    assert after.pop("boards") != before.pop("boards")
    assert after == before


@pytest.mark.parametrize(
    ("prefix", "starts", "email", "conflicts"),
    [
        ("shop_", "10:00", "dee@example.com", 2),
        ("wp_", "11:00", "dee@example.com", 1),
        ("wp_", "10:00", "fay@example.com", 2),
    ],
    ids=["other tables", "other times", "other people"],
)
def test_two_sites_stay_two(
    mariadb: MariaDb,
    site: PluginSite,
    target: Target,
    prefix: str,
    starts: str,
    email: str,
    conflicts: int,
) -> None:
    """They stay separate even if one of the appointments is the same at both sites."""
    site.appoint(1, on("10:00"))
    site.appoint(2, on("12:00"))
    target.run_import(site)
    second = PluginSite(mariadb, prefix=prefix)
    second.options(siteurl="https://other.example")
    second.appoint(1, on(starts), email=email)
    second.appoint(2, on("12:00"))
    assert f"conflicts to settle: {conflicts}" in target.run_import(second)
    assert all("is taken by booking" in row["reason"] for row in target.conflicts)
    assert target.sql("SELECT count(DISTINCT source) FROM imported") == [(2,)]
    assert "appointments: 0 new, 2 brought in before" in target.run_import(site)


def test_what_the_owner_has_set_up_already_is_taken_as_it_is(
    site: PluginSite, embedded: Target, tmp_path: Path
) -> None:
    file = tmp_path / "catalog.toml"
    file.write_text(
        """
        [business]
        name = "Mine"
        time_zone = "America/Lima"
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
    said = embedded.run_import(site)
    assert said[0] == "times are those of Europe/Berlin"
    assert embedded.sql("SELECT name, time_zone FROM business") == [("Mine", "America/Lima")]
    assert embedded.sql("SELECT id, name, duration FROM services ORDER BY id") == [
        (1, "cut", 45),
        (4, "Something else", 15),
        (5, "Colour", 90),
    ]
    assert embedded.sql("SELECT id, name, time_zone FROM resources ORDER BY id") == [
        (1, "Ann Lee", "Europe/Berlin"),
        (2, "Bob Ray", None),
        (3, "Cem Öz", "Europe/Berlin"),
    ]


def test_numbers_that_are_taken_give_way_to_new_ones(
    mariadb: MariaDb, site: PluginSite, target: Target
) -> None:
    site.appoint(1, on("10:00"))
    site.appoint(2, on("11:00"))
    target.run_import(site)
    other = PluginSite(mariadb, prefix="shop_")
    other.options(siteurl="https://other.example")
    other.appoint(2, on("12:00"))
    other.appoint(3, on("13:00"))
    said = target.run_import(other)
    assert "appointments: 2 new (2 confirmed)" in said
    numbers = target.sql(
        "SELECT source_id, imported_id FROM imported"
        " WHERE kind = 'appointment' AND source LIKE '%other%' ORDER BY source_id"
    )
    assert numbers == [("2", 4), ("3", 3)]
