"""Turns weekly hours as the plugin writes them into weekly hours of Dibs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dibs.appointease.importer.values import Unreadable, read_minute
from dibs.availability.hours import WallInterval
from dibs.availability.intervals import merge_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dibs.appointease.importer.values import Row

Week = dict[int, tuple[WallInterval, ...]]
Spans = list[tuple[int, int]]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_DAYS = ("1", "2", "3", "4", "5")
MIDNIGHT = 24 * 60


def read_staff_week(text: str | None) -> Week | None:
    """Return the hours in the column `working_hours`, or None if it is empty. Raises Unreadable.

    The column has JSON like {"mon": ["09:00", "17:00"], …}. A day may have several pairs.
    """
    if not text or text.strip() in ("null", "[]", "{}"):
        return None
    try:
        days = json.loads(text)
        if isinstance(days, dict):
            return _week({_weekday(name): _spans(value) for name, value in days.items()})
    except (ValueError, RecursionError):
        pass
    raise Unreadable(f"its working hours are {text!r}")


def read_availability_week(rows: Iterable[Row]) -> Week | None:
    """Return the hours in one employee's rows of availability, or None if there are none.

    Rows with `is_available` 0 are breaks, and are left out here. Raises Unreadable.
    """
    hours: dict[int, Spans] = {}
    for row in rows:
        if row.get("is_available") != "0":
            hours.setdefault(_weekday(row.get("day_of_week")), []).append(_span_of(row))
    return _week(hours) if hours else None


def remove_breaks(week: Week, rows: Iterable[Row]) -> Week:
    """Return the week without the breaks in an employee's rows of availability. Raises
    Unreadable."""
    spans = {day: [(each.opens, each.closes) for each in hours] for day, hours in week.items()}
    for row in rows:
        if row.get("is_available") == "0":
            day = _weekday(row.get("day_of_week"))
            starts, ends = _span_of(row)
            spans[day] = [
                piece
                for opens, closes in spans.get(day, [])
                for piece in ((opens, min(closes, starts)), (max(opens, ends), closes))
                if piece[0] < piece[1]
            ]
    return _week(spans)


def read_business_week(options: Mapping[str, Any]) -> Week:
    """Return the hours in `appointease_options`. A missing value has the plugin's default. Raises
    Unreadable."""
    days = working_days(options) or DEFAULT_DAYS
    span = _span(options.get("start_time", "09:00"), options.get("end_time", "17:00"))
    return _week({_weekday(day): [span] for day in days})


def working_days(options: Mapping[str, Any]) -> list[Any]:
    """Return the working days, which are written as a list or as a text with commas. Raises
    Unreadable."""
    match options.get("working_days"):
        case None:
            return []
        case dict() as listed:
            return list(listed.values())
        case str() as text:
            return [day for day in text.split(",") if day.strip()]
        case odd:
            raise Unreadable(f"its working days are {odd!r}")


def _week(spans: Mapping[int, Spans]) -> Week:
    return {
        day: tuple(WallInterval(*span) for span in merge_spans(found))
        for day, found in sorted(spans.items())
        if found
    }


def _weekday(name: object) -> int:
    """Return the ISO number of a weekday, from its name or from its number with Sunday as 0. Raises
    Unreadable."""
    text = str(name).strip().lower()
    if text in tuple("0123456"):
        return int(text) or 7
    if text[:3] in WEEKDAYS:
        return WEEKDAYS.index(text[:3]) + 1
    raise Unreadable(f"{name!r} is no weekday")


def _spans(value: Any) -> Spans:
    if not value:
        return []
    if isinstance(value, dict):
        return [_span(value.get("start"), value.get("end"))]
    if isinstance(value, list) and not any(isinstance(each, str) for each in value):
        return [span for each in value for span in _spans(each)]
    if isinstance(value, list) and len(value) % 2 == 0:
        return [_span(*value[n : n + 2]) for n in range(0, len(value), 2)]
    raise Unreadable(f"{value!r} are no working hours")


def _span_of(row: Row) -> tuple[int, int]:
    return _span(row.get("start_time"), row.get("end_time"))


def _span(start: object, end: object) -> tuple[int, int]:
    opens, closes = read_minute(start), read_minute(end) or MIDNIGHT
    if opens >= closes:
        raise Unreadable(f"it opens at {start} and closes at {end}")
    return opens, closes
