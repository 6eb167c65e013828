"""Lists and releases live claims for the command line.

In the embedded mode holds live in the memory of the running process, so that process is asked over
HTTP. In the production mode they are in Redis, and any process can read them.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dibs.app import build
from dibs.desk.tokens import ManageTokens
from dibs.errors import CannotStart
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT
from dibs.secret_key import secret_key
from dibs.server import find_running_server, prepare
from dibs.web.owner import PATH, show_claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dibs.settings import Settings

TIMEOUT_SECONDS = 10


def list_claims(settings: Settings) -> list[dict[str, Any]]:
    """Return all live claims. Raises CannotStart, DatabaseUnusable, Unavailable."""
    server = find_running_server(settings)
    if server is not None:
        return _ask(server, settings, "GET", PATH)

    async def run() -> list[dict[str, Any]]:
        dibs = build(settings, secret_key(settings), longest=OWNERS_TRANSACTION_TIMEOUT)
        async with dibs.running():
            return [show_claim(each) for each in await dibs.desk.claims.find_all()]

    prepare(settings)
    return asyncio.run(run())


def release_claims(
    settings: Settings, claims: Sequence[str], address: str = ""
) -> list[dict[str, Any]]:
    """End claims by their ids or by their client address, and return those that were released.

    Raises CannotStart, DatabaseUnusable, Unavailable.
    """
    server = find_running_server(settings)
    if server is not None:
        body = {"claims": list(claims), "address": address}
        return _ask(server, settings, "POST", f"{PATH}/release", body)

    async def run() -> list[dict[str, Any]]:
        dibs = build(settings, secret_key(settings), longest=OWNERS_TRANSACTION_TIMEOUT)
        async with dibs.running():
            return [show_claim(each) for each in await dibs.desk.claims.release(claims, address)]

    prepare(settings)
    return asyncio.run(run())


def _ask(
    server: str, settings: Settings, method: str, path: str, body: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    at = urlsplit(server)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=TIMEOUT_SECONDS)
    token = ManageTokens(secret_key(settings)).owner_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read()
    except OSError as error:
        raise CannotStart(f"The running Dibs at {server} can't be asked: {error}.") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise CannotStart(f"The running Dibs at {server} refused: status {answer.status}.")
    found: list[dict[str, Any]] = json.loads(text)
    return found
