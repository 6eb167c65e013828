"""Makes every error response of the native API: problem+json of RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dibs.errors import (
    Conflict,
    DibsError,
    FieldError,
    Invalid,
    KeptTooLong,
    NotFound,
    OverrideNeeded,
    TooLateToCancel,
    TooLateToMove,
    TooManyRequests,
    Unavailable,
)
from dibs.web.errors import MethodNotAllowed, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import Scope

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"
#: At most so many faults have a sentence in `detail`. Every fault has its code in `errors`.
MAX_SENTENCES = 5

#: The API's code for each kind of fault that the validator finds. Other kinds are `malformed`.
CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "int_type": "wrong_type",
    "string_type": "wrong_type",
    "bool_type": "wrong_type",
    "model_type": "wrong_type",
    "model_attributes_type": "wrong_type",
    "dict_type": "wrong_type",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "json_invalid": "invalid_json",
}

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_FAULT = {
    "type": "object",
    "properties": {"field": _TEXT, "code": _TEXT, "limit": {"type": "integer"}, "detail": _TEXT},
    "required": ["field", "code"],
}
_PROBLEM = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("type", "title", "code", "detail"), _TEXT),
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _FAULT},
        "alternatives": {"type": "array", "items": {"type": "object"}},
        "move_until": _TIME,
        "cancel_until": _TIME,
        "overrides": {"type": "array", "items": _TEXT},
        "references": {"type": "array", "items": _TEXT},
        "limit": {"type": "object", "properties": {"setting": _TEXT, "value": _TEXT}},
    },
    "required": ["type", "title", "status", "code", "detail", "errors"],
}

#: The OpenAPI description of every refusal.
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
    for status, description in (
        ("4XX", "Refused: `code` says why, `errors` which fields."),
        ("429", "Too many requests; `Retry-After` says when to come again."),
        ("503", "A part of Dibs can't be reached right now."),
    )
}


def problem(error: DibsError) -> Response:
    status = status_of(type(error))
    body: dict[str, Any] = {
        "type": f"urn:dibs:problem:{error.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": error.detail,
        "errors": [
            _show_fault(each) for each in (error.errors if isinstance(error, Invalid) else ())
        ],
    }
    if isinstance(error, Conflict):
        body["alternatives"] = [
            {
                "starts_at": each.starts_at,
                "ends_at": each.ends_at,
                "resource_id": each.resource_id,
            }
            for each in error.alternatives
        ]
    if isinstance(error, TooLateToMove) and error.move_until is not None:
        body["move_until"] = error.move_until
    if isinstance(error, TooLateToCancel) and error.cancel_until is not None:
        body["cancel_until"] = error.cancel_until
    if isinstance(error, OverrideNeeded):
        body["overrides"] = error.rules
        body["references"] = error.references
    if isinstance(error, TooManyRequests) and error.limit is not None:
        name, value = error.limit
        body["limit"] = {"setting": f"DIBS_{name.upper()}", "value": value}
    headers = {"Cache-Control": "no-store"} | retry_after(error)
    if isinstance(error, MethodNotAllowed) and error.allowed:
        headers["Allow"] = error.allowed
    return Response(
        orjson.dumps(body, option=orjson.OPT_UTC_Z),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def _show_fault(fault: FieldError) -> dict[str, Any]:
    shown: dict[str, Any] = {"field": fault.field, "code": fault.code}
    if fault.limit is not None:
        shown["limit"] = fault.limit
    if fault.said is not None:
        shown["detail"] = fault.said
    return shown


def retry_after(error: DibsError) -> dict[str, str]:
    """Return the header that says when to try again, for errors that pass by themselves. Other
    errors have none."""
    if isinstance(error, (TooManyRequests, KeptTooLong)):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, Unavailable):
        return {"Retry-After": RETRY_AFTER}
    return {}


def install(app: FastAPI, error_response: Callable[[Scope, DibsError], Response]) -> None:
    """Install the handlers of errors. `error_response` makes the response from an error."""

    @app.exception_handler(DibsError)
    async def answer_error(request: Request, error: DibsError) -> Response:
        return error_response(request.scope, error)

    @app.exception_handler(RequestValidationError)
    async def answer_malformed(request: Request, error: RequestValidationError) -> Response:
        faults = error.errors()
        return error_response(
            request.scope, Invalid(*field_errors(faults), detail=_sentences(faults))
        )

    @app.exception_handler(HTTPException)
    async def answer_http(request: Request, error: HTTPException) -> Response:
        return error_response(request.scope, _from_http(error))

    @app.exception_handler(Exception)
    async def answer_unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected error", exc_info=error)
        return error_response(request.scope, DibsError())


def field_errors(faults: Sequence[Any]) -> list[FieldError]:
    found = []
    for fault in faults:
        code = fault.get("ctx", {}).get("code") or CODES.get(fault["type"], "malformed")
        found.append(FieldError(_field(fault), code, _limit(fault)))
    return found


def _field(fault: Any) -> str:
    if fault["type"] == "json_invalid":
        return "body"
    path = [str(part) for part in fault["loc"] if not isinstance(part, int)]
    return ".".join(path[1:]) or (path[0] if path else "body")


def _limit(fault: Any) -> int | None:
    """Return the limit that the value breaks, or None if the fault has no limit."""
    context = fault.get("ctx", {})
    for name, step in (("max_length", 0), ("min_length", 0), ("le", 0), ("ge", 0), ("lt", -1)):
        if isinstance(context.get(name), int):
            return int(context[name]) + step
    return None


def _sentences(faults: Sequence[Any]) -> str:
    """Return sentences for people about the faults, or an empty text if the codes say enough."""
    said = []
    for fault in faults[:MAX_SENTENCES]:
        context = fault.get("ctx", {})
        if "said" in context:
            said.append(f"{_field(fault)}: {context['said']}")
        elif fault["type"] == "string_too_long":
            said.append(f"{_field(fault)}: It has more than {context['max_length']} characters.")
    return " ".join(said)


def _from_http(error: HTTPException) -> DibsError:
    if error.status_code == 404:
        return NotFound()
    if error.status_code == 405:
        return MethodNotAllowed((error.headers or {}).get("Allow", ""))
    return Invalid(FieldError("body", "invalid_json"))
