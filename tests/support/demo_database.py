"""The SQLite file with which a Dibs of the tests begins. It is made once and copied, because to
make it is a third of what a start takes."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from tests.support.forked_process import processes

FILE = "dibs.db"
#: As Dibs makes them: only its own user may read what is in the folder.
FOLDER_MODE, FILE_MODE = 0o700, 0o600


def copy_demo_database(data: Path) -> None:
    """Make the data folder of a Dibs with the catalog of the demo, in which nothing else is."""
    data.mkdir(FOLDER_MODE)
    shutil.copyfile(_demo_database(), data / FILE)
    (data / FILE).chmod(FILE_MODE)


@functools.cache
def _demo_database() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dibs-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # In a process of its own: browser tests have an event loop running in this one.
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
