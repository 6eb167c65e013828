"""Observes something while a test does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Seen = TypeVar("Seen")


@contextmanager
def observe(look: Callable[[], Seen]) -> Iterator[list[Seen]]:
    """Call `look` again and again while the block runs. The list gets all that was seen, also just
    before and after the block. If a look fails, its exception is raised at the end."""
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
