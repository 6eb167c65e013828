"""When a business as a whole is open, for clients that know no hours of single resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dibs.ledger.catalog import Catalog


@dataclass(frozen=True)
class Opening:
    """Local times "HH:MM"; `weekdays` are ISO, `times` every start that any resource offers."""

    opens: str
    closes: str
    weekdays: tuple[int, ...]
    times: tuple[str, ...]


def opening(catalog: Catalog) -> Opening:
    """The weekly hours of all resources taken together."""
    weeks = [resource.weekly for resource in catalog.resources.values()]
    weekdays = {weekday for week in weeks for weekday, walls in week.items() if walls}
    walls = [wall for week in weeks for day in week.values() for wall in day]
    every = catalog.grid_rules.every
    times = {start for wall in walls for start in range(wall.opens, wall.closes, every)}
    return Opening(
        clock_text(min((wall.opens for wall in walls), default=0)),
        clock_text(max((wall.closes for wall in walls), default=0)),
        tuple(sorted(weekdays)),
        tuple(clock_text(start) for start in sorted(times)),
    )


def clock_text(minute: int) -> str:
    """Minutes since midnight as "HH:MM"."""
    return f"{minute // 60:02}:{minute % 60:02}"
