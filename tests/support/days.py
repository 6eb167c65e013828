"""Days on which the demo is open, so that tests run on any date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

#: This stays the same in a run that crosses midnight. Otherwise two tests could take the same day.
TODAY = datetime.now(UTC).date()


def working_day(which: int = 0) -> date:
    """Return a Wednesday at least three days ahead: with 0 the first, with 1 the next, and so on.
    The demo has a booking window of 30 days."""
    first = TODAY + timedelta(days=3)
    wednesday = first + timedelta(days=(2 - first.weekday()) % 7)
    return wednesday + timedelta(weeks=which)


def at(clock: str, day: date | None = None) -> datetime:
    """Return the instant of a UTC time like "10:00" on a day, or else on the first working day."""
    return datetime.combine(day or working_day(), time.fromisoformat(clock), UTC)


def wire(instant: datetime) -> str:
    """Return an instant as the API writes it."""
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
