"""What every database under the ledger promises, whoever writes to it and by whatever path.

A backend inherits the class and gives it the fixture `ground`.
"""

from __future__ import annotations

import pytest

from tests.contract.ledger.busy_times_contract import BusyTimesContract
from tests.contract.ledger.catalog_contract import CatalogContract
from tests.contract.ledger.ground import Ground
from tests.contract.ledger.overlaps_contract import OverlapsContract
from tests.contract.ledger.seats_contract import SeatsContract
from tests.contract.ledger.versions_contract import VersionsContract
from tests.contract.ledger.writing_contract import WritingContract


@pytest.mark.anyio
class LedgerContract(
    OverlapsContract,
    SeatsContract,
    VersionsContract,
    CatalogContract,
    WritingContract,
    BusyTimesContract,
):
    @pytest.fixture
    async def ground(self) -> Ground:
        raise NotImplementedError("a backend gives its database")
