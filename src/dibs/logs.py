"""The log: lines for people on a terminal, and JSON elsewhere. It has no personal data."""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog

from dibs.plain_text import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    Event = MutableMapping[str, Any]

CHATTY = ("alembic", "uvicorn")
#: The id of the request that is being answered. It is decoded only when something is logged.
REQUEST_ID: ContextVar[bytes] = ContextVar("request_id")
#: The line that PostgreSQL adds to an error. It has the whole row that was refused, or the key that
#: was there already.
DETAIL = re.compile(r"^([\s|]*DETAIL:).*$", re.MULTILINE)


def configure_logging(level: str) -> None:
    """Write the whole log to stderr, from this level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel("WARNING")
    on_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            _add_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # The renderer's own tracebacks would show the values of variables.
            structlog.processors.format_exc_info,
            _make_safe,
            structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def remove_rows(trace: str) -> str:
    """Return a traceback without the lines in which the database shows the content of a row."""
    return DETAIL.sub(r"\1 (left out)", trace)


class _Formatter(logging.Formatter):
    """Formats the lines of libraries that use Python's own logging."""

    def format(self, record: logging.LogRecord) -> str:
        return escape_unprintable(remove_rows(super().format(record)), keep="\n")


def _add_request_id(_: object, __: str, event: Event) -> Event:
    name = REQUEST_ID.get(None)
    if name is not None:
        event.setdefault("request_id", name.decode())
    return event


def _make_safe(_: object, __: str, event: Event) -> Event:
    """Escape control characters in texts, so that texts from outside can't control the terminal or
    begin a line of the log."""
    for name, value in event.items():
        if isinstance(value, str):
            is_trace = name == "exception"
            text = remove_rows(value) if is_trace else value
            event[name] = escape_unprintable(text, keep="\n" if is_trace else "")
    return event
