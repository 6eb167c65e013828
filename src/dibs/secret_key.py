"""The key that signs manage tokens: that of the settings, or one kept beside the database."""

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
    """Where the embedded mode keeps the key that it has made."""
    return settings.database_file.with_name(FILE_NAME)


def is_key_missing(settings: Settings) -> bool:
    """Whether a key would have to be made."""
    return settings.is_embedded and not settings.secret_key and not key_file(settings).exists()


def secret_key(settings: Settings) -> str:
    """The key of the settings; else the one kept beside the database, made the first time.

    Raises CannotStart, also with PostgreSQL: nodes can't share a key that each would make for
    itself.
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
    """Of processes that start at once the first one's key counts."""
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
