"""What every hold store promises: a test for each sentence of `dibs.holds.store`.

A backend inherits the class and gives it the fixture `it`.
"""

from __future__ import annotations

import pytest

from tests.contract.holds.bounds_contract import BoundsContract
from tests.contract.holds.ending_contract import EndingContract
from tests.contract.holds.granting_contract import GrantingContract
from tests.contract.holds.prolonging_contract import ProlongingContract
from tests.contract.holds.reading_contract import ReadingContract
from tests.contract.holds.store_under_test import StoreUnderTest
from tests.contract.holds.two_boards_contract import TwoBoardsContract


@pytest.mark.anyio
class HoldStoreContract(
    GrantingContract,
    TwoBoardsContract,
    ProlongingContract,
    EndingContract,
    ReadingContract,
    BoundsContract,
):
    @pytest.fixture
    def it(self) -> StoreUnderTest:
        raise NotImplementedError("a backend gives its store")
