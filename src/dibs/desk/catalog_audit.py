"""Writes changes of the catalog into the audit: one record for each thing that was changed, with
the former and the present value of each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dibs.catalog_file import as_tables
from dibs.ledger.journal import record_change
from dibs.letter_words import LetterWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Author


def record_catalog_change(tx: Transaction, author: Author, before: Catalog, now: Catalog) -> None:
    former, present = as_tables(before), as_tables(now)
    changes = _changes(former["business"], present["business"])
    if changes:
        record_change(tx, author, "business.changed", changes)
    _record_categories(tx, author, before, now)
    for kind in ("service", "resource"):
        _record_tables(tx, author, kind, former[f"{kind}s"], present[f"{kind}s"])
    for kind, ids in (
        ("services", (list(before.services), list(now.services))),
        ("resources", (list(before.resources), list(now.resources))),
    ):
        if sorted(ids[0]) == sorted(ids[1]) and ids[0] != ids[1]:
            record_change(tx, author, f"{kind}.ordered", {"ids": list(ids)})
    _record_closures(tx, author, former["closures"], present["closures"])
    _record_words(tx, author, before, now)


def _record_tables(
    tx: Transaction,
    author: Author,
    kind: str,
    former: Iterable[Mapping[str, Any]],
    present: Iterable[Mapping[str, Any]],
) -> None:
    before = {table["id"]: table for table in former}
    now = {table["id"]: table for table in present}
    for key in sorted(before.keys() | now.keys()):
        table = now.get(key) or before[key]
        named = {"id": key, "name": table["name"]}
        if key not in now:
            record_change(tx, author, f"{kind}.retired", named)
        elif key not in before:
            record_change(tx, author, f"{kind}.added", named)
        elif changes := _changes(before[key], now[key]):
            record_change(tx, author, f"{kind}.changed", named | changes)


def _record_categories(tx: Transaction, author: Author, before: Catalog, now: Catalog) -> None:
    """Record changed translations. Nothing else is recorded, because a category is there as long as
    a service names it."""
    for name in sorted(before.categories.keys() | now.categories.keys()):
        former, present = before.categories.get(name, {}), now.categories.get(name, {})
        if former != present:
            changes = {"name": name, "translations": [former, present]}
            record_change(tx, author, "category.changed", changes)


def _record_closures(
    tx: Transaction,
    author: Author,
    former: list[Mapping[str, Any]],
    present: list[Mapping[str, Any]],
) -> None:
    for closure in former:
        if closure not in present:
            record_change(tx, author, "closure.removed", closure)
    for closure in present:
        if closure not in former:
            record_change(tx, author, "closure.added", closure)


def _record_words(tx: Transaction, author: Author, before: Catalog, now: Catalog) -> None:
    for key in sorted(before.letter_words.keys() | now.letter_words.keys()):
        former = before.letter_words.get(key, LetterWords()).as_table()
        present = now.letter_words.get(key, LetterWords()).as_table()
        if changes := _changes(former, present):
            kind, language = key
            named = {"letter": kind, "language": language}
            record_change(tx, author, "letter_words.changed", named | changes)


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that differ, each with its former and its present value."""
    return {
        key: [before.get(key), now.get(key)]
        for key in {**before, **now}
        if before.get(key) != now.get(key)
    }
