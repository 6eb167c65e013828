"""Compressed answers: files that the build has compressed already, and short texts.

The build (`frontend/precompress.js`) puts a file for Brotli and a file for gzip beside each file
that becomes smaller by compression.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from dibs.web.asgi import header, matches

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
#: The endings of the names of compressed files, by their encodings. The best encoding comes first.
ENDINGS = {"br": ".br", "gzip": ".gz"}
#: How many compressed texts are remembered. The pages of a business differ by service, language and
#: theme.
MAX_REMEMBERED = 64
NEVER = ("0", "0.0", "0.00", "0.000")


def accepted_encodings(accept_encoding: str) -> set[str]:
    """Return the names of the encodings that a client reads, as its Accept-Encoding has them."""
    accepted = set()
    for each in accept_encoding.lower().split(","):
        name, _, weight = each.partition(";")
        if weight.strip().removeprefix("q=").strip() not in NEVER:
            accepted.add(name.strip())
    return accepted


def _encodings_of(scope: Scope) -> set[str]:
    return accepted_encodings((header(scope, b"accept-encoding") or b"").decode("latin-1"))


class Assets(StaticFiles):
    """Files whose names have a hash of their content, so caches may keep them for ever.

    If the client gets a compressed file, a range of bytes is a range of the compressed file.
    """

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        encoding = None
        accepted = _encodings_of(scope)
        for name, ending in ENDINGS.items():
            compressed = Path(f"{full_path}{ending}")
            if name in accepted and compressed.exists():
                full_path, stat_result, encoding = compressed, compressed.stat(), name
                break
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOREVER
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Vary"] = "Accept-Encoding"
        if encoding and response.status_code != 304:
            response.headers["Content-Encoding"] = encoding
        return response


def text_response(
    scope: Scope, text: str, media_type: str, headers: Mapping[str, str], status: int = 200
) -> Response:
    """Return an answer with a text that may change. It has an ETag if its status is 200, and is
    compressed if the client can read that."""
    body = text.encode()
    vary = ", ".join(filter(None, ["Accept-Encoding", headers.get("Vary")]))
    headers = {**headers, "Vary": vary}
    if "gzip" in _encodings_of(scope):
        body = _compress(body)
        headers["Content-Encoding"] = "gzip"
    if status != 200:
        return Response(body, status, headers, media_type)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers["ETag"] = etag
    if matches(header(scope, b"if-none-match"), (etag.encode(),)):
        headers.pop("Content-Encoding", None)
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type)


@lru_cache(maxsize=MAX_REMEMBERED)
def _compress(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
