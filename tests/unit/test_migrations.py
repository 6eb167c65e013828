"""The sequence of migrations.

`./dibs lint` also runs this test, because two changes made side by side may have used the same
number.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from dibs.ledger.migrate import MIGRATIONS
from tests.support.old_schemas import migrations

VERSIONS = MIGRATIONS / "versions"


def names(pattern: str, ending: str) -> list[str]:
    return sorted(each.name.removesuffix(ending) for each in VERSIONS.glob(pattern))


def test_numbers_are_unique_and_in_a_row() -> None:
    numbers = [each.partition("_")[0] for each in names("[0-9]*.py", ".py")]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_each_migration_follows_the_one_before_and_one_is_the_last() -> None:
    scripts = ScriptDirectory.from_config(migrations())
    numbers = [each.partition("_")[0] for each in names("[0-9]*.py", ".py")]
    assert scripts.get_heads() == [numbers[-1]]
    revisions = {each.revision: each for each in scripts.walk_revisions()}
    assert sorted(revisions) == numbers
    for before, after in pairwise([None, *numbers]):
        assert after is not None
        assert revisions[after].down_revision == before
        assert Path(revisions[after].path).name.startswith(f"{after}_")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_each_database_has_all_migrations(dialect: str) -> None:
    assert names(f"*.{dialect}.sql", f".{dialect}.sql") == names("[0-9]*.py", ".py")
