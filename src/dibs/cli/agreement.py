"""Asks the person at the terminal before something is done that needs agreement."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from dibs.cli.output import say

#: The exit code of a command that needs the agreement of a person and has not got it.
NOT_AGREED = 3


def ask_or_leave(question: str, *, without_terminal: str, refused: str) -> None:
    """Go on if the person agrees. Without a terminal, nobody has agreed."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        leave(without_terminal)
    if not typer.confirm(question, err=True):
        leave(refused)


def leave(reason: str) -> NoReturn:
    say(f"dibs: {reason}", err=True)
    raise typer.Exit(NOT_AGREED)
