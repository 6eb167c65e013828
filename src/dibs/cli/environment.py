"""Reads the settings and opens the database for commands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from dibs.app import build, open_database
from dibs.errors import CannotStart
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT
from dibs.logs import configure_logging
from dibs.secret_key import secret_key
from dibs.server import prepare
from dibs.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic_core import ErrorDetails

    from dibs.app import Dibs
    from dibs.ledger.database import Database


def read_settings(**given: Any) -> Settings:
    """Read the settings from the environment. An option of the command line counts only if the
    environment does not set it. Raises CannotStart."""
    typed = {name: value for name, value in given.items() if value is not None}
    try:
        environment = Settings()
        rest = {k: v for k, v in typed.items() if k not in environment.model_fields_set}
        return Settings(**rest)
    except ValidationError as error:
        raise CannotStart("\n".join(map(_fault, error.errors()))) from None


def _fault(fault: ErrorDetails) -> str:
    name = "_".join(map(str, fault["loc"])).upper()
    # A fault that concerns several settings names them in its text.
    said = fault["msg"].removeprefix("Value error, ")
    return f"DIBS_{name}: {said}" if name else said


def run_with_database(settings: Settings, run: Callable[[Database], Awaitable[None]]) -> None:
    async def open_and_run() -> None:
        database = open_database(settings, longest=OWNERS_TRANSACTION_TIMEOUT)
        try:
            await run(database)
        finally:
            await database.close()

    prepare(settings)
    asyncio.run(open_and_run())


def run_with_dibs(settings: Settings, run: Callable[[Dibs], Awaitable[None]]) -> None:
    """Run a command that changes bookings. It has the hold store as well, so that everyone sees the
    change at once."""

    async def build_and_run() -> None:
        dibs = build(settings, secret_key(settings), longest=OWNERS_TRANSACTION_TIMEOUT)
        async with dibs.running():
            await run(dibs)

    configure_logging(settings.log_level)
    prepare(settings)
    asyncio.run(build_and_run())
