"""Mends entries with a fault, so that one faulty entry doesn't hide the others.

The times that can still be read are busy. The entry is also reported as an `UnreadEntry`, so that
nobody takes its other times for free.
"""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from icalendar.prop import vBroken, vText

if TYPE_CHECKING:
    from dibs.busy_times.busy_time import UnreadReason

SHORTEST_MONTH = 28
ONE_DAY = timedelta(days=1)
LONGEST_YEAR = timedelta(days=366)


def mend(entry: Any, number: int, last_year: int) -> UnreadReason | None:
    """Remove the values of an entry that can't be read.

    Returns what isn't known about the entry then, or None if everything could be read. An entry
    with "no_start" or "unreadable" can't be used. `number` is different for each entry of the file.
    An entry that would end after `last_year` ends in that year.
    """
    try:
        start = _moment(entry, "DTSTART")
        if start is None:
            return "no_start"
        has_end = _mend_end(entry, start, last_year)
        repeats_as_said = _mend_rules(entry) & _keep_good(entry, "RDATE")
        excepts_as_said = _keep_good(entry, "EXDATE") & _mend_name(entry, number)
    except (OverflowError, ValueError, TypeError):
        return "unreadable"
    if not has_end:
        return "no_end"
    if not repeats_as_said:
        return "no_repetition"
    return None if excepts_as_said else "no_exceptions"


def start_of(entry: Any) -> date | None:
    """Return when an entry begins: a day, or a date and time. Returns None if that isn't known."""
    return _moment(entry, "DTSTART")


def _moment(entry: Any, name: str) -> date | None:
    found = _value(entry, name)
    return found if isinstance(found, date) else None


def _value(entry: Any, name: str) -> object:
    """Return the value of a property. Returns None if the entry has no such property, has it more
    than once, or if it can't be read."""
    written = entry.get(name)
    return None if isinstance(written, vBroken) else getattr(written, "dt", None)


def _mend_end(entry: Any, start: date, last_year: int) -> bool:
    """Tell whether the end of an entry is known. If it can't be read, the entry is made to last
    until the end of the day on which it begins."""
    end, length = _moment(entry, "DTEND"), _value(entry, "DURATION")
    if end is not None:
        entry["DTEND"].dt = _limit_end(end, start, last_year)
        return True
    if isinstance(length, timedelta) and length >= timedelta():
        years = max(last_year - start.year + 1, 1)
        entry["DURATION"].dt = min(length, years * LONGEST_YEAR)
        _drop(entry, "DTEND")
        return True
    if "DTEND" not in entry and "DURATION" not in entry and not _has_broken_line(entry):
        return True
    _drop(entry, "DTEND", "DURATION")
    if isinstance(start, datetime):
        midnight = datetime.combine(start.date() + ONE_DAY, time.min, start.tzinfo)
        entry.add("DURATION", midnight - start)
    return False


def _has_broken_line(entry: Any) -> bool:
    """Tell whether the entry has a broken line without a name, which may have been its end."""
    return any(name is None for name, _ in entry.errors)


def _limit_end(end: date, start: date, last_year: int) -> date:
    """Return the end, moved into `last_year` if it is later. “Until further notice” is often
    written as the year 9999, and the library can't compute with such a long duration."""
    if not start.year < last_year < end.year <= MAXYEAR:
        return end
    return end.replace(year=last_year, day=min(end.day, SHORTEST_MONTH))


def _mend_rules(entry: Any) -> bool:
    rules = entry.get("RRULE")
    is_good = _keep_good(entry, "RRULE")
    for rule in rules if isinstance(rules, list) else [rules]:
        if rule is not None and not isinstance(rule, vBroken) and not rule.get("FREQ"):
            _drop(entry, "RRULE")
            return False
    return is_good


def _keep_good(entry: Any, name: str) -> bool:
    """Tell whether all values of this property can be read. Values that can't be read are
    removed."""
    written = entry.get(name)
    values = written if isinstance(written, list) else [written]
    good = [each for each in values if not isinstance(each, vBroken)]
    if len(good) == len(values):
        return True
    if good:
        entry[name] = good
    else:
        _drop(entry, name)
    return False


def _mend_name(entry: Any, number: int) -> bool:
    """Tell whether an entry is clear about the occurrence of a series that it replaces. If it isn't
    clear, the entry gets a name (UID) of its own, so that it is a single entry."""
    if "RECURRENCE-ID" not in entry or _moment(entry, "RECURRENCE-ID") is not None:
        return True
    _drop(entry, "RECURRENCE-ID")
    entry["UID"] = vText(f"{number}@exceptions.invalid")
    return False


def _drop(entry: Any, *names: str) -> None:
    for name in names:
        entry.pop(name, None)
