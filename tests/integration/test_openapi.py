"""The API is tested with random requests that follow its own OpenAPI document.

The API of the office has tests of its own: see `office/test_guard.py`.
"""

from __future__ import annotations

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

from tests.support.server import Server

pytestmark = pytest.mark.scenario(38)

MADE_UP_PER_OPERATION = 20
OPERATIONS = [
    "GET /api/v1/business",
    "GET /api/v1/services",
    "GET /api/v1/resources",
    "GET /api/v1/services/{service_id}/qr.svg",
    "GET /api/v1/services/{service_id}/availability",
    "GET /api/v1/services/{service_id}/first-free",
    "POST /api/v1/holds",
    "PATCH /api/v1/holds/{hold_id}",
    "DELETE /api/v1/holds/{hold_id}",
    "POST /api/v1/checkouts",
    "DELETE /api/v1/checkouts/{checkout_id}",
    "POST /api/v1/bookings",
    "GET /api/v1/bookings/{reference}",
    "PATCH /api/v1/bookings/{reference}",
    "DELETE /api/v1/bookings/{reference}",
    "POST /api/v1/bookings/{reference}/calendar.ics",
    "GET /feeds/{token}.ics",
    "POST /api/v1/session/codes",
    "POST /api/v1/session",
    "GET /api/v1/session",
    "DELETE /api/v1/session",
    "GET /api/v1/my/bookings",
    "GET /api/v1/my/data",
    "DELETE /api/v1/my/data",
    "GET /health/live",
    "GET /health/ready",
]
#: Operations for which the document allows the test to make an invalid request.
BREAKABLE = [
    operation
    for operation in OPERATIONS
    if (operation.startswith(("POST", "PATCH")) and not operation.endswith(".ics"))
    or "availability" in operation
    or "first-free" in operation
    or operation in ("DELETE /api/v1/holds/{hold_id}", "DELETE /api/v1/bookings/{reference}")
    or operation in ("DELETE /api/v1/session", "DELETE /api/v1/my/data")
]


@pytest.fixture(scope="module")
def document(shared: Server) -> Any:
    """Return the OpenAPI document of a running server as a source of requests."""
    return schemathesis.openapi.from_url(f"{shared.url}/api/openapi.json")


def test_every_operation_is_tested_here(document: Any) -> None:
    found = (each.ok() for each in document.get_all_operations())
    public = (each for each in found if not each.path.startswith("/api/v1/admin/"))
    assert {f"{each.method.upper()} {each.path}" for each in public} == set(OPERATIONS)


@pytest.mark.parametrize(
    ("operation", "mode"),
    [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
    + [(operation, GenerationMode.NEGATIVE) for operation in BREAKABLE],
)
def test_what_is_made_up_from_the_document_is_answered_as_documented(
    document: Any, operation: str, mode: GenerationMode
) -> None:
    method, path = operation.split()
    cases = document[path][method].as_strategy(generation_mode=mode)

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
            checks=[
                # Without a mail server no code can be sent; the document says so.
                *([] if path == "/api/v1/session/codes" else [not_a_server_error]),
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ]
        )

    answered_as_documented()
