"""What is made of an entry with a fault, so that it hides no other one.

What can be known of it is busy. What can't be known is told by the entry's name, because nobody may
take it for free: see `UnreadEntry`.
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
    """Leave out of an entry what can't be read; returns what isn't known of it for that. Of
    "no_start" and "unreadable" nothing is known. `number` is one that no other entry of the file
    has; what ends after `last_year` ends in it."""
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
    """When an entry begins, a day or an instant; None: it isn't known."""
    return _moment(entry, "DTSTART")


def _moment(entry: Any, name: str) -> date | None:
    found = _value(entry, name)
    return found if isinstance(found, date) else None


def _value(entry: Any, name: str) -> object:
    """None if there is none that can be read, or more than one."""
    written = entry.get(name)
    return None if isinstance(written, vBroken) else getattr(written, "dt", None)


def _mend_end(entry: Any, start: date, last_year: int) -> bool:
    """Whether the end is known. Without one, the entry takes the rest of the day on which it
    begins."""
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
    """Whether there is a line without a name, which may have been the end."""
    return any(name is None for name, _ in entry.errors)


def _limit_end(end: date, start: date, last_year: int) -> date:
    """“Until further notice” is often written as the year 9999, and the library can't subtract so
    long a time from the window."""
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
    """Whether all values of the name can be read. Those that can't are left out."""
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
    """An exception of a series that doesn't say of which occurrence is an entry of its own."""
    if "RECURRENCE-ID" not in entry or _moment(entry, "RECURRENCE-ID") is not None:
        return True
    _drop(entry, "RECURRENCE-ID")
    entry["UID"] = vText(f"{number}@exceptions.invalid")
    return False


def _drop(entry: Any, *names: str) -> None:
    for name in names:
        entry.pop(name, None)
