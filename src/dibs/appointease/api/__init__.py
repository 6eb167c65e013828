"""The API for AppointEase clients. It translates requests and calls the desk; it has no rules of
its own.

There is one module per topic. `parsing` reads what clients send. `routing` finds the function that
answers a request, and makes the refusals that all topics have in common. `poll` answers before
FastAPI is reached, because most requests are polls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.appointease.api.appointments import Appointments, Customers
from dibs.appointease.api.availability import Availability
from dibs.appointease.api.catalog import ReferenceData
from dibs.appointease.api.heartbeat import PATH, Heartbeat
from dibs.appointease.api.poll import PATH as POLL_PATH
from dibs.appointease.api.poll import PollMiddleware
from dibs.appointease.api.rest_routes import PREFIX, RestRoutes, is_rest
from dibs.appointease.api.routing import error_response, route
from dibs.appointease.api.sessions import Sessions
from dibs.appointease.api.slots import SlotSelection

__all__ = [
    "PATHS",
    "POLL_PATH",
    "PollMiddleware",
    "RestRoutes",
    "error_response",
    "is_rest",
    "routes",
]

if TYPE_CHECKING:
    from starlette.routing import Route

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.web.middleware.rate_limit import Throttle


#: The paths of this API. A path that ends with a slash means all paths below it.
PATHS = (PREFIX, f"{PREFIX}/", PATH)


def routes(desk: AppointEaseDesk, public_url: str, throttle: Throttle) -> list[Route]:
    topics = (
        ReferenceData(desk),
        SlotSelection(desk, throttle),
        Availability(desk),
        Appointments(desk, throttle),
        Customers(desk),
        Sessions(desk, throttle),
    )
    endpoints = [each for topic in topics for each in topic.endpoints()]
    return [*Heartbeat(desk, throttle).routes(), *route(endpoints, public_url, throttle)]
