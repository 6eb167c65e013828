"""`/metrics`: figures for the operator, in the format of Prometheus."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from starlette.responses import Response

from dibs import __version__, metrics
from dibs.errors import LedgerUnavailable, NotFound
from dibs.ledger.figures import read_figures
from dibs.web.middleware.client_ip import nearest_address
from dibs.web.middleware.forwarded_headers import is_forwarded_by_stranger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric
    from starlette.types import Scope

    from dibs.health import Health
    from dibs.ledger.database import Database
    from dibs.ledger.figures import Figures
    from dibs.live.hub import Hub
    from dibs.live.subscriptions import Subscriptions
    from dibs.settings import Settings


class Metrics:
    """Reads the figures: those that are counted all the time, and those of the current state."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        subscriptions: Subscriptions,
        health: Health,
        settings: Settings,
    ) -> None:
        self.sampler = metrics.Sampler()
        self._database = database
        self._hub = hub
        self._subscriptions = subscriptions
        self._health = health
        self._poll_interval = settings.poll_interval.total_seconds()
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)

    async def read(self) -> bytes:
        state = CollectorRegistry()
        state.register(
            _CollectedMetrics([*self._live(), *self._ledger_metrics(await self._figures())])
        )
        return b"".join(map(generate_latest, (metrics.REGISTRY, state, self._process)))

    async def _figures(self) -> Figures | None:
        """Return the figures that only the database knows, or None while it is away."""
        try:
            return await self._database.read(read_figures, self._database.clock.now())
        except LedgerUnavailable:
            return None

    def _live(self) -> Iterator[Metric]:
        boards = self._hub.published_boards()
        streams = self._subscriptions.viewers
        polling = self.sampler.polls_per_second * self._poll_interval
        yield _gauge("dibs_info", "The version of Dibs.", {__version__: 1}, "version")
        yield _gauge(
            "dibs_viewers",
            "Who looks at this moment: by stream, and by polling (from the polls of the last ten"
            " seconds).",
            {"stream": streams, "polling": polling},
            "by",
        )
        yield GaugeMetricFamily("dibs_streams", "Streams that are open.", streams)
        yield GaugeMetricFamily(
            "dibs_watched_boards", "Boards that this process keeps current.", len(boards)
        )
        yield GaugeMetricFamily(
            "dibs_followed_views", "Views that streams follow.", self._subscriptions.views
        )
        yield GaugeMetricFamily(
            "dibs_holds",
            "Holds on the watched boards.",
            len({claim for board in boards for claim in board.held}),
        )
        polls = CounterMetricFamily("dibs_polls", "Polls that were answered.", labels=["api"])
        polls.add_metric(["native"], metrics.polls.native)
        polls.add_metric(["appointease"], metrics.polls.appointease)
        yield polls
        yield _gauge(
            "dibs_part_works",
            "1 if a part of Dibs works, 0 if not, as /health/ready says.",
            {
                "ledger": self._health.can_book,
                "holds": self._health.holds == "ok",
                "mail": self._health.mail != "failing",
                "tasks": not self._health.failing_tasks,
            },
            "part",
        )

    def _ledger_metrics(self, figures: Figures | None) -> Iterator[Metric]:
        if figures is None:
            return
        yield GaugeMetricFamily("dibs_checkouts", "Live checkouts.", figures.checkouts)
        yield GaugeMetricFamily(
            "dibs_outbox_waiting", "Messages that are to be sent.", figures.waiting
        )
        yield GaugeMetricFamily(
            "dibs_outbox_age_seconds",
            "How long the oldest message that is to be sent has waited.",
            figures.oldest.total_seconds(),
        )


class _CollectedMetrics:
    """A collector of metrics that were read already."""

    def __init__(self, read: list[Metric]) -> None:
        self._read = read

    def collect(self) -> list[Metric]:
        return self._read


def _gauge(name: str, help_text: str, values: dict[str, float], label: str) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value_of, value in values.items():
        family.add_metric([value_of], value)
    return family


def routes(figures: Metrics, settings: Settings) -> APIRouter:
    api = APIRouter(include_in_schema=False)

    async def read_metrics(request: Request) -> Response:
        if not may_read(request.scope, request.headers.get("authorization"), settings):
            raise NotFound
        return Response(
            await figures.read(),
            media_type=CONTENT_TYPE_LATEST,
            headers={"Cache-Control": "no-store"},
        )

    api.get("/metrics")(read_metrics)
    return api


def may_read(scope: Scope, authorization: str | None, settings: Settings) -> bool:
    """Tell whether a request may read the figures, by its token or by its address.

    A request that came through a proxy that isn't trusted has no known address, even if the proxy
    is on this machine.
    """
    token = f"Bearer {settings.metrics_token}"
    if settings.metrics_token and hmac.compare_digest(
        (authorization or "").encode(), token.encode()
    ):
        return True
    if is_forwarded_by_stranger(scope, settings.proxies):
        return False
    address = nearest_address(scope, settings.proxies)
    return address is not None and any(address in each for each in settings.metrics_networks)
