"""The server with which holds are compared: the web stack of Dibs with nothing but the one call of
the hold store.

`python -m bench.bare_holds memory|redis://…` reads the same requests and gives the same answers,
but reads no catalog, no board and no ledger, and shows no viewer what has changed.
"""

from __future__ import annotations

import socket
import sys
from datetime import timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.clock import SystemClock
from dibs.desk.tokens import visitor_key
from dibs.holds.memory import MemoryHoldStore
from dibs.holds.redis import RedisHoldStore
from dibs.holds.redis_calls import connect
from dibs.holds.store import Hold, HoldRequest, HoldStore, Lifetimes
from dibs.web.request_headers import VisitorSecret
from dibs.web.schemas import HoldIn, show_hold

HALF_AN_HOUR = timedelta(minutes=30)


def open_store(name: str) -> HoldStore:
    if name == "memory":
        return MemoryHoldStore(SystemClock(), lambda *_: None, Lifetimes())
    return RedisHoldStore(connect(name), Lifetimes())


app = FastAPI()
store = open_store(sys.argv[1])


@app.post("/api/v1/holds", status_code=201)
async def hold(wanted: HoldIn, secret: VisitorSecret) -> dict[str, Any]:
    board = BoardKey(wanted.resource_id or 1, wanted.starts_at.date())
    ends_at = wanted.starts_at + HALF_AN_HOUR
    time = Interval(wanted.starts_at, ends_at)
    slot = ServiceSlot(wanted.starts_at, ends_at, time, wanted.service_id, board.resource_id)
    request = HoldRequest(
        [board], slot, visitor_key(secret or ""), timedelta(minutes=2), {board: 0}
    )
    given = await store.hold(request)
    if not isinstance(given, Hold):
        raise HTTPException(409)
    return show_hold(given)


config = uvicorn.Config(
    app, http="httptools", loop="uvloop", log_config=None, access_log=False, server_header=False
)
with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
    print(f"Bare is ready: http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    uvicorn.Server(config).run(sockets=[listener])
