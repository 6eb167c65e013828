"""Every error is described in the terms of the API that was called."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from dibs.appointease import api as appointease
from dibs.errors import LedgerUnavailable
from dibs.web import problems
from dibs.web.error_responses import ErrorResponses

pytestmark = pytest.mark.anyio

WORDPRESS = ["code", "message", "data"]
PROBLEM = ["type", "title", "status", "code", "detail", "errors"]


async def ask(method: str, path: str, failure: Exception) -> httpx2.Response:
    app = FastAPI()
    error_responses = ErrorResponses()
    for each in appointease.PATHS:
        error_responses.register(each, appointease.error_response)
    problems.install(app, error_responses)

    @app.get(path)
    async def fail() -> None:
        raise failure

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://dibs") as http:
        return await http.request(method, path)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/wp-json/appointease/v1/settings", WORDPRESS),
        ("/wp-json", WORDPRESS),
        ("/wp-admin/admin-ajax.php", WORDPRESS),
        ("/wp-jsonx", PROBLEM),
        ("/wp-admin/admin-ajax.php/", PROBLEM),
        ("/api/v1/services", PROBLEM),
    ],
)
@pytest.mark.parametrize(
    ("failure", "status"), [(KeyError("a fault of ours"), 500), (LedgerUnavailable(), 503)]
)
async def test_what_goes_wrong_is_said_in_the_words_of_who_was_asked(
    path: str, shape: list[str], failure: Exception, status: int
) -> None:
    answer = await ask("GET", path, failure)
    refusal: dict[str, Any] = answer.json()
    assert (answer.status_code, list(refusal)) == (status, shape)
    assert "fault" not in answer.text


async def test_a_method_that_is_not_answered_is_no_route_to_wordpress() -> None:
    answer = await ask("POST", "/wp-json/appointease/v1/settings", KeyError())
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")
    native = await ask("POST", "/api/v1/services", KeyError())
    assert (native.status_code, native.json()["code"]) == (405, "method_not_allowed")
