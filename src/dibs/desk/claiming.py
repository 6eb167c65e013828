"""Claims and their limits: how long one visitor may keep a time, and how many times at once."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs import errors
from dibs.holds.claims import Caps, Entered, KeptTooLong, Sender
from dibs.holds.store import Hold, Told

if TYPE_CHECKING:
    from dibs.availability.slots import ServiceSlot
    from dibs.desk.context import DeskContext
    from dibs.holds.claims import Kind

#: This process itself, or a test: nothing is counted.
NOBODY = Sender()
NO_CAPS = Caps()


async def enter_claim(
    context: DeskContext,
    visitor: str,
    sender: Sender,
    slot: ServiceSlot,
    kind: Kind,
    ttl: timedelta,
) -> Entered:
    """Enter a claim that is about to be made into the book of claims.

    Raises KeptTooLong, TooManyClaims.
    """
    settings = context.settings
    caps = NO_CAPS
    if settings.limits == "on":
        caps = Caps(settings.claims_per_address, settings.claims_per_visitor)
    answer = await context.holds.claims.enter(visitor, sender, slot, kind, ttl, caps)
    if isinstance(answer, Entered):
        return answer
    if isinstance(answer, KeptTooLong):
        raise errors.KeptTooLong(_seconds(answer.rest))
    raise errors.TooManyClaims(_seconds(answer.wait), limit=(answer.limit, str(answer.most)))


async def leave_claim(context: DeskContext, visitor: str, service_id: int | None) -> None:
    """Take out the visitor's claim of a service: it has ended, or was not granted."""
    await context.holds.claims.leave(visitor, service_id)


async def renew_hold(
    context: DeskContext,
    sender: Sender,
    hold: Hold,
    ttl: timedelta,
    grace: timedelta = timedelta(0),
) -> Hold | None:
    """Enter a hold that was prolonged by `ttl`; it is cut to the time that may still be kept.

    None: there is no such time left, and the hold has ended.
    """
    answer = await context.holds.claims.enter(hold.visitor, sender, hold.slot, "hold", ttl, NO_CAPS)
    if not isinstance(answer, Entered):
        await context.holds.release(hold.boards, hold.slot, hold.visitor)
        await context.hub.refresh_all(hold.boards, ledger=False)
        return None
    if hold.expires_at > answer.now + answer.left:
        cut = await context.holds.extend(
            hold.boards, hold.slot, hold.visitor, ttl=answer.left, grace=grace
        )
        if cut is None:
            return None
        hold = cut
    return tell_times(context, hold, answer, ttl)


def tell_times(context: DeskContext, hold: Hold, entered: Entered, ttl: timedelta) -> Hold:
    """The hold, asked for `ttl` at most, with what its visitor is told of its times."""
    now = max(entered.now, hold.expires_at - ttl)
    keep_until = entered.now + entered.left
    latest = min(hold.created + context.settings.hold_total, keep_until)
    return replace(hold, told=Told(now, max(latest, hold.expires_at), keep_until))


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))
