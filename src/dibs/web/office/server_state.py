"""What an owner needs to know of the server, with the settings that change it. It contains no
secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request

from dibs import __version__
from dibs.setting_types import LOCAL_OUTBOX
from dibs.web.office.answers import FactOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.desk import Desk
    from dibs.settings import Settings
    from dibs.web.office.guard import Guard


def routes(desk: Desk, guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/server", tags=["office"], responses=DOCUMENTED)

    @api.get("")
    async def read(request: Request) -> list[FactOut]:
        """Return the facts about how the server is set up, each with its value and the setting that
        changes it."""
        await guard.require(request, "settings")
        facts = _facts(desk.context.settings, public_url)
        return [{"name": name, "value": value, "setting": of} for name, value, of in facts]

    return api


def _facts(settings: Settings, public_url: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield the name, the value and the setting of each fact. The values contain no passwords or
    keys."""
    yield "version", __version__, None
    yield "public_url", public_url, "DIBS_PUBLIC_URL"
    yield "database", "SQLite" if settings.is_embedded else "PostgreSQL", "DIBS_DATABASE_URL"
    yield "holds", "memory" if settings.is_embedded else "Redis", "DIBS_REDIS_URL"
    yield "mail", _mail_in_words(settings.smtp_url), "DIBS_SMTP_URL"
    yield "mail_from", settings.mail_from if settings.smtp_url else "", "DIBS_MAIL_FROM"
    yield "own_letters", "yes" if settings.letters_folder else "no", "DIBS_LETTERS_FOLDER"
    yield "limits", settings.limits, "DIBS_LIMITS"


def _mail_in_words(smtp_url: str) -> str:
    """Return how mail is sent, with no more of the URL than its host, because it may contain a
    password."""
    if not smtp_url:
        return "none"
    return "outbox" if smtp_url == LOCAL_OUTBOX else urlsplit(smtp_url).hostname or "none"
