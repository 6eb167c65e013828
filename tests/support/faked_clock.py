"""Runs `dibs` with a clock that shows another time."""

from __future__ import annotations

import sys
from pathlib import Path

MAIN = "from dibs.cli import main; main()"
#: `dibs demo` with many services and pictures.
SALON = "import sys; from dibs.cli import main; sys.argv[2:2] = ['--business', 'salon']; main()"


def with_clock(says: str, *, main: str = MAIN) -> list[str]:
    """Return a command that runs `main`, a program like `dibs`, with another clock.

    With "+300s" the clock is five minutes ahead. With "@2027-03-07 12:00:00" it begins at that time
    (UTC).
    """
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    setting = [f"LD_PRELOAD={library}", f"FAKETIME={says}", "TZ=UTC"]
    return ["env", *setting, sys.executable, "-c", main]
