"""Answers whether this process lives, and whether it can take bookings.

Bookings need a database that can be written. They don't need the hold store, so a process without
it stays in service. Both answers come at once, because they use what is known already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from dibs.health import Health


def routes(health: Health) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["operations"])

    @router.head("/live", include_in_schema=False)
    @router.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.head("/ready", include_in_schema=False)
    @router.get("/ready")
    async def ready() -> Response:
        return JSONResponse(health.report(), 200 if health.can_book else 503)

    return router
