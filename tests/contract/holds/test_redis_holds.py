"""The hold store of the production mode keeps the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from dibs.holds import redis_calls
from tests.contract.holds.claims_contract import ClaimBookContract
from tests.contract.holds.holds_contract import HoldStoreContract
from tests.contract.holds.holds_machine import HoldsMachine
from tests.contract.holds.redis_under_test import redis_store
from tests.contract.holds.store_under_test import StoreUnderTest
from tests.support.redis_server import RedisServer


class TestRedisClaims(ClaimBookContract):
    @pytest.fixture
    async def it(self, redis_server: RedisServer) -> AsyncIterator[StoreUnderTest]:
        it = redis_store(redis_server)
        yield it
        await it.close()


class TestRedisHolds(HoldStoreContract):
    @pytest.fixture
    async def it(self, redis_server: RedisServer) -> AsyncIterator[StoreUnderTest]:
        it = redis_store(redis_server)
        yield it
        await it.close()


class RedisHoldsMachine(HoldsMachine):
    server: RedisServer

    def open(self) -> StoreUnderTest:
        return redis_store(self.server)


@pytest.fixture(scope="module", autouse=True)
def _patience() -> Iterator[None]:
    """Let calls wait longer, because a busy machine may be slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redis_calls, "TIMEOUT", 30)
        yield


@pytest.fixture(scope="module", autouse=True)
def _machines_use(redis_server: RedisServer) -> None:
    RedisHoldsMachine.server = redis_server


TestRedisHoldsAgree = RedisHoldsMachine.TestCase
TestRedisHoldsAgree.settings = settings(
    derandomize=True, deadline=None, max_examples=60, stateful_step_count=50
)
