"""The AppointEase-compatible API: it translates and calls the desk, and has no rule of its own.

Its poll is on the hot path (see `web.live`). One module per topic; `parsing` reads what clients
send, `routing` finds who answers and words the refusals that are the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.appointease.api.appointments import Appointments, Customers
from dibs.appointease.api.availability import Availability
from dibs.appointease.api.catalog import ReferenceData
from dibs.appointease.api.heartbeat import PATH, Heartbeat
from dibs.appointease.api.poll import Polling
from dibs.appointease.api.rest_routes import PREFIX, RestRoutes, is_rest
from dibs.appointease.api.routing import error_response, route
from dibs.appointease.api.sessions import Sessions
from dibs.appointease.api.slots import Selecting

__all__ = ["PATHS", "Polling", "RestRoutes", "error_response", "is_rest", "routes"]

if TYPE_CHECKING:
    from starlette.routing import Route

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.web.middleware.rate_limit import Throttle


#: The paths of this API; what ends with a slash stands for all below it.
PATHS = (PREFIX, f"{PREFIX}/", PATH)


def routes(desk: AppointEaseDesk, public_url: str, throttle: Throttle) -> list[Route]:
    topics = (
        ReferenceData(desk),
        Selecting(desk, throttle),
        Availability(desk),
        Appointments(desk, throttle),
        Customers(desk),
        Sessions(desk, throttle),
    )
    endpoints = [each for topic in topics for each in topic.endpoints()]
    return [*Heartbeat(desk, throttle).routes(), *route(endpoints, public_url, throttle)]
