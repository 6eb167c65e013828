"""The types of columns: instants and days, as each database stores them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Integer,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    extract,
    type_coerce,
)

from dibs.clock import EPOCH, microseconds

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Dialect
    from sqlalchemy.types import TypeEngine

    from dibs.clock import Clock


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; INTEGER microseconds on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return EPOCH + timedelta(microseconds=value)
        instant: datetime = value
        return instant.astimezone(UTC)


def read_clock(clock: Clock) -> BindParameter[datetime]:
    """Return a parameter whose value is the time of the clock whenever its statement is run."""
    return bindparam(None, callable_=clock.now, type_=Instant(), unique=True)


def microseconds_of(instant: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Return an instant as whole microseconds since 1970 UTC, on either database."""
    if dialect == "sqlite":
        return type_coerce(instant, BigInteger)
    return cast(extract("epoch", instant) * 1_000_000, BigInteger)


class Day(TypeDecorator[date]):
    """A calendar date; ISO 8601 TEXT on SQLite."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        if value is None or dialect.name != "sqlite":
            found: date | None = value
            return found
        return date.fromisoformat(value)
