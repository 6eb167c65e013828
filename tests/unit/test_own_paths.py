"""The public URL can't have a path that Dibs uses itself: the server couldn't tell whether a proxy
has stripped it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from dibs import app
from dibs.ledger.migrate import migrate
from dibs.setting_types import LOCAL_OUTBOX, OWN_PATHS
from dibs.settings import Settings
from tests.support.dibs_in_process import build

#: The page, and its old address, which is also a common path of a site.
ANYBODYS = {"", "book"}
#: This path has no route of its own: it leads to the routes of AppointEase.
INDEX = "index.php"


@pytest.mark.anyio
async def test_each_path_of_dibs_is_kept_from_being_that_of_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths: list[str] = []

    def note_paths(wrapped: ASGIApp, known: list[str]) -> ASGIApp:
        paths.extend(known)
        return wrapped

    monkeypatch.setattr(app, "RequestLog", note_paths)
    settings = Settings(data=tmp_path, smtp_url=LOCAL_OUTBOX)
    await asyncio.to_thread(migrate, settings.database)
    dibs = build(settings)
    app.create_app(dibs)
    await dibs.close()
    first = {path.split("/")[1] for path in paths if path.startswith("/")}
    assert (first - ANYBODYS) | {INDEX} == set(OWN_PATHS)
