"""Requests of visitors, as the office approves and declines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request

from dibs.web.field_types import Model
from dibs.web.office.booking_answers import BookingOut
from dibs.web.office.bookings import Reason, SeenIn
from dibs.web.office.calendar_views import show_booking
from dibs.web.problems import DOCUMENTED
from dibs.web.request_headers import IdempotencyKey, repeatable

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.approvals import Answer
    from dibs.desk.office.changes import SeenTime
    from dibs.web.office.guard import Guard


class ApproveIn(Model):
    """An approval. `seen` is where the request was when the user decided. If it was moved since
    then, it isn't approved."""

    seen: SeenIn | None = None


class DeclineIn(Model):
    """A refusal of a request. The customer reads the `reason` in the letter."""

    reason: Reason = ""


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix="/api/v1/admin/bookings", tags=["office"], responses=DOCUMENTED)
    topic = _Approvals(desk, guard)
    api.post("/{reference}/approve")(topic.approve)
    api.post("/{reference}/decline")(topic.decline)
    return api


class _Approvals:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._desk = desk
        self._guard = guard

    async def approve(
        self,
        request: Request,
        reference: str,
        wanted: ApproveIn | None = None,
        idempotency_key: IdempotencyKey = None,
    ) -> BookingOut:
        """Approve a request: it becomes confirmed, and its customer is told. With `seen`, it is
        only approved if it was not moved since then."""
        seen = wanted.seen.as_seen() if wanted and wanted.seen else None
        return await self._answer(request, reference, "confirmed", "", idempotency_key, seen)

    async def decline(
        self,
        request: Request,
        reference: str,
        wanted: DeclineIn,
        idempotency_key: IdempotencyKey = None,
    ) -> BookingOut:
        """Decline a request: its time is free again, and its customer is told."""
        return await self._answer(request, reference, "declined", wanted.reason, idempotency_key)

    async def _answer(
        self,
        request: Request,
        reference: str,
        answer: Answer,
        reason: str,
        key: str | None,
        seen: SeenTime | None = None,
    ) -> BookingOut:
        principal = await self._guard.require(request, "bookings:write")
        scope = f"office user {principal.user_id} key {principal.key_id}"
        again = await repeatable(request, key, scope)
        return show_booking(
            await self._desk.office.approvals.answer(
                principal.author, reference, answer, reason, again, principal.resource_id, seen
            )
        )
