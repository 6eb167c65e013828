"""`dibs retention`: completes past bookings and removes old rows, as a running Dibs does once a
day."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from dibs.app import build
from dibs.cli.environment import read_settings
from dibs.cli.options import DataFolder
from dibs.cli.output import say
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT
from dibs.logs import configure_logging
from dibs.secret_key import secret_key
from dibs.server import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.desk.retention import Report
    from dibs.ledger.retention import Kind

TEXTS: Mapping[Kind, str] = {
    "bookings": "past bookings completed",
    "checkouts": "old checkouts removed",
    "answers": "old answers of requests removed",
    "deliveries": "old deliveries of letters removed",
    "outbox": "old rows of the outbox removed",
    "audit": "old rows of the audit removed",
    "pictures": "unused pictures removed",
    "boards": "old boards removed",
}


def apply_retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Complete past bookings and remove old rows, as a running Dibs does once a day."""
    settings = read_settings(data=data)

    async def run() -> Report:
        dibs = build(settings, secret_key(settings), longest=OWNERS_TRANSACTION_TIMEOUT)
        try:
            retention = dibs.desk.retention
            return await (retention.count() if dry_run else retention.apply())
        finally:
            await dibs.close()

    configure_logging(settings.log_level)
    prepare(settings)
    report = asyncio.run(run())
    if dry_run:
        say("Nothing was changed. A run would end with:")
    for kind, count in report.counts.items():
        say(f"{count:>9,}  {TEXTS[kind]}")
    if not report.is_whole:
        say("Another node is doing the same at the moment, and does the rest.")
