from __future__ import annotations

import pytest

from tests.support.appointease import NewClient, PluginClient
from tests.support.server import Server


@pytest.fixture
def ann_client(shared: Server, plugin_client: NewClient) -> PluginClient:
    return plugin_client(shared, "ann")


@pytest.fixture
def stranger(shared: Server, plugin_client: NewClient) -> PluginClient:
    return plugin_client(shared, "stranger")
