"""The composition root: reads settings, builds the parts, returns the ASGI app."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
from dibs.notify.codes import codes_by_mail
from dibs.notify.mail import SmtpMailer
from dibs.web import booking, catalog, owner, page, problems
from dibs.web import health as web_health
from dibs.web.error_responses import ErrorResponses
from dibs.web.live import LIVE_PATHS, Live
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
from dibs.web.stream import Streams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from dibs.clock import Clock
    from dibs.holds.store import HoldStore
    from dibs.ledger.database import Database
    from dibs.notify.codes import Codes
    from dibs.notify.mail_worker import MailWorker
    from dibs.settings import Settings


@dataclass(frozen=True)
class Dibs:
    """The parts that stay when the faces change; `running` starts what goes on behind them."""

    settings: Settings
    database: Database
    ledger: Ledger
    holds: HoldStore
    bus: Bus
    hub: Hub
    desk: Desk
    health: Health
    mail_worker: MailWorker | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [
            BackgroundTask("hints", self.bus.run),
            BackgroundTask("comparison", lambda: self.hub.run(self.desk.sweep)),
            BackgroundTask("health", self.health.run),
        ]
        if self.mail_worker is not None:
            tasks.append(BackgroundTask("mail", self.mail_worker.run))
        self.health.tasks = tasks
        await self.health.try_parts()
        for task in tasks:
            task.start()
        try:
            yield
        finally:
            for task in tasks:
                await task.stop()
            await self.holds.aclose()
            await self.bus.aclose()
            await self.database.close()


def build(
    settings: Settings,
    secret_key: str,
    clock: Clock | None = None,
    longest: float = TRANSACTION_TIMEOUT,
) -> Dibs:
    """Put Dibs together over a database that has been migrated."""
    database = open_database(settings, clock, longest)
    ledger = Ledger(database)
    holds, bus = open_holds(settings, database.clock)
    hub = Hub(ledger, holds, database.clock, settings.board_idle)
    bus.listen(hub.hint, hub.refresh_everything)
    codes = _codes(settings, database, secret_key)
    tokens = ManageTokens(secret_key, settings.secret_key_previous)
    context = DeskContext(ledger, holds, hub, database.clock, tokens, settings)
    post = codes.mail_worker if codes else None
    health = Health(ledger, holds, post)
    return Dibs(settings, database, ledger, holds, bus, hub, Desk(context, codes), health, post)


def open_database(
    settings: Settings, clock: Clock | None = None, longest: float = TRANSACTION_TIMEOUT
) -> Database:
    """The database of the settings; a clock given overrules the database's own. `longest`: how long
    a write may take (seconds), the wait for other writers included."""
    if settings.is_embedded:
        return SQLite(settings.database_file, clock or SystemClock(), longest)
    from dibs.ledger.postgresql import PostgreSQL

    return PostgreSQL(settings.database_url, settings.database_connections, clock, longest)


def open_holds(settings: Settings, clock: Clock) -> tuple[HoldStore, Bus]:
    """The hold store of the settings, and the bus on which its changes are heard.

    What only the production mode uses is only loaded for it.
    """
    lifetimes = Lifetimes(
        settings.hold_total,
        settings.hold_record,
        settings.keep_total,
        settings.keep_rest,
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


def _codes(settings: Settings, database: Database, secret_key: str) -> Codes | None:
    """The way to send sign-in codes; None without a mail server."""
    if not settings.smtp_url:
        return None
    mailer = SmtpMailer(settings.smtp_url, must_encrypt=settings.mail_must_be_encrypted)
    good_for = settings.code_time
    return codes_by_mail(database, mailer, secret_key, settings.mail_from, good_for)


class Served(NamedTuple):
    """All faces of a Dibs as one ASGI app, and the streams that end before it can."""

    app: ASGIApp
    streams: Streams


def asgi(dibs: Dibs) -> ASGIApp:
    return serve(dibs).app


def serve(dibs: Dibs) -> Served:
    """The app's lifespan is that of `running`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with dibs.running():
            yield

    app = FastAPI(
        title="Dibs",
        version=__version__,
        docs_url=None,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": base_path_of(public_url(dibs.settings)) or "/"}],
        lifespan=lifespan,
    )
    error_responses = ErrorResponses()
    for path in appointease.PATHS:
        error_responses.register(path, appointease.error_response)
    problems.install(app, error_responses)
    throttle = Throttle(dibs.settings)
    address = public_url(dibs.settings)
    base_path = base_path_of(address)
    native = (
        catalog.routes(dibs.desk),
        booking.routes(dibs.desk, address, throttle),
        web_health.routes(dibs.health),
        owner.routes(dibs.desk),
    )
    for router in native:
        app.include_router(router)
    appointease_desk = AppointEaseDesk(dibs.desk)
    app.router.routes.extend(appointease.routes(appointease_desk, address, throttle))
    hub, settings, clock = dibs.hub, dibs.settings, dibs.desk.context.clock
    app.router.routes.extend(
        page.routes(settings.stream_beat.total_seconds(), settings.allowed_origins, base_path)
    )
    days = Days(hub, dibs.ledger)
    next_poll_ms = round(settings.poll_interval.total_seconds() * 1000)
    most = settings.streams_per_view if settings.limits == "on" else 0
    following = Subscriptions(hub, days, clock, next_poll_ms, most)
    streams = Streams(following, clock, settings)
    cookies = Cookies(address, settings.proxies)
    live = Live(
        cookies.around(HeadRequests(app)),
        hub=hub,
        days=days,
        streams=streams,
        clock=clock,
        next_poll_ms=next_poll_ms,
    )
    polling = appointease.Polling(live, appointease_desk.holding, throttle, cookies)
    whole: ASGIApp = BodyLimit(polling, error_responses)
    whole = CrossSiteRequests(whole, settings.allowed_origins, error_responses)
    if settings.allowed_origins:
        whole = Origins(whole, settings.allowed_origins, appointease.is_rest)
    whole = ForwardedHeaders(whole, settings.proxies)
    whole = BasePath(appointease.RestRoutes(whole), base_path)
    routes = [*app.router.routes, *(route for router in native for route in router.routes)]
    paths = [route.path for route in routes if isinstance(route, Route | Mount)]
    whole = SecurityHeaders(whole, address)
    return Served(RequestLog(whole, [base_path, *paths, *LIVE_PATHS]), streams)


def public_url(settings: Settings) -> str:
    """The address visitors use, without a slash at its end."""
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
