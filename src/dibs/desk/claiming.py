"""Enters claims into the book of claims, which limits how long one visitor can keep a time, and how
many claims they can have at once."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs import errors
from dibs.holds.claims import ClaimLimits, ClaimTerms, EnteredClaim, KeptTooLong, Requester
from dibs.holds.store import Hold, HoldTimes, Refusal

if TYPE_CHECKING:
    from dibs.availability.slots import ServiceSlot
    from dibs.desk.context import DeskContext
    from dibs.holds.claims import Kind, TooMany
    from dibs.holds.store import HoldRequest

#: The requester for this process itself, and for tests. Claims of this requester have no limit.
UNLIMITED = Requester()
NO_LIMITS = ClaimLimits()


async def enter_claim(
    context: DeskContext,
    visitor: str,
    requester: Requester,
    slot: ServiceSlot,
    kind: Kind,
    ttl: timedelta,
) -> EnteredClaim:
    """Write a claim that is about to be made into the book of claims.

    Raises KeptTooLong, TooManyClaims.
    """
    limits = _limits(context)
    answer = await context.holds.claims.enter(visitor, requester, slot, kind, ttl, limits)
    if isinstance(answer, EnteredClaim):
        return answer
    raise _error_of(answer)


async def claim_hold(
    context: DeskContext, requester: Requester, request: HoldRequest
) -> Hold | Refusal:
    """Ask for a hold that is a claim in the book of claims, in one step.

    Raises KeptTooLong, TooManyClaims, HoldsUnavailable.
    """
    terms = ClaimTerms(requester, _limits(context))
    answer = await context.hold(replace(request, claim=terms))
    if isinstance(answer, Hold | Refusal):
        return answer
    raise _error_of(answer)


def _limits(context: DeskContext) -> ClaimLimits:
    settings = context.settings
    if settings.limits == "off":
        return NO_LIMITS
    return ClaimLimits(settings.max_claims_per_ip, settings.max_claims_per_visitor)


def _error_of(refused: KeptTooLong | TooMany) -> errors.KeptTooLong | errors.TooManyClaims:
    wait = _seconds(refused.wait)
    if isinstance(refused, KeptTooLong):
        return errors.KeptTooLong(wait)
    return errors.TooManyClaims(wait, limit=(refused.limit, str(refused.most)))


async def leave_claim(context: DeskContext, visitor: str, service_id: int | None) -> None:
    """Remove the visitor's claim of a service from the book, because it has ended or was
    refused."""
    await context.holds.claims.leave(visitor, service_id)


async def renew_hold(
    context: DeskContext,
    requester: Requester,
    hold: Hold,
    ttl: timedelta,
    grace: timedelta = timedelta(0),
) -> Hold | None:
    """Write a hold that was prolonged by `ttl` into the book, and shorten it if it is too long.

    It is shortened to the time for which the visitor can still keep it. Returns None if no time is
    left, because the hold has ended then.
    """
    answer = await context.holds.claims.enter(
        hold.visitor, requester, hold.slot, "hold", ttl, NO_LIMITS
    )
    if not isinstance(answer, EnteredClaim):
        await context.release_hold(hold.boards, hold.slot, hold.visitor)
        return None
    if hold.expires_at > answer.now + answer.left:
        cut = await context.holds.extend(
            hold.boards, hold.slot, hold.visitor, ttl=answer.left, grace=grace
        )
        if cut is None:
            return None
        hold = cut
    return apply_claim_times(context, hold, answer, ttl)


def apply_claim_times(
    context: DeskContext, hold: Hold, entered: EnteredClaim | None, ttl: timedelta
) -> Hold:
    """Return the hold with the times that its visitor gets, if it is in the book of claims. The
    hold was requested for at most `ttl`."""
    if entered is None:
        return hold
    now = max(entered.now, hold.expires_at - ttl)
    keep_until = entered.now + entered.left
    latest = min(hold.created + context.settings.max_hold_lifetime, keep_until)
    return replace(hold, times=HoldTimes(now, max(latest, hold.expires_at), keep_until))


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))
