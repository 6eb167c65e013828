"""What is known of a part that can fail: its log has a line when it begins to fail and one when it
works again, however many requests meet it in between."""

from __future__ import annotations

import time

import structlog

log = structlog.get_logger()

#: After a failure the log says that a part works again only when none has followed for so many
#: seconds: a part that fails every other time doesn't fill the log.
QUIET = 2.0


class KnownState:
    """`fails` and `works` are the sentences of the log, e.g. "the database can't be written"."""

    def __init__(self, fails: str, works: str) -> None:
        self._fails = fails
        self._works = works
        self._failures = 0
        self._failed_at = 0.0
        self.is_failing = False

    @property
    def is_settled(self) -> bool:
        """Whether it works, and the log has said so."""
        return not self._failures

    def failed(self, reason: str) -> None:
        self.is_failing = True
        self._failed_at = time.monotonic()
        self._failures += 1
        if self._failures == 1:
            log.warning(self._fails, reason=reason)

    def worked(self) -> None:
        self.is_failing = False
        if self._failures and time.monotonic() - self._failed_at >= QUIET:
            log.info(self._works, failures=self._failures)
            self._failures = 0
