"""The report of an import: what it added, what was imported before, and what can't be imported."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dibs.appointease.importer.plugin_data import Fault

KINDS = {
    "service": "services",
    "staff": "staff",
    "closure": "closures of the business",
    "time off": "time off of staff",
    "appointment": "appointments",
}


@dataclass
class Report:
    """The result of an import. `made` counts what it added, and `earlier` what was imported before,
    by kind. `faults` are the conflicts that the owner must settle; `changed` of them are about
    appointments that were imported before."""

    time_zone: str
    made: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    faults: Sequence[Fault] = ()
    notes: Sequence[str] = ()

    @property
    def lines(self) -> Iterator[str]:
        yield f"times are those of {self.time_zone}"
        for kind, name in KINDS.items():
            statuses = ", ".join(f"{n} {each}" for each, n in sorted(self.statuses.items()))
            detail = f" ({statuses})" if kind == "appointment" and statuses else ""
            earlier = f", {self.earlier[kind]} brought in before" if self.earlier[kind] else ""
            changed = ""
            if kind == "appointment" and self.changed:
                changed = f", {self.changed} changed in the plugin since"
            yield f"{name}: {self.made[kind]} new{detail}{earlier}{changed}"
        yield f"conflicts to settle: {len(self.faults)}"
        for fault in self.faults:
            yield f"  {fault.kind} {fault.source_id or '(no id)'}: {fault.reason}"
        for note in self.notes:
            yield f"note: {note}"
