"""The streams of a board and of a day, and how a test follows one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.follower import Follower

BOARD = "/api/v1/boards/1/{day}/stream"
DAY = "/api/v1/services/1/days/{day}/stream?resource=1"
ALL = "/api/v1/services/1/days/{day}/stream"
#: A mark that runs a test with both kinds of stream.
BOTH = pytest.mark.parametrize("path", [BOARD, DAY])
#: A function that follows a stream of a server, from its path and headers.
Follow = Callable[..., Follower]
