from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dibs.settings import Settings
from support.studio import demo_catalog, furnish

# Suites live in modules of their own; their assertions explain themselves as in test modules.
pytest.register_assert_rewrite("holds_contract", "holds_machine", "ledger_contract")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo's catalogue, made once and copied for each test."""
    return furnish(tmp_path_factory.mktemp("furnished"), demo_catalog()).database_file


@pytest.fixture
def demo_settings(furnished: Path, tmp_path: Path) -> Settings:
    """The settings of a Dibs whose database has the demo's catalogue and nothing else."""
    settings = Settings(data=tmp_path)
    shutil.copy(furnished, settings.database_file)
    return settings
