"""The tables of AppointEase in a MariaDB, as the plugin makes them, with rows to fill them, and a
Dibs into which they are imported."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.commands import Outcome, dibs
from tests.support.days import working_day
from tests.support.mariadb import MariaDb
from tests.support.plain_sql import connect

BERLIN = ZoneInfo("Europe/Berlin")
DAY = working_day()
PAST = datetime(2026, 2, 4, 10)

TABLES = {
    "appointease_availability": "staff_id mediumint(9), day_of_week tinyint(1), start_time time,"
    " end_time time, is_available tinyint(1) NULL DEFAULT 1, created_at datetime NULL",
    "appointease_blackout_dates": "start_date date, end_date date, reason varchar(255) NULL,"
    " created_at datetime NULL",
    "appointease_categories": "name varchar(255), description text NULL, color varchar(7) NULL,"
    " created_at datetime NULL",
    "appointease_customers": "name varchar(255), email varchar(100), phone varchar(20) NULL,"
    " notes text NULL, total_appointments int(11) NULL, created_at datetime NULL",
    "appointease_services": "name varchar(255), description text NULL, duration int(11),"
    " price decimal(10,2), category_id mediumint(9) NULL, capacity int(11) NULL,"
    " advance_booking_days int(11) NULL, created_at datetime NULL",
    "appointease_staff": "name varchar(255), email varchar(100), phone varchar(20) NULL,"
    " working_hours text NULL, created_at datetime NULL",
    "appointease_timeoff": "staff_id mediumint(9), start_date date, end_date date,"
    " reason varchar(255) NULL, created_at datetime NULL",
    "appointments": "name varchar(100), email varchar(100), phone varchar(20) NULL,"
    " appointment_date datetime, status varchar(20) NULL, service_id mediumint(9) NULL,"
    " employee_id mediumint(9) NULL, customer_id mediumint(9) NULL, notes text NULL,"
    " payment_status varchar(20) NULL, total_amount decimal(10,2) NULL,"
    " strong_id varchar(20) NULL UNIQUE, idempotency_key varchar(64) NULL UNIQUE,"
    " created_at datetime NULL, rescheduled_at datetime NULL, original_date datetime NULL",
}
#: Settings of the plugin: it is open on Saturdays, too, from ten to four, in half hours, twenty
#: days ahead.
OPTIONS = (
    'a:5:{s:12:"working_days";a:6:{i:0;s:1:"1";i:1;s:1:"2";i:2;s:1:"3";i:3;s:1:"4";i:4;s:1:"5";'
    'i:5;s:1:"6";}s:10:"start_time";s:5:"10:00";s:8:"end_time";s:5:"16:00";'
    's:13:"slot_duration";i:30;s:15:"advance_booking";i:20;}'
)
WEEK = '{"mon":["09:00","17:00"],"wed":["09:00","17:00"],"fri":["09:00","12:00"]}'


def on(clock: str, day: date = DAY) -> datetime:
    """Return a wall time of the site."""
    return datetime.combine(day, time.fromisoformat(clock))


class PluginSite:
    """The database of a WordPress with the plugin. It has two services and three employees."""

    def __init__(self, mariadb: MariaDb, prefix: str = "wp_") -> None:
        self.mariadb = mariadb
        self.prefix = prefix
        self.database = mariadb.new_database()
        self.url = mariadb.url(self.database)
        for name, columns in TABLES.items():
            self.run(
                f"CREATE TABLE {prefix}{name} (id mediumint(9) NOT NULL AUTO_INCREMENT, {columns},"
                " PRIMARY KEY (id))"
            )
        self.run(
            f"CREATE TABLE {prefix}options (option_id bigint AUTO_INCREMENT PRIMARY KEY,"
            " option_name varchar(191) UNIQUE, option_value longtext)"
        )
        self.options(
            siteurl="https://studio.example",
            blogname="Studio &amp; Co",
            timezone_string="Europe/Berlin",
            gmt_offset="",
            appointease_options=OPTIONS,
        )
        self.add(
            "appointease_services",
            {"id": 1, "name": "Cut", "description": "Short", "duration": 30, "price": "25.00"},
            {
                "id": 4,
                "name": "Colour",
                "duration": 90,
                "price": "80.50",
                "advance_booking_days": 9,
            },
        )
        self.add(
            "appointease_staff",
            {"id": 1, "name": "Ann Lee", "email": "ann@studio.example", "working_hours": WEEK},
            {"id": 2, "name": "Bob Ray", "email": "bob@studio.example"},
            {"id": 3, "name": "Cem Öz", "email": "cem@studio.example"},
        )
        self.add(
            "appointease_availability",
            *(
                {"staff_id": 3, "day_of_week": 3, "start_time": opens, "end_time": closes}
                for opens, closes in (("10:00", "12:00"), ("13:00", "16:00"))
            ),
            {
                "staff_id": 2,
                "day_of_week": 1,
                "start_time": "12:00",
                "end_time": "13:00",
                "is_available": 0,
            },
        )

    def run(self, *statements: str) -> None:
        self.mariadb.run(self.database, *statements)

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        self.mariadb.fill(self.database, self.prefix + table, list(rows))

    def options(self, **values: str) -> None:
        rows = [{"option_name": name, "option_value": value} for name, value in values.items()]
        self.run(
            *(f"DELETE FROM {self.prefix}options WHERE option_name = '{name}'" for name in values)
        )
        self.add("options", *rows)

    def appoint(self, number: int, starts: datetime | str | None, **more: Any) -> None:
        """An appointment of Dee with Ann for a cut, made on the first of January."""
        row = {
            "id": number,
            "name": "Dee Fox",
            "email": "dee@example.com",
            "phone": "555 0101",
            "appointment_date": starts,
            "status": "confirmed",
            "service_id": 1,
            "employee_id": 1,
            "strong_id": f"APT-2026-{number:06}",
            "created_at": datetime(2026, 1, 1, 8) + timedelta(minutes=number),
        }
        self.add("appointments", row | more)

    def change(self, number: int, **values: Any) -> None:
        assignments = ", ".join(f"{column} = '{value}'" for column, value in values.items())
        self.run(f"UPDATE {self.prefix}appointments SET {assignments} WHERE id = {number}")


@dataclass
class Target:
    """A Dibs without a business, into which the tables are imported."""

    settings: dict[str, Any]
    database: Path | str

    def dibs(self, *arguments: object) -> Outcome:
        return dibs(*arguments, **self.settings)

    def run_import(self, site: PluginSite | str, *more: object) -> list[str]:
        url = site if isinstance(site, str) else site.url
        outcome = self.dibs("import", "appointease", url, *more)
        assert outcome.code == 0, outcome.complained
        return outcome.said

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads("\n".join(self.dibs("conflicts", "--json").said))
        return rows

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with connect(self.database) as sql:
            return sql(statement, *values)

    def dump_tables(self) -> dict[str, list[tuple[Any, ...]]]:
        tables = ("business", "services", "resources", "schedules", "closures", "service_resources")
        more = ("bookings", "allocations", "boards", "audit", "imported", "import_conflicts")
        return {name: sorted(self.sql(f"SELECT * FROM {name}"), key=repr) for name in tables + more}
