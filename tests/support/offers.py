"""Tells whether a time is on offer, by its instant only."""

from __future__ import annotations

from datetime import datetime

from dibs.availability.hours import Hours
from dibs.availability.slots import Rules, find_slot, slots
from dibs.availability.wall import day_of


def is_offered(hours: Hours, starts_at: datetime, rules: Rules) -> bool:
    day = day_of(starts_at, hours.zone)
    return find_slot(slots(hours, day, rules), starts_at) is not None
