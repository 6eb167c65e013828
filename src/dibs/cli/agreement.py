"""Asks the person at the terminal before a command does something that needs their agreement."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from dibs.cli.output import say

#: The exit code of a command that needs a person to agree, if nobody has agreed.
NOT_AGREED = 3


def ask_or_leave(question: str, *, without_terminal: str, refused: str) -> None:
    """Return if the person agrees, else print `refused` and end the command.

    Without a terminal nobody can agree: then it prints `without_terminal` and ends the command.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        leave(without_terminal)
    if not typer.confirm(question, err=True):
        leave(refused)


def leave(reason: str) -> NoReturn:
    say(f"dibs: {reason}", err=True)
    raise typer.Exit(NOT_AGREED)
