"""The known state of a part that can fail, for example the hold store.

The log gets one line when the part begins to fail and one when it works again, however many
requests fail in between.
"""

from __future__ import annotations

import time

import structlog

log = structlog.get_logger()

#: Seconds without another failure after which the log says that a part works again. So a part that
#: fails every other time does not fill the log.
QUIET = 2.0


class KnownState:
    """Remembers whether a part fails. `fails` and `works` are the sentences that are logged, for
    example "the database can't be written"."""

    def __init__(self, fails: str, works: str) -> None:
        self._fails = fails
        self._works = works
        self._failures = 0
        self._failed_at = 0.0
        self.is_failing = False

    @property
    def is_stable(self) -> bool:
        """Whether the part works. After a failure it is stable only when the log says that it works
        again."""
        return not self._failures

    def note_failure(self, reason: str) -> None:
        self.is_failing = True
        self._failed_at = time.monotonic()
        self._failures += 1
        if self._failures == 1:
            log.warning(self._fails, reason=reason)

    def note_success(self) -> None:
        self.is_failing = False
        if self._failures and time.monotonic() - self._failed_at >= QUIET:
            log.info(self._works, failures=self._failures)
            self._failures = 0
