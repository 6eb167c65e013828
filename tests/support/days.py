"""Days on which the demo is open, so that tests run on any date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

#: A run that goes over midnight keeps its days: else two tests could take the same one.
TODAY = datetime.now(UTC).date()


def working_day(which: int = 0) -> date:
    """A Wednesday some three days ahead at least, and within the demo's 30 days; 0 is the first."""
    first = TODAY + timedelta(days=3)
    wednesday = first + timedelta(days=(2 - first.weekday()) % 7)
    return wednesday + timedelta(weeks=which)


def at(clock: str, day: date | None = None) -> datetime:
    """ "10:00" UTC of a day, the first working day unless said otherwise."""
    return datetime.combine(day or working_day(), time.fromisoformat(clock), UTC)


def wire(instant: datetime) -> str:
    """As the API writes instants."""
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
