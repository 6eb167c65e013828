"""Whether this process lives, and whether it can serve.

Without the database it can't; without the hold store it can, so it stays in service.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from dibs.availability.boards import BoardKey
from dibs.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from dibs.holds.store import HoldStore
    from dibs.ledger.ledger import Ledger

UNAVAILABLE = "unavailable"
#: Nobody looks at it; the store is asked for it only to see whether it answers.
NO_BOARD = BoardKey(0, date(1970, 1, 1))


def routes(ledger: Ledger, holds: HoldStore) -> APIRouter:
    health = APIRouter(prefix="/health", tags=["operations"])

    @health.head("/live", include_in_schema=False)
    @health.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @health.head("/ready", include_in_schema=False)
    @health.get("/ready")
    async def ready() -> Response:
        parts = {"ledger": await _ledger(ledger), "holds": await _holds(holds)}
        if parts["ledger"] == UNAVAILABLE:
            return JSONResponse({"status": UNAVAILABLE, **parts}, 503)
        status = "degraded" if parts["holds"] == UNAVAILABLE else "ok"
        return JSONResponse({"status": status, **parts})

    return health


async def _ledger(ledger: Ledger) -> str:
    try:
        await ledger.catalog()
    except NotFound:
        return "empty"
    except Unavailable:
        return UNAVAILABLE
    return "ok"


async def _holds(holds: HoldStore) -> str:
    try:
        await holds.peek([NO_BOARD])
    except Unavailable:
        return UNAVAILABLE
    return "ok"
