"""Appointments that Dibs knows and the plugin has changed since: each is a conflict, because Dibs
may have changed its booking as well."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from dibs.appointease.importer.fingerprint import Fingerprint
from dibs.appointease.importer.plugin_data import Fault

if TYPE_CHECKING:
    from collections.abc import Collection

    from dibs.appointease.importer.plugin_data import Plugin
    from dibs.appointease.importer.values import Row
    from dibs.ledger.imported import Known, Origin


@dataclass(frozen=True)
class Changes:
    """`faults` are for the owner; with `agreed` Dibs's booking agrees; of `unseen` it isn't known
    what they meant before. The meanings of both are what later runs compare with."""

    faults: list[Fault] = field(default_factory=list)
    agreed: dict[Origin, str] = field(default_factory=dict)
    unseen: dict[Origin, str] = field(default_factory=dict)


def settled(fault: Fault, known: Known) -> bool:
    """Whether the owner has settled it, and its row still means what it meant then."""
    if fault.origin not in known.settled:
        return False
    return fault.meaning is None or fault.meaning.text == known.meanings.get(
        fault.origin, fault.meaning.text
    )


def compare(plugin: Plugin, known: Known, cancelled: Collection[int]) -> Changes:
    """What came in and what was settled, with what the plugin says now; `cancelled` are the numbers
    of bookings. Rows that mean nothing now are faults already."""
    present = {each.origin: each for each in plugin.appointments}
    faulty = {each.origin for each in plugin.faults}
    found = Changes()
    looked_at = (known.ids.keys() | known.meanings.keys()) - faulty
    for origin in sorted(looked_at, key=_in_order):
        if origin[0] != "appointment":
            continue
        now = present.get(origin)
        if now is not None and origin not in known.meanings:
            found.unseen[origin] = now.meaning.text
            continue
        before = Fingerprint.read(known.meanings.get(origin))
        meaning = now.meaning if now else before.gone
        if meaning == before:
            continue
        if meaning.is_off and known.ids.get(origin) in cancelled:
            found.agreed[origin] = meaning.text
            continue
        since = "it was settled" if origin in known.settled else "it was brought in"
        row = now.row if now else _left(origin, before)
        reason = f"{meaning.since(before)} since {since}"
        found.faults.append(Fault(*origin, reason, row, known.ids.get(origin), meaning))
    return found


def _in_order(origin: Origin) -> tuple[int, str]:
    """As numbers come, though some are none."""
    return len(origin[1]), origin[1]


def _left(origin: Origin, before: Fingerprint) -> Row:
    """What is known of a row that is gone; its customer is the booking's."""
    row: Row = {name: value for name, value in asdict(before).items() if name != "customer"}
    return {"id": origin[1]} | row
