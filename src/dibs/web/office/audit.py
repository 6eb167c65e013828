"""The audit: who did what, when and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from dibs.ledger.audit_log import read_audit
from dibs.web.field_types import TOO_LARGE_ID
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.ledger.audit_log import AuditEntry
    from dibs.web.office.guard import Guard

MAX_ENTRIES = 200

Before = Annotated[int | None, Query(ge=1, lt=TOO_LARGE_ID)]
Limit = Annotated[int, Query(ge=1, le=MAX_ENTRIES)]


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/audit", tags=["office"], responses=DOCUMENTED)
    database = desk.context.ledger.database

    @api.get("")
    async def read(request: Request, before: Before = None, limit: Limit = 50) -> dict[str, Any]:
        """The newest entries, or those before an entry. `next`: the `before` of the entries that
        follow; null: there are no more."""
        await guard.require(request, "audit:read")
        entries = await database.read(read_audit, before, limit + 1)
        shown = entries[:limit]
        return {
            "entries": [_show(each) for each in shown],
            "next": shown[-1].id if len(entries) > limit else None,
        }

    return api


def _show(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": rfc3339(entry.at),
        "actor": entry.actor,
        "by": entry.by,
        "address": entry.address,
        "action": entry.action,
        "reference": entry.reference,
        "details": entry.details,
    }
