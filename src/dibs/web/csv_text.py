"""Tables as CSV (RFC 4180), for spreadsheets.

A spreadsheet runs a cell that begins with certain characters as a formula. So such a cell gets an
apostrophe before it, which spreadsheets don't show. Numbers stay as they are. The text begins with
a byte order mark, because without it some spreadsheets assume another encoding.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
#: Full-width forms of the characters count as well, because some spreadsheets read them as the
#: plain characters.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def csv_line(cells: Sequence[object]) -> str:
    """Return one line with its line end. None becomes an empty cell."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(each) for each in cells])
    return text.getvalue()


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a table as a file that a browser saves under this name. The name may only have plain
    letters."""
    lines = [csv_line(columns), *(csv_line(row) for row in rows)]
    return Response(
        BYTE_ORDER_MARK + "".join(lines),
        media_type="text/csv; charset=utf-8",
        headers=file_headers(name),
    )


def file_headers(name: str) -> dict[str, str]:
    """Return the headers that make a browser save an answer as a file, and that keep caches from
    storing it."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
