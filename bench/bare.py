"""The bare app with which the poll is compared. It does the least that an ASGI app can do, and runs
with the same uvicorn settings as Dibs.

`python -m bench.bare BYTES` answers every request with that many bytes.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

import uvicorn

BODY = b"x" * int(sys.argv[1])
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/json; charset=UTF-8"),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(BODY)),
    ],
}
END = {"type": "http.response.body", "body": BODY}


async def app(_scope: Any, _receive: Any, send: Any) -> None:
    await send(START)
    await send(END)


config = uvicorn.Config(
    app,
    http="httptools",
    loop="uvloop",
    lifespan="off",
    log_config=None,
    access_log=False,
    server_header=False,
)
with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
    print(f"Bare is ready: http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    uvicorn.Server(config).run(sockets=[listener])
