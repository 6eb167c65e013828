"""Tables as CSV (RFC 4180), for spreadsheets.

A spreadsheet takes a cell that begins with certain characters for a formula, and runs it. So such
a cell gets an apostrophe before it, which spreadsheets don't show; a number stays a number. The
text begins with a byte order mark, without which some spreadsheets take it for another encoding.
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
#: Full-width forms count as well: some spreadsheets read them as the plain ones.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def csv_line(cells: Sequence[object]) -> str:
    """One line with its end; None is an empty cell."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(each) for each in cells])
    return text.getvalue()


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table as a file to be saved under this name, which is of plain letters."""
    lines = [csv_line(columns), *(csv_line(row) for row in rows)]
    return Response(
        BYTE_ORDER_MARK + "".join(lines),
        media_type="text/csv; charset=utf-8",
        headers=file_headers(name),
    )


def file_headers(name: str) -> dict[str, str]:
    """What makes a browser save an answer, and keep no copy of it elsewhere."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
