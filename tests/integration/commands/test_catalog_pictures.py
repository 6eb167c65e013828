"""Pictures that a catalog file names: read from its folder, stored, and part of every copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dibs.ledger.catalog_tables import pictures
from tests.support.catalog_files import DEMO
from tests.support.commands import dibs
from tests.support.pictures import draw_file

Write = Callable[[str], Path]

FOLDER = "people"
WITH_PICTURES = DEMO.replace(
    'name = "Consultation"', 'name = "Consultation"\npicture = "talk.png"'
).replace('name = "Sarah Johnson"', f'name = "Sarah Johnson"\npicture = "{FOLDER}/sarah.jpg"')


@pytest.fixture
def named(tmp_path: Path, write: Write) -> Path:
    """Write a catalog file and the pictures that it names."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / "talk.png").write_bytes(draw_file())
    (tmp_path / FOLDER / "sarah.jpg").write_bytes(draw_file("JPEG", colour="#804020"))
    return write(WITH_PICTURES)


def list_stored(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute(f"SELECT name FROM {pictures.name}")}


def run(*arguments: object, data: Path) -> Any:
    return dibs(*arguments, "--data", data)


def test_pictures_are_stored_and_applying_again_changes_nothing(
    tmp_path: Path, named: Path, write: Write
) -> None:
    data = tmp_path / "data"
    dry = run("catalog", "apply", named, "--dry-run", data=data)
    assert dry.code == 0
    assert list_stored(data / "dibs.db") == set()
    assert run("catalog", "apply", named, data=data).code == 0
    names = list_stored(data / "dibs.db")
    assert len(names) == 2
    assert run("catalog", "apply", named, data=data).said == ["nothing to change"]
    exported = "\n".join(run("catalog", "export", data=data).said)
    assert all(f'picture = "{name}"' in exported for name in names)
    assert run("catalog", "apply", write(exported), data=data).said == ["nothing to change"]
    (tmp_path / "talk.png").write_bytes(draw_file(colour="#000"))
    changed = run("catalog", "apply", write(WITH_PICTURES), data=data)
    assert changed.said == ["service 1 Consultation: changed"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file talk.png in the folder of the catalog"),
        (b"<svg/>", "talk.png can't be used: it is no JPEG, PNG, WebP or GIF file"),
        (draw_file()[:300], "talk.png can't be used: the file is damaged"),
    ],
)
def test_a_picture_that_cannot_be_used_is_named_by_its_line(
    tmp_path: Path, named: Path, content: bytes | None, said: str
) -> None:
    (tmp_path / "talk.png").unlink()
    if content is not None:
        (tmp_path / "talk.png").write_bytes(content)
    refused = run("catalog", "apply", named, data=tmp_path / "data")
    line = WITH_PICTURES.split("\n").index('picture = "talk.png"') + 1
    assert refused.code == 1
    assert refused.complained == [f"dibs: {named}: line {line}: {said}"]


def test_a_name_of_no_stored_picture_is_refused(tmp_path: Path, write: Write) -> None:
    name = "0" * 32 + ".png"
    file = write(DEMO.replace('name = "Consultation"', f'name = "Talk"\npicture = "{name}"'))
    refused = run("catalog", "apply", file, data=tmp_path / "data")
    assert refused.code == 1
    assert "services.0.picture: there is no such picture" in refused.complained[0]


def test_another_dibs_takes_what_one_has_exported(
    tmp_path: Path, named: Path, write: Write
) -> None:
    assert run("catalog", "apply", named, data=tmp_path / "data").code == 0
    exported = run("catalog", "export", "--pictures", tmp_path, data=tmp_path / "data")
    text = "\n".join(exported.said)
    assert len(list(tmp_path.glob("?" * 32 + ".*"))) == 2
    assert run("catalog", "apply", write(text), data=tmp_path / "new").code == 0
    assert len(list_stored(tmp_path / "new" / "dibs.db")) == 2
    # The file has the same pictures under other names, so there is nothing to change.
    assert run("catalog", "apply", write(text), data=tmp_path / "new").said == ["nothing to change"]


def test_a_backup_and_an_export_have_the_pictures(tmp_path: Path, named: Path) -> None:
    data = tmp_path / "data"
    assert run("catalog", "apply", named, data=data).code == 0
    (copy := tmp_path / "copy").mkdir()
    assert run("backup", copy / "dibs.db", data=data).code == 0
    assert list_stored(copy / "dibs.db") == list_stored(data / "dibs.db")
    assert run("export", tmp_path / "all.gz", data=data).code == 0
    assert run("import", "archive", tmp_path / "all.gz", data=tmp_path / "new").code == 0
    assert list_stored(tmp_path / "new" / "dibs.db") == list_stored(data / "dibs.db")
