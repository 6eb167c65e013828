"""`python -m bench [NAME …]`: run these benchmarks, all without a name."""

from __future__ import annotations

import sys

from bench import booking, page, poll

BENCHMARKS = {"poll": poll.run, "booking": booking.run, "page": page.run}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"bench: there is no {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()


main(sys.argv[1:])
