"""The bare loop with which a fan-out is compared: `os.write` to one socket after the other, and
nothing else.

`python -m bench.bare_push` accepts all connections. For each number in a line of its standard input
it writes that many bytes to every connection, and prints when it began and how much CPU it used.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import threading
from time import monotonic, process_time

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
sockets: list[int] = []


def accept(listener: socket.socket) -> None:
    while True:
        accepted, _ = listener.accept()
        accepted.setblocking(False)
        sockets.append(accepted.detach())


with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        body = b"x" * int(line)
        began, used = monotonic(), process_time()
        for each in sockets:
            os.write(each, body)
        told = {"began": began, "cpu": process_time() - used, "count": len(sockets)}
        print(json.dumps(told), flush=True)
