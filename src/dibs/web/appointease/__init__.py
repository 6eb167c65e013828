"""The AppointEase-compatible API: it translates and calls the desk, and has no rule of its own.

Its poll is on the hot path (see `web.live`). One module per topic; `asking` reads what clients
send, `routing` finds who answers and words the refusals that are the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.appointease.appointments import Appointments
from dibs.web.appointease.availability import Availability
from dibs.web.appointease.customers import Customers
from dibs.web.appointease.heartbeat import Heartbeat
from dibs.web.appointease.reference import ReferenceData
from dibs.web.appointease.routing import route
from dibs.web.appointease.selecting import Selecting
from dibs.web.appointease.sessions import Sessions

if TYPE_CHECKING:
    from starlette.routing import Route

    from dibs.desk import Desk
    from dibs.web.throttle import Throttle


def routes(desk: Desk, public_url: str, throttle: Throttle) -> list[Route]:
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
