"""How often is too often. Looking is never counted, however many look from one address.

A window begins with the first that is counted. Each process counts in its own memory: asking Redis
would hold up every write while Redis hangs. (The library's moving windows keep a core busy.)
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Literal, NoReturn

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from dibs.errors import TooManyRequests
from dibs.holds.claims import Sender
from dibs.web.middleware.client_ip import address_of

if TYPE_CHECKING:
    from limits.aio.storage import Storage
    from starlette.requests import Request
    from starlette.types import Scope

    from dibs.setting_types import Rate
    from dibs.settings import Settings

#: Each is a setting `limit_…`.
Rule = Literal[
    "writes",
    "writes_visitor",
    "changes",
    "lookups",
    "bookings_customer",
]


class Throttle:
    def __init__(self, settings: Settings, storage: Storage | None = None) -> None:
        self._is_on = settings.limits == "on"
        self._rates: dict[Rule, Rate] = {
            "writes": settings.limit_writes,
            "writes_visitor": settings.limit_writes_visitor,
            "changes": settings.limit_changes,
            "lookups": settings.limit_lookups,
            "bookings_customer": settings.limit_bookings_customer,
        }
        self._items = {
            rule: RateLimitItemPerSecond(rate.count, round(rate.period.total_seconds()))
            for rule, rate in self._rates.items()
        }
        self._proxies = settings.proxies
        self._limiter = FixedWindowRateLimiter(storage or MemoryStorage())

    async def count(self, rule: Rule, who: str) -> None:
        """Count one more. Raises TooManyRequests."""
        if not await self.note(rule, who):
            await self._refuse(rule, who)

    async def check(self, rule: Rule, who: str) -> None:
        """Refuse one that would be too many, without counting it. Raises TooManyRequests."""
        if self._is_on and not await self._limiter.test(self._items[rule], rule, who):
            await self._refuse(rule, who)

    async def note(self, rule: Rule, who: str) -> bool:
        """Count one that has happened; False if it was one too many."""
        return not self._is_on or await self._limiter.hit(self._items[rule], rule, who)

    async def count_address(self, rule: Rule, request: Request) -> None:
        """Count one more from where the request comes from. Raises TooManyRequests."""
        await self.count(rule, self.address(request.scope))

    def address(self, scope: Scope) -> str:
        """Where a request comes from."""
        return address_of(scope, self._proxies)

    async def count_write(self, request: Request, visitor: str | None) -> None:
        """Count a request that claims a time. Whoever sends no visitor's secret is one visitor
        with all others of their address. Raises TooManyRequests."""
        address = self.address(request.scope)
        await self.count("writes", address)
        await self.count("writes_visitor", visitor or address)

    def sender(self, scope: Scope, *, is_anonymous: bool = False) -> Sender:
        """Who sends a request, as the limits on claims know them."""
        return Sender(self.address(scope), is_anonymous)

    async def _refuse(self, rule: Rule, who: str) -> NoReturn:
        stats = await self._limiter.get_window_stats(self._items[rule], rule, who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        raise TooManyRequests(seconds, limit=(f"limit_{rule}", str(self._rates[rule])))
