"""Reads the tables of the WordPress plugin AppointEase from MySQL or MariaDB."""

from __future__ import annotations

import os
import struct
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, unquote_to_bytes, urlsplit

import pymysql
from pymysql.constants import CR
from pymysql.converters import conversions

from dibs.appointease.importer.values import decode_text
from dibs.errors import CannotStart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from dibs.appointease.importer.values import Row

CONNECT_SECONDS = 10
READ_SECONDS = 300
#: The possible names of each table, without the prefix. They differ between versions of the plugin.
NAMES = {
    "services": ("appointease_services", "services"),
    "staff": ("appointease_staff", "staff"),
    "appointments": ("appointments", "appointease_appointments"),
    "availability": ("appointease_availability",),
    "blackouts": ("appointease_blackout_dates",),
    "time_off": ("appointease_timeoff",),
    "customers": ("appointease_customers",),
    "categories": ("appointease_categories",),
    "options": ("options",),
}
NEEDED = ("services", "staff", "appointments")
OPTIONS = (
    "appointease_options",
    "appointease_email_settings",
    "blogname",
    "siteurl",
    "timezone_string",
    "gmt_offset",
)
EXAMPLE = "mysql://user:password@host/database"
NO_URL = (
    f"This is no URL like {EXAMPLE}: special characters in the password have to be percent-encoded"
    " (%23 for #, %2F for /, %3F for ?), or the password is given by MYSQL_PWD."
)


@dataclass(frozen=True)
class Source:
    """The data of one WordPress site. `name` does not depend on the address of the database.

    A table without rows may be missing in `tables`. `unread` names tables that were not used,
    because another table with the same meaning has rows.
    """

    name: str
    tables: Mapping[str, list[Row]]
    options: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def read(url: str, prefix: str | None = None) -> Source:
    """Read all rows of the plugin in one transaction, so that they fit together. Raises
    CannotStart."""
    place, options = _parse_url(url)
    where = f"{place['host']}/{place['database']}"
    try:
        with closing(_connect(place)) as connection:
            return _read(connection, where, prefix or options.get("prefix"))
    except (pymysql.MySQLError, RuntimeError, OSError) as error:
        said = error.args[-1] if error.args else error
        raise CannotStart(f"{where} can't be read: {said}") from error


def _parse_url(url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the arguments for the connection, and the parameters of the URL. Raises
    CannotStart."""
    try:
        parts = urlsplit(url)
        port = parts.port or 3306
        password = unquote_to_bytes(parts.password or "")
    except ValueError:
        # The text of the error may contain a part of the password.
        raise CannotStart(NO_URL) from None
    # The host follows the last @. If the rest of the URL has another @, it is part of the password.
    if parts.fragment or "@" in parts.path + parts.query:
        raise CannotStart(NO_URL)
    database = unquote(parts.path.strip("/"))
    if parts.scheme not in ("mysql", "mariadb") or not parts.hostname or not database:
        raise CannotStart(f"AppointEase is read from a URL like {EXAMPLE}.")
    try:
        parts.hostname.encode("idna")
    except UnicodeError:
        raise CannotStart(f"{parts.hostname} can't be the name of a host.") from None
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if strange := options.keys() - {"prefix", "socket"}:
        raise CannotStart(f"The URL takes prefix and socket, not {', '.join(sorted(strange))}.")
    place = {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username or ""),
        # Bytes, because PyMySQL can encode a text only as Latin 1.
        "password": password or os.environb.get(b"MYSQL_PWD", b""),
        "database": database,
        "unix_socket": options.get("socket"),
        "charset": "utf8mb4",
        "connect_timeout": CONNECT_SECONDS,
        # No conversion: values stay texts, because 0000-00-00 is no valid date.
        "conv": {kind: how for kind, how in conversions.items() if not isinstance(kind, int)},
    }
    return place, options


def _connect(place: Mapping[str, Any]) -> Any:
    """Connect to the database. Raises MySQLError, RuntimeError, OSError."""
    try:
        # `connect_timeout` covers TCP only. A port that accepts connections and sends nothing would
        # block for `read_timeout`, which is long because of the rows. So the first connection is a
        # trial with a short time-out.
        pymysql.connect(**place, read_timeout=CONNECT_SECONDS).close()
    except (pymysql.MySQLError, ValueError, LookupError, struct.error) as error:
        if isinstance(error, pymysql.OperationalError) and error.args[0] != CR.CR_SERVER_LOST:
            raise
        raise ConnectionError("what listens there doesn't answer as MySQL does") from error
    return pymysql.connect(**place, read_timeout=READ_SECONDS)


def _read(connection: Any, where: str, prefix: str | None) -> Source:
    with connection.cursor() as cursor:
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        cursor.execute("SHOW TABLES")
        names = {decode_text(row[0]) for row in cursor.fetchall()}
        prefix = _find_prefix(names, prefix, where)
        tables: dict[str, list[Row]] = {}
        unread: list[str] = []
        for kind, alternatives in NAMES.items():
            present = [prefix + name for name in alternatives if prefix + name in names]
            if kind in NEEDED and not present:
                raise CannotStart(f"{where} has no table {prefix}{alternatives[0]}.")
            found = {name: _rows(cursor, name, kind) for name in present}
            filled = [name for name in present if found[name]]
            tables[kind] = found[filled[0]] if filled else []
            unread += filled[1:]
    options = {row["option_name"] or "": row["option_value"] or "" for row in tables.pop("options")}
    return Source(_source_name(options, where, prefix), tables, options, tuple(unread))


def _find_prefix(names: set[str], given: str | None, where: str) -> str:
    if given is not None:
        return given
    found = {
        name.removesuffix(end)
        for name in names
        for end in NAMES["appointments"]
        if name.endswith(end) and not name.endswith(f"appointease_{end}")
    }
    found = {site for site in found if {site + end for end in NAMES["services"]} & names}
    if len(found) > 1:
        raise CannotStart(f"{where} has several sites: say --prefix {' or '.join(sorted(found))}.")
    if not found:
        raise CannotStart(f"{where} has no tables of AppointEase.")
    return found.pop()


def _rows(cursor: Any, table: str, kind: str) -> list[Row]:
    what, which = "*", ""
    if kind == "options":
        names = ", ".join(f"'{name}'" for name in OPTIONS)
        what, which = "option_name, option_value", f" WHERE option_name IN ({names})"
    quoted = table.replace("`", "``")
    cursor.execute(f"SELECT {what} FROM `{quoted}`{which}")  # noqa: S608 - names, quoted
    columns = [decode_text(column[0]) for column in cursor.description]
    return [
        {
            name: decode_text(value) if value is not None else None
            for name, value in zip(columns, row, strict=True)
        }
        for row in cursor.fetchall()
    ]


def _source_name(options: Mapping[str, str], where: str, prefix: str) -> str:
    """Return the name of the source, which is made from the site's URL. So a copy of the database
    has the same name."""
    site = options.get("siteurl", "").rstrip("/").partition("://")[2] or where
    return f"appointease {site} {prefix}"
