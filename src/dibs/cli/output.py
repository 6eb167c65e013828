"""What the commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from dibs.plain_text import escape_unprintable

if TYPE_CHECKING:
    from typing import Any


def say(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print lines; what could be a command to the terminal is shown instead of sent."""
    typer.echo(escape_unprintable(text, keep="\n"), nl=nl, err=err)


def one_line(*values: object) -> str:
    """What was stored may have line breaks, and is still one line of a list."""
    return "  ".join(escape_unprintable(str(value)) for value in values if value is not None)


def say_json(value: Any) -> None:
    """For programs: names stay readable, whatever their script."""
    say(json.dumps(value, indent=2, ensure_ascii=False))
