"""How the tables of the ledger are declared: all of them belong to one schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, text

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

metadata = MetaData()


def table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def index_of_some(
    name: str, where: ColumnElement[bool], *columns: Column[Any], unique: bool = False
) -> None:
    """Declare an index of the rows for which `where` is true. A query can use it if it has the same
    condition literally."""
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def notice(name: str) -> Column[int]:
    least = CheckConstraint(f"{name} >= 0")
    return Column(name, Integer, least, nullable=False, server_default=text("0"))


def choice(name: str, among: str, kind: Any = Text, **options: Any) -> Column[Any]:
    """Declare a column that has one of these values."""
    return Column(name, kind, CheckConstraint(f"{name} IN ({among})"), nullable=False, **options)
