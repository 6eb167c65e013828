"""Looking on while something happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Seen = TypeVar("Seen")


@contextmanager
def observe(look: Callable[[], Seen]) -> Iterator[list[Seen]]:
    """Look again and again beside the block; the list has all that was seen, before and after it
    included. What goes wrong while looking is raised at the end."""
    seen = [look()]
    over = threading.Event()
    faults: list[Exception] = []

    def go_on() -> None:
        try:
            while not over.is_set():
                seen.append(look())
        except Exception as fault:
            faults.append(fault)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
    if faults:
        raise faults[0]
    seen.append(look())
