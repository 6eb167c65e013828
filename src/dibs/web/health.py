"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from dibs.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from dibs.ledger.ledger import Ledger


def routes(ledger: Ledger) -> APIRouter:
    health = APIRouter(prefix="/health", tags=["operations"])

    @health.head("/live", include_in_schema=False)
    @health.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @health.head("/ready", include_in_schema=False)
    @health.get("/ready")
    async def ready() -> Response:
        try:
            await ledger.catalog()
        except NotFound:
            return JSONResponse({"status": "ok", "ledger": "empty"})
        except Unavailable as error:
            return JSONResponse({"status": "unavailable", "ledger": error.code}, 503)
        return JSONResponse({"status": "ok", "ledger": "ok"})

    return health
