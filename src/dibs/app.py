"""The composition root: it builds the parts of Dibs from the settings, and the ASGI app from the
parts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.routing import Mount, Route

from dibs import __version__
from dibs.appointease import api as appointease
from dibs.appointease.desk import AppointEaseDesk
from dibs.background_task import BackgroundTask
from dibs.clock import SystemClock
from dibs.desk import Desk
from dibs.desk.context import DeskContext
from dibs.desk.tokens import ManageTokens
from dibs.errors import CannotStart
from dibs.health import Health
from dibs.holds.memory import MemoryHoldStore
from dibs.holds.store import Lifetimes
from dibs.ledger.database import TRANSACTION_TIMEOUT
from dibs.ledger.ledger import Ledger
from dibs.ledger.sqlite import SQLite
from dibs.live.bus import Bus, MemoryBus
from dibs.live.day import Days
from dibs.live.hub import Hub
from dibs.live.subscriptions import Subscriptions
from dibs.notify.event_discarder import EventDiscarder
from dibs.notify.local_outbox import LocalOutbox
from dibs.notify.post import codes_by_mail
from dibs.setting_types import LOCAL_OUTBOX
from dibs.web import (
    availability,
    bookings,
    calendars,
    catalog,
    checkouts,
    embed,
    holds,
    local_outbox,
    office,
    owner,
    page,
    pictures,
    problems,
    session,
)
from dibs.web import health as web_health
from dibs.web import metrics as web_metrics
from dibs.web.error_responses import ErrorResponses
from dibs.web.live import LIVE_PATHS, Live
from dibs.web.metrics import Metrics
from dibs.web.middleware.base_path import BasePath, base_path_of
from dibs.web.middleware.body_limit import BodyLimit
from dibs.web.middleware.cors import Origins
from dibs.web.middleware.cross_site import CrossSiteRequests
from dibs.web.middleware.forwarded_headers import ForwardedHeaders
from dibs.web.middleware.head_requests import HeadRequests
from dibs.web.middleware.rate_limit import Throttle
from dibs.web.middleware.request_log import RequestLog
from dibs.web.middleware.secure_cookies import Cookies
from dibs.web.middleware.security_headers import SecurityHeaders
from dibs.web.office import page as office_page
from dibs.web.quick_answers import QuickAnswers
from dibs.web.stream import Streams
from dibs.web.view_requests import BOARDS, SERVICES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from fastapi import APIRouter
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from dibs.clock import Clock
    from dibs.holds.store import HoldStore
    from dibs.ledger.database import Database
    from dibs.notify.mail_worker import MailWorker
    from dibs.settings import Settings


@dataclass(frozen=True)
class Dibs:
    """The parts of Dibs behind its APIs and pages. Inside the context `running` the background
    tasks run. When it ends, the parts are closed."""

    settings: Settings
    database: Database
    ledger: Ledger
    holds: HoldStore
    bus: Bus
    hub: Hub
    desk: Desk
    days: Days
    streams: Streams
    health: Health
    metrics: Metrics
    mail_worker: MailWorker | None
    local_outbox: LocalOutbox | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [
            BackgroundTask("hints", self.bus.run),
            BackgroundTask("comparison", lambda: self.hub.run(self.desk.sweep)),
            BackgroundTask("health", self.health.run),
            BackgroundTask("metrics", self.metrics.sampler.run),
            BackgroundTask("retention", self.desk.retention.run),
            BackgroundTask("visits", self.desk.context.visits.run),
            BackgroundTask("calendars", self.desk.calendar_reading.run),
        ]
        if self.mail_worker is not None:
            tasks.append(BackgroundTask("mail", self.mail_worker.run))
        else:
            tasks.append(BackgroundTask("events", EventDiscarder(self.database).run))
        self.health.tasks = tasks
        await self.health.try_parts()
        for task in tasks:
            task.start()
        try:
            yield
        finally:
            for task in tasks:
                await task.stop()
            await self.close()

    async def close(self) -> None:
        await self.holds.aclose()
        await self.bus.aclose()
        await self.database.close()


def build(
    settings: Settings,
    secret_key: str,
    clock: Clock | None = None,
    longest: float = TRANSACTION_TIMEOUT,
) -> Dibs:
    """Build Dibs on a database that has been migrated. `longest` is as in `open_database`."""
    database = open_database(settings, clock, longest)
    holds, bus = open_holds(settings, database.clock)
    return assemble(settings, database, holds, bus, secret_key)


def assemble(
    settings: Settings, database: Database, holds: HoldStore, bus: Bus, secret_key: str
) -> Dibs:
    """Build Dibs on an open database, hold store and bus."""
    ledger, clock = Ledger(database), database.clock
    hub = Hub(ledger, holds, clock, settings.board_idle_timeout)
    bus.listen(hub.hint, hub.refresh_everything)
    tokens = ManageTokens(secret_key, settings.previous_secret_key)
    outbox = LocalOutbox() if settings.smtp_url == LOCAL_OUTBOX else None
    codes = codes_by_mail(
        ledger, settings, secret_key, tokens.token_of, public_url(settings), outbox
    )
    mail_worker = codes.mail_worker if codes else None
    days = Days(hub, ledger)
    most = settings.max_streams_per_view if settings.limits == "on" else 0
    health = Health(ledger, holds, mail_worker)
    subscriptions = Subscriptions(hub, days, clock, _next_poll_ms(settings), most)
    return Dibs(
        settings=settings,
        database=database,
        ledger=ledger,
        holds=holds,
        bus=bus,
        hub=hub,
        desk=Desk(DeskContext(ledger, holds, hub, clock, tokens, settings), codes),
        days=days,
        streams=Streams(subscriptions, clock, settings),
        health=health,
        metrics=Metrics(database, hub, subscriptions, health, settings),
        mail_worker=mail_worker,
        local_outbox=outbox,
    )


def open_database(
    settings: Settings, clock: Clock | None = None, longest: float = TRANSACTION_TIMEOUT
) -> Database:
    """Open the database that the settings name. If `clock` is given, it is used instead of the
    database's own clock. `longest` is the number of seconds that a write may take, with the wait
    for other writers."""
    database: Database
    if settings.is_embedded:
        database = SQLite(settings.database_file, clock or SystemClock(), longest)
    else:
        from dibs.ledger.postgresql import PostgreSQL

        most = settings.max_database_connections
        database = PostgreSQL(settings.database_url, most, clock, longest)
    return database


def open_holds(settings: Settings, clock: Clock) -> tuple[HoldStore, Bus]:
    """Return the hold store that the settings name, and the bus that passes on hints of its
    changes. Raises CannotStart.

    Modules that only the production mode needs are only imported in that mode.
    """
    lifetimes = Lifetimes(
        settings.max_hold_lifetime,
        settings.hold_record_lifetime,
        settings.max_claim_duration,
        settings.claim_cooldown,
    )
    if settings.is_embedded:
        here = MemoryBus()
        return MemoryHoldStore(clock, here.announce, lifetimes), here
    from dibs.holds.redis import RedisHoldStore
    from dibs.holds.redis_calls import connect
    from dibs.live.redis_bus import RedisBus

    try:
        client = connect(settings.redis_url)
    except ValueError as error:
        raise CannotStart(f"DIBS_REDIS_URL is no address: {error}.") from error
    return RedisHoldStore(client, lifetimes), RedisBus(client)


def create_app(dibs: Dibs) -> QuickAnswers:
    """Build the ASGI app that serves everything. Its lifespan is the context `dibs.running`."""
    address = public_url(dibs.settings)
    base_path = base_path_of(address)
    throttle = Throttle(dibs.settings)
    error_responses = ErrorResponses()
    for path in appointease.PATHS:
        error_responses.register(path, appointease.error_response)
    appointease_desk = AppointEaseDesk(dibs.desk)
    native = [
        catalog.routes(dibs.desk, address),
        availability.routes(dibs.desk),
        holds.routes(dibs.desk, throttle),
        checkouts.routes(dibs.desk, throttle),
        bookings.routes(dibs.desk, address, throttle),
        calendars.routes(dibs.desk, address, throttle),
        session.routes(dibs.desk, address, throttle),
        web_health.routes(dibs.health),
        owner.routes(dibs.desk),
        *office.routes(dibs.desk, dibs.streams, throttle, address),
        web_metrics.routes(dibs.metrics, dibs.settings),
    ]
    others = [
        *appointease.routes(appointease_desk, address, throttle),
        *office_page.routes(base_path),
        *embed.routes(dibs.settings.stream_heartbeat_interval.total_seconds()),
        *pictures.routes(dibs.desk),
    ]
    if dibs.local_outbox is not None:
        others += local_outbox.routes(dibs.local_outbox, base_path)
    # The pages come last, because the address of a service may be any word.
    others += page.routes(
        dibs.desk,
        address,
        dibs.settings.stream_heartbeat_interval.total_seconds(),
        dibs.settings.allowed_origin_list,
        base_path,
    )
    api = _create_api(dibs, native, others, base_path, error_responses)
    api.router.routes[:0] = [
        holds.quick_route(dibs.desk, throttle, api.router),
        availability.quick_route(dibs.desk, api.router),
        bookings.quick_route(dibs.desk, address, throttle, api.router),
    ]
    cookies = Cookies(address, dibs.settings.proxies)
    live = Live(
        cookies.wrap(HeadRequests(api)),
        hub=dibs.hub,
        days=dibs.days,
        streams=dibs.streams,
        clock=dibs.database.clock,
        next_poll_ms=_next_poll_ms(dibs.settings),
    )
    polling = appointease.PollMiddleware(
        live, appointease_desk.holding, throttle, cookies, dibs.database.clock
    )
    app = _add_middleware(polling, dibs.settings, error_responses)
    paths = [route.path for route in api.router.routes if isinstance(route, Route | Mount)]
    app = RequestLog(app, [base_path, *paths, *LIVE_PATHS])
    return _add_quick_answers(app, polling, live, dibs.settings)


def _create_api(
    dibs: Dibs,
    native: Sequence[APIRouter],
    others: Sequence[BaseRoute],
    base_path: str,
    error_responses: ErrorResponses,
) -> FastAPI:
    """Build the FastAPI app with all routes by path and method."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with dibs.running():
            yield

    api = FastAPI(
        title="Dibs",
        version=__version__,
        docs_url=None,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": base_path or "/"}],
        lifespan=lifespan,
    )
    problems.install(api, error_responses)
    # `include_router` would make each route again at its first request, which would wait for that.
    for router in native:
        api.router.routes.extend(router.routes)
    api.router.routes.extend(others)
    return api


