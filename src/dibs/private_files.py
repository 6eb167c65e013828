"""Files that only the user of Dibs may read, written as a whole or not at all."""

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
    """Yield an empty file beside `file` that gets its name when all is written and on the disk.

    If anything fails, neither of the two is left. Raises FileExistsError if `file` is there, be it
    only by then, and OSError.
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
    """Raises OSError."""
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def create_private_file(file: Path) -> None:
    """Create an empty file, unless it exists or can't be made: who opens it next says why."""
    with suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))


def make_private(file: Path) -> None:
    """Take away the rights of others, where there is such a file and it is ours."""
    with suppress(OSError):
        if is_open_to_others(file):
            file.chmod(FILE_MODE)


def is_open_to_others(path: Path) -> bool:
    """Whether other users of this machine have any right to it. Raises OSError."""
    return bool(path.stat().st_mode & 0o077)


def _publish(draft: Path, file: Path) -> None:
    """Unlike a rename, a link never takes the place of another file."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links, that of many USB sticks for one.
        if file.exists():
            raise FileExistsError(file) from None
        draft.rename(file)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
