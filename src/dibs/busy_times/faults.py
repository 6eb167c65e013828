"""The reasons why the busy times of a calendar could not be read."""

from __future__ import annotations

from typing import Literal

#: The office shows a sentence for each of these reasons.
# unreachable     no connection, or it broke
# forbidden       the address leads into a network that is not public
# redirected      redirects to too many addresses, or to no address
# refused         the server answered with another status: `detail` is its number
# too_large       the file or its headers are larger than the limit
# too_slow        the answer took too long
# no_calendar     the file is no calendar, or broken
# too_many        too many entries or busy times
# too_much_work   reading took too much time or memory
Reason = Literal[
    "unreachable",
    "forbidden",
    "redirected",
    "refused",
    "too_large",
    "too_slow",
    "no_calendar",
    "too_many",
    "too_much_work",
]


class CalendarFault(Exception):
    """A calendar could not be read. It never contains the address, which is a secret."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail
