"""How the tables of the ledger are declared: all of them belong to one schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, MetaData, Table

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement

metadata = MetaData()


def table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def index_of_some(
    name: str, where: ColumnElement[bool], *columns: Column[Any], unique: bool = False
) -> None:
    """An index of the rows of which `where` is true; a query that says so literally can use it."""
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
