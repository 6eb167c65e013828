"""The reference pages that are made from the code: `python -m dibs.reference errors`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from dibs.errors import CannotStart, DibsError
from dibs.settings import Settings
from dibs.web import problems  # noqa: F401 - its errors are in the table too


def errors() -> str:
    """Every error of the native API: its code, its status, and what it says."""
    rows = sorted(
        (each.status, each.code, (each.__doc__ or "").partition("\n")[0])
        for each in _family(DibsError)
        if not issubclass(each, CannotStart) and each is not DibsError
    )
    table = [f"| {status} | `{code}` | {text} |" for status, code, text in rows]
    return "\n".join(
        [
            "# Errors",
            "",
            "Every error of the native API is `application/problem+json` (RFC 9457) with a `code`"
            " that never changes its meaning. 422 names the fields in `errors`; 409 for a slot"
            " brings the nearest free starts in `alternatives`; 503 comes with `Retry-After`.",
            "",
            "| status | code | says |",
            "|---|---|---|",
            *table,
            "",
        ]
    )


def settings() -> str:
    rows = [
        f"| `DIBS_{name.upper()}` | `{field.default}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Each is an environment variable; `dibs settings` shows the values in force. What is"
            " typed on the command line fills in what the environment leaves open.",
            "",
            "| setting | default | means |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _family(kind: type[DibsError]) -> Iterator[type[DibsError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _family(each)


if __name__ == "__main__":
    sys.stdout.write({"errors": errors, "settings": settings}[sys.argv[1]]())
