"""The key that signs manage tokens. It is in the settings, or in a file beside the database."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from dibs.errors import CannotStart
from dibs.private_files import make_private, writing_new_file
from dibs.setting_types import MIN_SECRET_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from dibs.settings import Settings

FILE_NAME = "secret.key"


def key_file(settings: Settings) -> Path:
    """Return the file in which the embedded mode keeps the key that it has made."""
    return settings.database_file.with_name(FILE_NAME)


def is_key_missing(settings: Settings) -> bool:
    """Tell whether a key would have to be made."""
    return settings.is_embedded and not settings.secret_key and not key_file(settings).exists()


def secret_key(settings: Settings) -> str:
    """Return the key of the settings, or else the key beside the database. If there is no such key,
    it is made.

    Raises CannotStart, also if the settings have no key with PostgreSQL: each node would make a key
    for itself, and all nodes need the same one.
    """
    if settings.secret_key:
        return settings.secret_key
    if not settings.is_embedded:
        raise CannotStart("DIBS_SECRET_KEY must be set with PostgreSQL, the same on every node.")
    file = key_file(settings)
    try:
        if not file.exists():
            _make(file)
        make_private(file)
        return _check_key(file.read_text(encoding="ascii").strip(), file)
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"The secret key {file} can't be made or read: {error}.") from error


def _make(file: Path) -> None:
    """Make a key and write it to the file. If another process has just made one, that key stays."""
    try:
        with writing_new_file(file) as draft:
            draft.write_text(secrets.token_urlsafe(32), encoding="ascii")
    except FileExistsError:
        pass


def _check_key(key: str, file: Path) -> str:
    if len(key) < MIN_SECRET_KEY:
        raise CannotStart(
            f"The secret key {file} has {len(key)} characters, and needs {MIN_SECRET_KEY} at"
            " least: with a short one anybody could forge manage links. Put the key of a backup"
            " there, or remove the file: then a new key is made, and manage links that were given"
            " out before no longer work."
        )
    return key
