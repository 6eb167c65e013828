from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server with the demo's catalog for a module. A test that changes the catalog restores
    it."""
    server = Server.start(tmp_path_factory.mktemp("commands") / "data")
    yield server
    server.stop()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a catalog file."""

    def write_catalog(text: str) -> Path:
        (file := tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
        return file

    return write_catalog
