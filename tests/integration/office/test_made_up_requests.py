"""The API of the office is tested with random requests that follow its own OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.office import OWNER, PASSWORD, PREFIX, OfficeBrowser, owner_token
from tests.support.office_operations import OPERATIONS
from tests.support.server import Server

MADE_UP_PER_OPERATION = 10
#: Streams are left out: they don't end, and have the same parameters as the calendar.
STREAMS = {each for each in OPERATIONS if each.endswith("/stream")}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server only for these tests: random requests change users."""
    server = Server.start(tmp_path_factory.mktemp("made-up") / "data")
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    other = {"name": "Otto", "email": "otto@example.com", "role": "owner"}
    token = browser.post("/users", other).json()["link"].partition("#")[2]
    assert browser.use_link(token).status_code == 201
    browser.close()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def document(own_server: Server) -> Any:
    return schemathesis.openapi.from_url(f"{own_server.url}/api/openapi.json")


@pytest.fixture
def browser(own_server: Server) -> Iterator[OfficeBrowser]:
    browser = OfficeBrowser(own_server.url)
    yield browser
    browser.close()


@pytest.mark.parametrize(
    ("operation", "mode"),
    [(each, GenerationMode.POSITIVE) for each in sorted(set(OPERATIONS) - STREAMS)]
    # Operations for which the document allows the test to make an invalid request.
    + [(each, GenerationMode.NEGATIVE) for each in OPERATIONS if OPERATIONS[each][1] is not None],
)
def test_what_is_made_up_is_answered_as_documented(
    own_server: Server,
    document: Any,
    browser: OfficeBrowser,
    operation: str,
    mode: GenerationMode,
) -> None:
    method, path = operation.split()
    cases = document[f"{PREFIX}{path}"][method].as_strategy(generation_mode=mode)

    def session() -> dict[str, str]:
        """Return the headers of a signed-in user. The requests before may have changed the
        users."""
        for email in (OWNER["email"], "otto@example.com"):
            if browser.sign_in(email, PASSWORD).status_code == 201:
                cookie = f"dibs_office={browser.http.cookies['dibs_office']}"
                return {"Cookie": cookie, "Origin": own_server.url}
        raise AssertionError("there is always an owner who can sign in")

    headers = session()

    @settings(
        max_examples=MADE_UP_PER_OPERATION,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def answered_as_documented(case: Any) -> None:
        case.call_and_validate(
            headers=headers,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    answered_as_documented()
