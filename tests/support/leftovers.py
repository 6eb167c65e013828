"""Acts as `dibs`. On SIGUSR1 it writes to the file named by CENSUS_IN what streams could leave
behind: its asyncio tasks, and the objects of some kinds.

python leftovers.py serve --port 0 ...
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
from pathlib import Path
from typing import Any

from dibs.cli import main
from dibs.live.event_sender import LatestEventSender
from dibs.live.subscriptions import Subscription
from dibs.web.stream import Viewer

KINDS = (Subscription, LatestEventSender, Viewer)


def count(*_: Any) -> None:
    gc.collect()
    objects = gc.get_objects()
    found = {kind.__name__: sum(type(each) is kind for each in objects) for kind in KINDS}
    found["tasks"] = len(asyncio.all_tasks())
    file = Path(os.environ["CENSUS_IN"])
    (made := file.with_suffix(".new")).write_text(json.dumps(found))
    made.rename(file)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, count)
    main()
