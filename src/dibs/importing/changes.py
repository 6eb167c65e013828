"""Appointments that Dibs knows and the plugin has changed since: each is a conflict, because Dibs
may have changed its booking as well."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dibs.importing.meaning import Meaning
from dibs.importing.plugin import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.importing.plugin import Appointment, Plugin
    from dibs.importing.values import Row
    from dibs.ledger.imported import Known, Origin


def settled(fault: Fault, known: Known) -> bool:
    """Whether the owner has settled it, and its row still means what it meant then."""
    if fault.origin not in known.settled:
        return False
    return fault.meaning is None or fault.meaning.text == known.meanings.get(
        fault.origin, fault.meaning.text
    )


def changes(plugin: Plugin, known: Known) -> Iterator[Fault]:
    """Of what came in and of what was settled; rows that mean nothing now are faults already."""
    present = {each.origin: each for each in plugin.appointments}
    faulty = {each.origin for each in plugin.faults}
    for origin in sorted((known.ids.keys() | known.settled) - faulty):
        if origin[0] == "appointment" and (origin in known.ids or origin in known.meanings):
            change = _change(origin, present.get(origin), known)
            if change is not None:
                yield change


def _change(origin: Origin, now: Appointment | None, known: Known) -> Fault | None:
    meant = known.meanings.get(origin)
    if now is not None and meant is None:
        return None
    before = Meaning.read(meant)
    meaning = now.meaning if now else before.gone
    if meaning == before:
        return None
    since = "it was settled" if origin in known.settled else "it was brought in"
    row = now.row if now else _left(origin, before)
    reason = f"{meaning.since(before)} since {since}"
    return Fault(*origin, reason, row, known.ids.get(origin), meaning)


def _left(origin: Origin, before: Meaning) -> Row:
    """What is known of a row that is gone; its customer is the booking's."""
    row: Row = {name: value for name, value in asdict(before).items() if name != "customer"}
    return {"id": origin[1]} | row
