"""The audit, which says who did what, when and from where: page by page, or whole as a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse

from dibs.availability.wall import local_day
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.audit_log import AuditFilter, find_named, read_audit
from dibs.web.csv_text import BYTE_ORDER_MARK, csv_line, file_headers
from dibs.web.field_types import TOO_LARGE_ID, Day
from dibs.web.office.answers import AuditEntryOut, AuditNameOut, AuditPageOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from dibs.desk import Desk
    from dibs.ledger.audit_log import AuditEntry
    from dibs.web.office.guard import Guard

MAX_ENTRIES = 200
#: The most entries of a file, and how many of them are read at once.
MAX_SAVED, ENTRIES_AT_ONCE = 100_000, 500
COLUMNS = ("id", "at", "actor", "by", "address", "action", "reference", "details")

Before = Annotated[int | None, Query(ge=1, lt=TOO_LARGE_ID)]
Limit = Annotated[int, Query(ge=1, le=MAX_ENTRIES)]
#: `visitor` or another actor; `user:3` and `key:2` for one user or API key.
WHO = re.compile(r"(visitor|customer|owner|clock|import|user|key)(?::([1-9][0-9]{0,8}))?", re.ASCII)
Who = Annotated[str | None, Query(pattern=f"^{WHO.pattern}$", max_length=20)]
Action = Annotated[str | None, Query(pattern=r"^[a-z_]+(\.[a-z_]+)?$", max_length=60)]
Reference = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9-]{1,40}$")]
First = Annotated[Day | None, Query(alias="from")]
Last = Annotated[Day | None, Query(alias="to")]


class AuditQuery:
    """The filter of a request. `first` and `last` are days of the business, both included."""

    def __init__(
        self,
        who: Who = None,
        action: Action = None,
        reference: Reference = None,
        first: First = None,
        last: Last = None,
    ) -> None:
        self.who, self.action = who, action
        self.reference, self.first, self.last = reference, first, last

    def filter_in(self, zone: ZoneInfo) -> AuditFilter:
        """Return the filter for the ledger. `zone` is the time zone of the business. Raises
        Invalid."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise Invalid(FieldError("to", "before_from"))
        found = WHO.fullmatch(self.who or "")
        kind, number = found.groups() if found else (None, None)
        if number is not None and kind not in ("user", "key"):
            raise Invalid(FieldError("who", "malformed"))
        return AuditFilter(
            actor=kind,
            user_id=int(number) if number and kind == "user" else None,
            key_id=int(number) if number and kind == "key" else None,
            action=self.action,
            reference=self.reference.upper() if self.reference else None,
            since=local_day(self.first, zone)[0] if self.first else None,
            until=local_day(self.last, zone)[1] if self.last else None,
        )


Filter = Annotated[AuditQuery, Depends()]


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["office"], responses=DOCUMENTED)
    topic = _Audit(desk, guard)
    api.get("/audit")(topic.read)
    api.get("/audit/names")(topic.read_names)
    for name, media, save in (
        ("audit.csv", "text/csv", topic.save_csv),
        ("audit.json", "application/json", topic.save_json),
    ):
        described: dict[int | str, dict[str, Any]] = {200: {"content": {media: {}}}}
        add: Callable[..., Any] = api.get(
            f"/{name}", response_class=StreamingResponse, responses=described
        )
        add(save)
    return api


class _Audit:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._ledger = desk.context.ledger
        self._guard = guard

    async def read(
        self, request: Request, wanted: Filter, before: Before = None, limit: Limit = 50
    ) -> AuditPageOut:
        """Return the newest entries, or those before the entry with the id `before`. `next` is the
        `before` of the next page, or null if there is none.

        `who` is an actor (`visitor`, `customer`, `owner`, `clock`, `import`, `user`, `key`), or one
        user or API key (`user:3`). `action` is one action, or the part before its point (`booking`)
        for all actions that begin with it. `from` and `to` are days of the business, both included.
        """
        only = await self._allow(request, wanted)
        entries = await self._ledger.database.read(read_audit, before, limit + 1, only)
        shown = entries[:limit]
        return {
            "entries": [_show(each) for each in shown],
            "next": shown[-1].id if len(entries) > limit else None,
        }

    async def read_names(self, request: Request) -> list[AuditNameOut]:
        """Return all users and API keys that the audit may name, also those that are no longer
        valid."""
        await self._guard.require(request, "audit:read")
        found = await self._ledger.database.read(find_named)
        return [{"who": f"{each.kind}:{each.id}", "name": each.name} for each in found]

    async def save_csv(self, request: Request, wanted: Filter) -> StreamingResponse:
        """Return the entries as CSV, the newest first, 100,000 at most."""
        only = await self._allow(request, wanted)

        async def write() -> AsyncIterator[str]:
            yield BYTE_ORDER_MARK + csv_line(COLUMNS)
            async for part in self._parts(only):
                yield "".join(csv_line(_cells(entry)) for entry in part)

        return _file(write, "audit.csv", "text/csv; charset=utf-8")

    async def save_json(self, request: Request, wanted: Filter) -> StreamingResponse:
        """Return the entries as one list in JSON, the newest first, 100,000 at most."""
        only = await self._allow(request, wanted)

        async def write() -> AsyncIterator[bytes]:
            begin = b"["
            async for part in self._parts(only):
                for entry in part:
                    yield begin + orjson.dumps(_show(entry))
                    begin = b",\n"
            yield b"[]" if begin == b"[" else b"]"

        return _file(write, "audit.json", "application/json")

    async def _allow(self, request: Request, wanted: AuditQuery) -> AuditFilter:
        await self._guard.require(request, "audit:read")
        return wanted.filter_in(await self._zone())

    async def _zone(self) -> ZoneInfo:
        try:
            catalog = await self._ledger.catalog()
        except NotFound:
            return ZoneInfo("UTC")
        return ZoneInfo(catalog.business.time_zone)

    async def _parts(self, only: AuditFilter) -> AsyncIterator[list[AuditEntry]]:
        """Yield the entries in parts. If the ledger fails in between, the answer breaks off, so
        that nobody takes it for complete."""
        before: int | None = None
        for _ in range(MAX_SAVED // ENTRIES_AT_ONCE):
            part = await self._ledger.database.read(read_audit, before, ENTRIES_AT_ONCE, only)
            yield part
            if len(part) < ENTRIES_AT_ONCE:
                return
            before = part[-1].id


def _file(
    write: Callable[[], AsyncIterator[str] | AsyncIterator[bytes]], name: str, media: str
) -> StreamingResponse:
    return StreamingResponse(write(), media_type=media, headers=file_headers(name))


def _cells(entry: AuditEntry) -> list[object]:
    shown = _show(entry) | {"details": orjson.dumps(entry.details).decode()}
    return [shown[column] for column in COLUMNS]


def _show(entry: AuditEntry) -> AuditEntryOut:
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
