"""Prints the output of commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from dibs.plain_text import escape_unprintable

if TYPE_CHECKING:
    from typing import Any


def say(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print lines. Control characters, which could be commands to the terminal, are escaped."""
    typer.echo(escape_unprintable(text, keep="\n"), nl=nl, err=err)


def one_line(*values: object) -> str:
    """Return the values as one line of a list, without those that are None. Line breaks in them are
    escaped."""
    return "  ".join(escape_unprintable(str(value)) for value in values if value is not None)


def say_json(value: Any) -> None:
    """Print JSON. Letters of all scripts stay as they are, so that names can be read."""
    say(json.dumps(value, indent=2, ensure_ascii=False))
