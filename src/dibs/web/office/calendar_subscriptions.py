"""Calendar subscriptions: users add the addresses of calendars whose busy times count here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from dibs.busy_times.addresses import MAX_ADDRESS, parse_address
from dibs.web.field_types import AddressId, Id, Model, ShortText
from dibs.web.office.answers import (
    CalendarSubscriptionOut,
    CalendarSubscriptionsOut,
    SubscriptionConflictOut,
)
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.calendar_subscriptions import Subscription
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.imported_busy_times import BusyConflict
    from dibs.web.office.guard import Guard


class SubscriptionIn(Model):
    """A new calendar subscription. `address` is the address of a calendar file, like https://…,
    http://… or webcal://…."""

    resource_id: Id
    name: ShortText
    address: Annotated[str, Field(max_length=MAX_ADDRESS)]


class NameIn(Model):
    name: ShortText


def routes(desk: Desk, guard: Guard) -> APIRouter:
    path = f"{PREFIX}/calendar-subscriptions"
    api = APIRouter(prefix=path, tags=["office"], responses=DOCUMENTED)
    topic = _Subscriptions(desk, guard)
    api.get("")(topic.read)
    api.post("", status_code=201)(topic.add)
    api.patch("/{subscription_id}")(topic.rename)
    api.post("/{subscription_id}/read", status_code=204)(topic.read_now)
    api.delete("/{subscription_id}", status_code=204)(topic.remove)
    return api


class _Subscriptions:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._subscriptions = desk.office.calendar_subscriptions
        self._ledger = desk.context.ledger
        self._guard = guard

    async def read(self, request: Request) -> CalendarSubscriptionsOut:
        """Return all calendar subscriptions, and the bookings that are in the way of their busy
        times. Staff see only those of their own calendar."""
        principal = await self._guard.require(request, "calendar:read")
        found, conflicts = await self._subscriptions.list_all(principal)
        catalog = await self._ledger.catalog()
        is_trusted = _may_see_titles(principal)
        return {
            "subscriptions": [_show(each, catalog, with_titles=is_trusted) for each in found],
            "conflicts": [
                _show_conflict(each, catalog, with_title=is_trusted) for each in conflicts
            ],
        }

    async def add(self, request: Request, wanted: SubscriptionIn) -> CalendarSubscriptionOut:
        """Add the address of a calendar. The calendar is read within seconds. The address is a
        secret, and is never shown whole."""
        principal = await self._guard.require(request, "bookings:write")
        await self._guard.count_write(request)
        made = await self._subscriptions.add(
            principal, wanted.resource_id, wanted.name, wanted.address
        )
        catalog = await self._ledger.catalog()
        return _show(made, catalog, with_titles=_may_see_titles(principal))

    async def rename(
        self, request: Request, subscription_id: AddressId, wanted: NameIn
    ) -> CalendarSubscriptionOut:
        """Give a calendar another name."""
        principal = await self._guard.require(request, "bookings:write")
        changed = await self._subscriptions.rename(principal, subscription_id, wanted.name)
        catalog = await self._ledger.catalog()
        return _show(changed, catalog, with_titles=_may_see_titles(principal))

    async def read_now(self, request: Request, subscription_id: AddressId) -> None:
        """Have a calendar read within seconds. Its `read_at` and `fault` tell afterwards how it
        went."""
        principal = await self._guard.require(request, "bookings:write")
        await self._guard.count_write(request)
        await self._subscriptions.read_now(principal, subscription_id)

    async def remove(self, request: Request, subscription_id: AddressId) -> None:
        """Remove a calendar. Its busy times are free at once."""
        principal = await self._guard.require(request, "bookings:write")
        await self._subscriptions.remove(principal, subscription_id)


def _may_see_titles(principal: Principal) -> bool:
    return "customers:read" in principal.scopes


def _show(
    subscription: Subscription, catalog: Catalog, *, with_titles: bool
) -> CalendarSubscriptionOut:
    is_offered = subscription.resource_id in catalog.resources
    return {
        "id": subscription.id,
        "resource_id": subscription.resource_id,
        "resource": catalog.resource_name(subscription.resource_id),
        "name": subscription.name,
        "address": parse_address(subscription.address).shortened,
        "created_at": rfc3339(subscription.created_at),
        "read_at": _moment(subscription.read_at),
        "succeeded_at": _moment(subscription.succeeded_at),
        "fault": subscription.fault if is_offered else "not_offered",
        "fault_detail": subscription.fault_detail if is_offered else "",
        "unread": [
            {
                "title": each.title if with_titles else "",
                "reason": each.reason,
                "starts_at": _moment(each.starts_at),
            }
            for each in subscription.unread
        ],
    }


def _show_conflict(
    conflict: BusyConflict, catalog: Catalog, *, with_title: bool
) -> SubscriptionConflictOut:
    busy = conflict.busy
    return {
        "subscription_id": busy.subscription_id,
        "resource_id": busy.resource_id,
        "resource": catalog.resource_name(busy.resource_id),
        "title": busy.title if with_title else "",
        "busy_from": rfc3339(busy.time.start),
        "busy_until": rfc3339(busy.time.end),
        "reference": conflict.reference,
        "starts_at": rfc3339(conflict.starts_at),
        "ends_at": rfc3339(conflict.ends_at),
    }


def _moment(instant: datetime | None) -> str | None:
    return None if instant is None else rfc3339(instant)
