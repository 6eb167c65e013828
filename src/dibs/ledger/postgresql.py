"""The PostgreSQL database of the production mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import event, func, select
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from dibs.clock import FollowingClock
from dibs.ledger.database import LONGEST_TRANSACTION, Database
from dibs.ledger.tables import Instant, read_clock

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.clock import Clock

LONGEST_CONNECT = 2.0
#: The server ends what takes longer, also when the node that asked is gone (milliseconds).
SERVER_SETTINGS = {
    "application_name": "dibs",
    "statement_timeout": "5000",
    "lock_timeout": "4000",
    "idle_in_transaction_session_timeout": "8000",
    "tcp_keepalives_idle": "10",
    "timezone": "UTC",
    "jit": "off",
}


class PostgreSQL(Database):
    """`url` is what libpq takes. Time is the server's, so that the clocks of nodes don't matter;
    with a `clock` given, it is that one's: the seam by which tests move time."""

    def __init__(self, url: str, connections: int, clock: Clock | None = None) -> None:
        self._own_clock = clock
        self._following = FollowingClock()
        # As a subquery it is asked once a statement, so that an index on a deadline can be used.
        servers = select(func.clock_timestamp(type_=Instant())).scalar_subquery()
        self._instant = servers if clock is None else read_clock(clock)
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: connect(url),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=LONGEST_TRANSACTION,
            # Errors are logged, and what was asked with names customers.
            hide_parameters=True,
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        super().__init__(
            clock or self._following,
            glances=engine.execution_options(isolation_level="AUTOCOMMIT"),
            readers=engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ),
            writers=engine,
        )

    def instant(self) -> ColumnElement[datetime]:
        return self._instant

    async def now(self, connection: AsyncConnection) -> datetime:
        if self._own_clock is not None:
            return self._own_clock.now()
        return (await connection.execute(select(self._instant))).scalar_one()

    def heard(self, now: datetime, sent: float) -> None:
        self._following.heard(now, sent)


async def connect(url: str) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(
        url,
        timeout=LONGEST_CONNECT,
        command_timeout=LONGEST_TRANSACTION,
        server_settings=SERVER_SETTINGS,
    )


def _refuse_closed(connection: Any, record: object, proxy: object) -> None:
    """A connection that died in the pool, with its server say, is replaced before it is used."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