def _add_middleware(app: ASGIApp, settings: Settings, error_responses: ErrorResponses) -> ASGIApp:
    """Put the app inside the middleware that every request passes before its route. A request
    passes the layer that is added last first."""
    address = public_url(settings)
    app = BodyLimit(app, error_responses)
    app = CrossSiteRequests(app, settings.allowed_origin_list, error_responses)
    if settings.allowed_origin_list:
        app = Origins(app, settings.allowed_origin_list, appointease.is_rest)
    app = ForwardedHeaders(app, settings.proxies)
    app = BasePath(appointease.RestRoutes(app), base_path_of(address))
    return SecurityHeaders(app, address)


def _add_quick_answers(
    app: ASGIApp, polling: appointease.PollMiddleware, live: Live, settings: Settings
) -> QuickAnswers:
    """Put quick answers to usual requests for views in front of all layers of the app."""
    answerers = {
        appointease.POLL_PATH: polling.quick_answer,
        BOARDS: live.quick_answer,
        SERVICES: live.quick_answer,
    }
    has_origins = bool(settings.allowed_origin_list)
    return QuickAnswers(app, answerers, public_url(settings), allows_origins=has_origins)


def _next_poll_ms(settings: Settings) -> int:
    return round(settings.poll_interval.total_seconds() * 1000)


def public_url(settings: Settings) -> str:
    """Return the address that visitors use, without a slash at its end."""
    return settings.address
