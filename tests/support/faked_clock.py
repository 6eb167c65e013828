"""`dibs` on a machine whose clock says something else."""

from __future__ import annotations

import sys
from pathlib import Path

MAIN = "from dibs.cli import main; main()"
#: `dibs demo` with many services and pictures.
SALON = "import sys; from dibs.cli import main; sys.argv[2:2] = ['--business', 'salon']; main()"


def with_clock(says: str, *, main: str = MAIN) -> list[str]:
    """`says`: "+300s" is five minutes ahead; "@2027-03-07 12:00:00" is when it begins, in UTC.
    `main`: a program that runs `dibs`."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    setting = [f"LD_PRELOAD={library}", f"FAKETIME={says}", "TZ=UTC"]
    return ["env", *setting, sys.executable, "-c", main]
