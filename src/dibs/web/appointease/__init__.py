"""The AppointEase-compatible API: it translates and calls the desk, and has no rule of its own.

Its poll is on the hot path (see `web.live`). One module per topic; `asking` reads what clients
send, `routing` finds who answers and words the refusals that are the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.appointease.availability import Availability
from dibs.web.appointease.reference import ReferenceData
from dibs.web.appointease.routing import route
from dibs.web.appointease.selecting import Selecting

if TYPE_CHECKING:
    from starlette.routing import Route

    from dibs.desk import Desk


def routes(desk: Desk, public_url: str) -> list[Route]:
    topics = (ReferenceData(desk), Selecting(desk), Availability(desk))
    return route([each for topic in topics for each in topic.endpoints()], public_url)
