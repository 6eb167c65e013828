"""Finds appointments that were changed in the plugin after they were imported.

Each of them is a conflict, because the booking may have been changed in Dibs as well.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from dibs.appointease.importer.fingerprint import Fingerprint
from dibs.appointease.importer.plugin_data import Fault

if TYPE_CHECKING:
    from collections.abc import Collection

    from dibs.appointease.importer.plugin_data import Plugin
    from dibs.appointease.importer.values import Row
    from dibs.ledger.imported import EarlierImports, Origin


@dataclass(frozen=True)
class Changes:
    """The changes that were found. `faults` are conflicts that the owner has to settle.

    `agreed` has changes that were made to the booking in Dibs, too. `unseen` has appointments whose
    former fingerprint is not known. Later runs compare with the fingerprints in `agreed` and
    `unseen`.
    """

    faults: list[Fault] = field(default_factory=list)
    agreed: dict[Origin, str] = field(default_factory=dict)
    unseen: dict[Origin, str] = field(default_factory=dict)


def is_settled(fault: Fault, known: EarlierImports) -> bool:
    """Tell whether the owner has settled a conflict, and its row has not changed since then."""
    if fault.origin not in known.settled:
        return False
    return fault.meaning is None or fault.meaning.text == known.meanings.get(
        fault.origin, fault.meaning.text
    )


def find_changes(plugin: Plugin, known: EarlierImports, cancelled: Collection[int]) -> Changes:
    """Compare appointments that were imported or settled with the present rows of the plugin.

    `cancelled` are the numbers of cancelled bookings. Rows that can't be understood now are not
    compared, because they are faults already.
    """
    present = {each.origin: each for each in plugin.appointments}
    faulty = {each.origin for each in plugin.faults}
    found = Changes()
    looked_at = (known.ids.keys() | known.meanings.keys()) - faulty
    for origin in sorted(looked_at, key=_sort_key):
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
        row = now.row if now else _row_of_gone(origin, before)
        reason = f"{meaning.describe_change(before)} since {since}"
        found.faults.append(Fault(*origin, reason, row, known.ids.get(origin), meaning))
    return found


def _sort_key(origin: Origin) -> tuple[int, str]:
    """Return a key that sorts source ids as numbers, even if some are not numbers."""
    return len(origin[1]), origin[1]


def _row_of_gone(origin: Origin, before: Fingerprint) -> Row:
    """Return what the fingerprint says about a row that is gone. The customer is left out, because
    the fingerprint has only a hash of them."""
    row: Row = {name: value for name, value in asdict(before).items() if name != "customer"}
    return {"id": origin[1]} | row
