"""Makes reference pages from the code, for example by `python -m dibs.reference errors`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from dibs.catalog_file.tables import CatalogFile
from dibs.desk.office import errors as office_errors  # noqa: F401 - they are listed as well
from dibs.errors import CannotStart, DibsError
from dibs.settings import Settings, show_setting
from dibs.web.errors import status_of

#: The headers of the tables of a catalog file, and the names of their classes in the code.
SECTIONS = {
    "[business]": "BusinessTable",
    "[business.translations.LANGUAGE]": "BusinessTexts",
    "[[services]]": "ServiceTable",
    "[services.translations.LANGUAGE]": "ServiceTexts",
    "[[services.questions]]": "QuestionTable",
    "[services.questions.translations.LANGUAGE]": "QuestionTextsTable",
    "[[categories]]": "CategoryTable",
    "[categories.translations.LANGUAGE]": "CategoryTexts",
    "[[resources]]": "ResourceTable",
    "[resources.translations.LANGUAGE]": "ResourceTexts",
    "[[closures]]": "ClosureTable",
    "[letters.KIND.LANGUAGE]": "LetterWordsTable",
}
CATALOG = """\
# The catalog file

One TOML file in UTF-8 says what a business offers. `dibs catalog apply FILE` checks all of it,
names each fault by its line, and changes nothing unless the whole file is right. A key that is not
on this page is a fault.
"""
WHICH_HOURS = """\
## Which hours apply

For each resource and each local date, in this order:

1. The weekly hours of the weekday (`hours`). A weekday that is missing is closed.
2. If `overrides` names the date, its hours replace the weekly hours of the whole date. An empty
   list closes the date.
3. Closures are taken out of what 1 and 2 give: those of the resource and those of the whole
   business. So an override never opens a time that a closure closes.

Work past midnight is written as two days: `thu = ["20:00-24:00"]` and `fri = ["00:00-02:00"]`. A
service can run over that midnight.

A start is offered if the resource is open for the whole `duration`. Buffers may lie outside the
opening hours. [Time](../explanation/time.md) tells how hours behave on the days on which the clock
changes.

## Example
"""
EXAMPLE = '''\
[business]
name = "Studio Nord"
time_zone = "Europe/Berlin"
country = "DE"
currency = "EUR"
slot_interval = 30
email = "hello@studio-nord.example"
reminders = [1440, 120]
language = "en"

[[services]]
id = 1
name = "Haircut"
description = "Washing, cutting and drying"
duration = 45
buffer_after = 15
minimum_notice = 120
move_notice = 120
cancel_notice = 1440
booking_window_days = 60
price = "48.00"
resources = [1]
place = "12 Harbour Street, second floor"

[services.translations.de]
name = "Haarschnitt"
description = "Waschen, Schneiden und Föhnen"

[[services]]
id = 2
name = "Braiding Class"
duration = 90
slot_interval = 90
capacity = 6
resources = [2]

[[resources]]
id = 1
name = "Mia"
email = "mia@studio-nord.example"
letters = ["new", "cancelled"]

[resources.hours]
tue = ["09:00-12:30", "13:30-18:00"]
wed = ["09:00-12:30", "13:30-18:00"]
thu = ["09:00-12:30", "13:30-18:00"]

[resources.overrides]
"2026-12-22" = ["12:00-20:00"]
"2026-12-23" = []

[[resources]]
id = 2
name = "Upper Room"
kind = "room"

[resources.hours]
sat = ["10:00-14:00"]

[[closures]]
from = 2026-12-24
to = 2026-12-26
reason = "Christmas"

[[closures]]
from = 2026-12-22T15:00:00
to = 2026-12-22T16:00:00
resource = 1

[letters.reminder.de]
subject = "Bis bald: {{ service }} am {{ short_date }}"
closing = """
Bitte kommen Sie fünf Minuten früher.

