"""The settings of the WordPress site and of the plugin: business, time zone and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dibs.appointease.importer import weeks
from dibs.appointease.importer.serialized import NotSerialized, unserialize
from dibs.appointease.importer.values import (
    MAX_MINUTES,
    MAX_NAME_LENGTH,
    Unreadable,
    clean_line,
    read_number,
)
from dibs.availability.wall import is_zone
from dibs.errors import CannotStart
from dibs.ledger.catalog import Business

if TYPE_CHECKING:
    from dibs.appointease.importer.mysql import Source
    from dibs.appointease.importer.weeks import Week

NO_CURRENCY = "EUR"


class SiteSettings:
    """The settings of the site. A setting that can't be read gets its default value, and a line in
    `notes` says so."""

    def __init__(self, source: Source, zone: str | None, notes: list[str]) -> None:
        """Read all settings. Raises CannotStart if the time zone is not clear."""
        self._source = source
        self._notes = notes
        self._options = self._read_options()
        self.business = self._business(zone)
        self.week = self._business_week()

    def _read_options(self) -> dict[str, Any]:
        text = self._source.options.get("appointease_options")
        if text is None:
            self._notes.append("the plugin was never configured: its own defaults are taken")
            return {}
        try:
            found = unserialize(text)
            if not isinstance(found, dict):
                raise NotSerialized(f"it is {found!r:.40}")
        except NotSerialized as fault:
            self._notes.append(f"appointease_options can't be read ({fault}): defaults are taken")
            return {}
        return found

    def _business(self, zone: str | None) -> Business:
        options = self._source.options
        return Business(
            name=clean_line(options.get("blogname"))[:MAX_NAME_LENGTH] or "Bookings",
            time_zone=self._zone(zone),
            currency=NO_CURRENCY,
            slot_interval=self.read_number("slot_duration", 60, most=MAX_MINUTES),
        )

    def _zone(self, given: str | None) -> str:
        options = self._source.options
        name = given or options.get("timezone_string", "")
        if name:
            if not is_zone(name):
                raise CannotStart(f"{name!r} is no IANA time zone: say --zone Europe/Berlin, say.")
            return name
        offset = options.get("gmt_offset", "").strip() or "0"
        try:
            hours = float(offset)
        except ValueError:
            hours = 0.5
        if hours not in range(-12, 15):
            raise CannotStart(
                f"WordPress knows only the offset {offset}: say --zone Asia/Kolkata, say."
            )
        if hours == 0:
            self._notes.append("WordPress has no time zone: UTC is taken; --zone overrules it")
            return "UTC"
        self._notes.append(
            f"WordPress knows only the offset {hours:+.0f} h, without summer time;"
            " --zone overrules it"
        )
        # In these names offsets to the west are positive.
        return f"Etc/GMT{-int(hours):+d}"

    def _business_week(self) -> Week:
        try:
            if self._options and not weeks.working_days(self._options):
                self._notes.append(
                    "business hours: no day is named; Monday to Friday are taken, as in the plugin"
                )
            return weeks.read_business_week(self._options)
        except Unreadable as fault:
            self._notes.append(f"business hours: {fault}; Monday to Friday 09:00-17:00 are taken")
            return weeks.read_business_week({})

    def read_number(self, name: str, default: int, *, most: int, least: int = 1) -> int:
        value = self._options.get(name)
        if value is None:
            return default
        try:
            return read_number(str(value), name, least=least, most=most)
        except Unreadable as fault:
            self._notes.append(f"settings: {fault}; {default} is taken")
            return default
