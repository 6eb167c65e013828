"""Waiting for a condition with a deadline, instead of sleeping and hoping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(
    condition: Callable[..., Found | None], what: str, *, within: float = 30.0, every: float = 0.02
) -> Found:
    """Call the condition until it returns something true, and return that. Fails if this does not
    happen `within` so many seconds."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within} s in vain until {what}")
        time.sleep(every)  # the pause between two looks, until the deadline
