"""What the drivers' errors mean to Dibs: the one place that knows them."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, NoReturn

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dibs.errors import LedgerUnavailable, NotFound, SlotTaken, TransactionLost
from dibs.ledger.tables import NO_OVERLAP

if TYPE_CHECKING:
    from dibs.known_state import KnownState

#: Another transaction was first: a unique key, a serialisation failure, a deadlock.
LOST = frozenset({"23505", "40001", "40P01"})
#: Classes of SQLSTATE codes for faults of the server: connection, read-only, refused log-in, no
#: database, out of resources, not ready (and a lock not granted in time), stopped, system,
#: configuration, internal.
AWAY = frozenset({"08", "25", "28", "3D", "53", "55", "57", "58", "F0", "XX"})
#: The server answered that others were in the way for too long: a lock or a statement took too much
#: time.
BUSY = frozenset({"55P03", "57014"})
#: No row can have the value that was asked for: the driver can't send it, it is a number too large,
#: or a text with a NUL (which the server and the driver call differently). Other errors of data are
#: faults of Dibs.
IN_NO_ROW = frozenset({"22000", "22003", "22021", "22P05"})

#: Errors of a connection that can't be used any more, from the drivers and from SQLAlchemy.
CLOSED = (asyncpg.InterfaceError, sqlite3.InterfaceError, InterfaceError)

#: How the text of an asyncpg error begins once SQLAlchemy has wrapped it.
DRIVERS_CLASS = re.compile(r"^<class '[^']*'>: ")


class DriverErrors:
    """Turns the drivers' errors into ours, and notes them: the one place that knows them."""

    def __init__(self, state: KnownState) -> None:
        self._state = state

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case IntegrityError() if NO_OVERLAP in str(error.orig):
                raise SlotTaken from error
            case DBAPIError() if _state(error.orig) in LOST:
                raise TransactionLost from error
            case DBAPIError() if _state(error.orig) in IN_NO_ROW:
                raise NotFound from error
            case PoolTimeout():
                raise LedgerUnavailable from error
            case DBAPIError() if _state(error.orig) in BUSY:
                raise LedgerUnavailable from error
            case OperationalError() | TimeoutError() | OSError():
                self._fail(error)
            case DBAPIError() if error.connection_invalidated or _is_away(error.orig):
                self._fail(error)
            case Exception() if _is_away(error):  # also what SQLAlchemy wraps as an InterfaceError
                self._fail(error)

    def _fail(self, error: Exception) -> NoReturn:
        self._state.note_failure(reason_of(error))
        raise LedgerUnavailable from error


def reason_of(error: BaseException) -> str:
    """Return what the database or the system says, in one line and without the row that was
    written."""
    said = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return DRIVERS_CLASS.sub("", said) or "no answer in time"


def _state(error: BaseException | None) -> str:
    """Return the SQLSTATE of a PostgreSQL error, whether SQLAlchemy has wrapped it or not."""
    return str(getattr(error, "sqlstate", None) or "")


def _is_away(error: BaseException | None) -> bool:
    """Tell whether the server can't be reached, or can't serve: it is starting, full, read-only or
    broken, or refuses to let Dibs in."""
    state = _state(error)
    return state[:2] in AWAY or isinstance(error, CLOSED)
