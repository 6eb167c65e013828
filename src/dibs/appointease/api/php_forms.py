"""JSON as PHP writes it, and errors as WordPress answers them."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

NO_ROUTE = (404, "rest_no_route", "No route was found matching the URL and request method.")


class PhpResponse(Response):
    """An answer in JSON. No cache may keep it, because it is about a customer or about this
    moment."""

    media_type = "application/json; charset=UTF-8"

    def __init__(self, content: Any, status_code: int = 200) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store"})

    def render(self, content: Any) -> bytes:
        return php_json(content)


def php_json(content: Any) -> bytes:
    """Return JSON without spaces, with `/` as `\\/`, and all characters that are not ASCII as
    `\\uXXXX`."""
    return json.dumps(content, separators=(",", ":")).replace("/", r"\/").encode()


def wordpress_error(status: int, code: str, message: str, **more: Any) -> PhpResponse:
    return PhpResponse(
        {"code": code, "message": message, "data": {"status": status} | more}, status_code=status
    )


def no_route() -> PhpResponse:
    return wordpress_error(*NO_ROUTE)
