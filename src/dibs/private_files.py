"""Files that only the system user that runs Dibs may read. They are written completely or not at
all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700


@contextmanager
def writing_new_file(file: Path) -> Iterator[Path]:
    """Yield an empty file beside `file`. It gets the name of `file` when everything is written and
    stored on the disk.

    If anything fails, neither of the two files is left. Raises FileExistsError if `file` exists,
    also if somebody else makes it meanwhile, and OSError.
    """
    if file.exists():
        raise FileExistsError(file)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
    try:
        yield draft
        _sync(draft)
        _publish(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    _sync(file.parent)


def make_private_folder(folder: Path) -> None:
    """Create a folder that only its owner may open, unless it exists. Raises OSError."""
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def create_private_file(file: Path) -> None:
    """Create an empty file, unless it exists. If that fails, nothing is raised: the code that opens
    the file next raises the error."""
    with suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))


def make_private(file: Path) -> None:
    """Take away the rights of other users to a file. Does nothing if there is no such file, or if
    it belongs to another user."""
    with suppress(OSError):
        if is_open_to_others(file):
            file.chmod(FILE_MODE)


def is_open_to_others(path: Path) -> bool:
    """Tell whether other users of this machine have any right to a path. Raises OSError."""
    return bool(path.stat().st_mode & 0o077)


def _publish(draft: Path, file: Path) -> None:
    """Give the draft the name of the file. It makes a link, because a link, unlike a rename, never
    replaces another file. Raises FileExistsError, OSError."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links, for example those of many USB sticks.
        if file.exists():
            raise FileExistsError(file) from None
        draft.rename(file)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
