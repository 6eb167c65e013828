"""Limits how often requests that write are sent. Requests for boards and days are never counted.

A window of time begins with the first request that is counted. Each process counts in its own
memory, because a counter in Redis would delay every write while Redis hangs. (The moving windows of
the library need too much CPU.)
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Literal, NoReturn

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from dibs.errors import TooManyRequests
from dibs.holds.claims import Requester
from dibs.web.middleware.client_ip import address_of

if TYPE_CHECKING:
    from limits.aio.storage import Storage
    from starlette.requests import Request
    from starlette.types import Scope

    from dibs.setting_types import Rate
    from dibs.settings import Settings

#: A limit of a rate. The setting that sets it has the same name with `max_` before it.
Rule = Literal[
    "write_rate_per_ip",
    "write_rate_per_visitor",
    "change_rate_per_booking",
    "lookup_rate_per_ip",
    "booking_rate_per_customer",
]


class Throttle:
    """Counts requests under rules, and refuses those beyond a limit."""

    def __init__(self, settings: Settings, storage: Storage | None = None) -> None:
        self._is_on = settings.limits == "on"
        self._rates: dict[Rule, Rate] = {
            "write_rate_per_ip": settings.max_write_rate_per_ip,
            "write_rate_per_visitor": settings.max_write_rate_per_visitor,
            "change_rate_per_booking": settings.max_change_rate_per_booking,
            "lookup_rate_per_ip": settings.max_lookup_rate_per_ip,
            "booking_rate_per_customer": settings.max_booking_rate_per_customer,
        }
        self._items = {
            rule: RateLimitItemPerSecond(rate.count, round(rate.period.total_seconds()))
            for rule, rate in self._rates.items()
        }
        self._proxies = settings.proxies
        self._limiter = FixedWindowRateLimiter(storage or MemoryStorage())

    async def count(self, rule: Rule, who: str) -> None:
        """Count one request. Raises TooManyRequests if it is beyond the limit."""
        if not await self.try_to_count(rule, who):
            await self._refuse(rule, who)

    async def check(self, rule: Rule, who: str) -> None:
        """Check the limit without counting anything. Raises TooManyRequests."""
        if self._is_on and not await self._limiter.test(self._items[rule], rule, who):
            await self._refuse(rule, who)

    async def try_to_count(self, rule: Rule, who: str) -> bool:
        """Count one request. Returns False if it is beyond the limit."""
        return not self._is_on or await self._limiter.hit(self._items[rule], rule, who)

    async def count_address(self, rule: Rule, request: Request) -> None:
        """Count one request of a client address. Raises TooManyRequests."""
        await self.count(rule, self.address(request.scope))

    def address(self, scope: Scope) -> str:
        """Return the client's address, as limits count it."""
        return address_of(scope, self._proxies)

    async def count_write(self, request: Request, visitor: str | None) -> None:
        """Count a request that claims a time. Raises TooManyRequests.

        All clients of one address that send no visitor's secret count as one visitor.
        """
        address = self.address(request.scope)
        await self.count("write_rate_per_ip", address)
        await self.count("write_rate_per_visitor", visitor or address)

    def requester(self, scope: Scope, *, is_anonymous: bool = False) -> Requester:
        """Return who sends a request, for the limits on claims. `is_anonymous` says that it has no
        visitor's secret."""
        return Requester(self.address(scope), is_anonymous)

    async def _refuse(self, rule: Rule, who: str) -> NoReturn:
        stats = await self._limiter.get_window_stats(self._items[rule], rule, who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        raise TooManyRequests(seconds, limit=(f"max_{rule}", str(self._rates[rule])))
