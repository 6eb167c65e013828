from __future__ import annotations

import pytest

from dibs.desk import administration
from tests.contract.office.conftest import Scene
from tests.contract.office.reports.books import Books, catalog


@pytest.fixture
async def books(scene: Scene) -> Books:
    """Return a business in Berlin without bookings, on either database."""
    await administration.apply(scene.database, catalog())
    return Books(scene.dibs)
