"""Records the statements that Dibs sends to its database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield a list that gets the statements run within the block, without those that only begin a
    transaction."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class Statement(NamedTuple):
    text: str
    values: Sequence[Any]


@contextmanager
def statements_with_values() -> Iterator[list[Statement]]:
    """Yield a list that gets the statements run within the block. A statement that was run with
    many sets of values has the first of them."""
    seen: list[Statement] = []

    def note(_: Any, __: Any, statement: str, values: Any, ___: Any, is_many: bool) -> None:
        seen.append(Statement(statement, values[0] if is_many else values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
