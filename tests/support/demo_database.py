"""The SQLite file with which a Dibs under test begins. It is made once and then copied, because
making it takes a third of the time of a start."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from tests.support.forked_process import processes

FILE = "dibs.db"
#: The modes that Dibs sets: only its own user may read what is in the folder.
FOLDER_MODE, FILE_MODE = 0o700, 0o600


def copy_demo_database(data: Path) -> None:
    """Make a data folder with the catalog of the demo and nothing else."""
    data.mkdir(FOLDER_MODE)
    shutil.copyfile(_demo_database(), data / FILE)
    (data / FILE).chmod(FILE_MODE)


@functools.cache
def _demo_database() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dibs-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # This needs a process of its own, because browser tests have a running event loop in this one.
    process = processes.Process(target=_make, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == 0, "the database of the demo could not be made"
    left = {each.name for each in folder.iterdir()}
    assert left == {FILE}, "the database is one file once it is closed"
    return folder / FILE


def _make(folder: Path) -> None:
    from dibs.cli.serve import DemoBusiness, fill_database
    from dibs.settings import Settings

    fill_database(Settings(data=folder), DemoBusiness.STUDIO)