Ihr Studio Nord"""
'''
EXAMPLE_SAYS = """
Mia works on Tuesday, 22 December 2026, from 12:00 to 15:00 and from 16:00 to 20:00: the override
replaces both parts of her Tuesday, and the second closure is taken out of it. On Wednesday, 23
December, she doesn't work. From Thursday to Saturday, 24 to 26 December, nobody works. On other
Saturdays the class starts at 10:00 and at 11:30, with six seats each.
"""


def errors() -> str:
    """Return the page with every error of the native API: its status, its code and its message."""
    rows = sorted(
        (status_of(each), each.code, (each.__doc__ or "").partition("\n")[0])
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
        f"| `DIBS_{name.upper()}` | `{show_setting(field.default)}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Each setting is an environment variable. `dibs settings` shows the values that"
            " apply. Options of the command line count only where the environment sets nothing.",
            "",
            "The names follow one scheme:",
            "",
            "* `DIBS_MAX_…` is a limit, and `DIBS_MAX_…_RATE_PER_…` is the limit of a rate.",
            "* `DIBS_…_LIFETIME` is how long something lives.",
            "* `DIBS_…_TIMEOUT` is how long Dibs waits.",
            "* `DIBS_…_INTERVAL` is the time between two of a series.",
            "",
            "| setting | default | means |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def catalog() -> str:
    """Return the page with every key of the catalog file, how hours apply, and a working
    example."""
    tables = CatalogFile.model_json_schema()["$defs"]
    sections = [
        line for header, name in SECTIONS.items() for line in _section(header, tables[name])
    ]
    return "\n".join([CATALOG, *sections, WHICH_HOURS, "```toml", f"{EXAMPLE}```", EXAMPLE_SAYS])


def _section(header: str, table: Mapping[str, Any]) -> list[str]:
    needed = table.get("required", ())
    rows = [
        f"| `{key}` | {_type(schema)} | {'needed' if key in needed else _default(schema)}"
        f" | {_limits(schema)} | {schema['description']} |"
        for key, schema in table["properties"].items()
    ]
    return [
        f"## `{header}`",
        "",
        table["description"],
        "",
        "| key | type and unit | default | limits | means |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _type(schema: Mapping[str, Any]) -> str:
    return " or ".join(map(_one_type, _kinds(schema)))


def _one_type(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"type": "object", "additionalProperties": {"$ref": _}}:
            return "tables by language"
        case {"type": "object", "propertyNames": keys, "additionalProperties": values}:
            name = "weekday" if "enum" in keys else keys["unit"]
            return f"table: {name} = {_one_type(values)}"
        case {"type": "array", "items": {"$ref": _}}:
            return "tables"
        case {"type": "array", "items": items}:
            return f"list of {items['unit']}"
        case {"format": "date"}:
            return "local date"
        case {"format": "date-time"}:
            return "local date and time"
    name = {"integer": "whole number", "string": "text", "boolean": "`true` or `false`"}[
        schema["type"]
    ]
    return f"{name}, {schema['unit']}" if "unit" in schema else name


def _default(schema: Mapping[str, Any]) -> str:
    default = schema["default"]
    if default is None or default in ("", {}, []):
        return "none"
    return f"`{json.dumps(default)}`"


def _limits(schema: Mapping[str, Any]) -> str:
    return " ".join(filter(None, map(_one_limit, _kinds(schema))))


def _one_limit(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"enum": values}:
            return ", ".join(f"`{each}`" for each in values)
        case {"propertyNames": {"enum": values}}:
            return ", ".join(f"`{each}`" for each in values)
        case {"items": items, **bounds}:
            most = f"at most {bounds['maxItems']}" if "maxItems" in bounds else ""
            each = f"each {limit}" if (limit := _one_limit(items)) else ""
            return ", ".join(filter(None, (most, each)))
        case {"minimum": least, "maximum": most}:
            return f"{least:,} to {most:,}"
        case {"minimum": least, "exclusiveMaximum": end}:
            return f"{least:,} to {end - 1:,}"
        case {"maxLength": most}:
            return f"at most {most:,} characters"
    return ""


def _kinds(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the kinds of values that a key may have, without null: that a value may be missing is
    clear from its default."""
    return [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]


def _family(kind: type[DibsError]) -> Iterator[type[DibsError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _family(each)


if __name__ == "__main__":
    pages = {"errors": errors, "settings": settings, "catalog": catalog}
    sys.stdout.write(pages[sys.argv[1]]())
