"""Whether this process lives, whether it can work, and its metrics (architecture §5)."""

import asyncio
from typing import Any, Final

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from revento.kernel import migrations
from revento.kernel.db import Tx, Unreachable
from revento.kernel.jobs import queries as jobs
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services
from revento.webhooks.figures import prometheus
from revento.webhooks.figures import queries as figures
from revento.webhooks.figures.models import Engine, Troubled
from revento.webhooks.sharing import queries as sharing
from revento.webhooks.sharing.queries import Dispatcher

_UP: Final = "Whether the database answers."
_JOBS: Final = {
    "workers": ("workers", "Job workers that gave a sign of life within 30 seconds."),
    "waiting": ("waiting", "Jobs that wait, those for later included."),
    "running": ("running", "Jobs that run."),
    "failed": ("failed", "Jobs that failed for good and are kept to be looked at."),
    "late_s": ("late_seconds", "How long the most overdue job should have begun."),
}


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@get("/readyz")
async def readyz(provided: Given[Services]) -> Response[dict[str, Any]]:
    """The database answers and its schema is the one this code was written for."""
    try:
        current = await asyncio.to_thread(migrations.is_current, provided.db.url)
    except (*Unreachable, OSError) as error:
        return Response({"status": "unavailable", "database": type(error).__name__}, status_code=503)
    state = "ok" if current else "migrations_pending"
    return Response({"status": state}, status_code=200 if current else 503)


# The framework adds the character set to every text by itself.
_PROMETHEUS_TEXT: Final = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


@get("/metrics")
async def metrics(provided: Given[Services]) -> Response[bytes]:
    """Prometheus text: this process, and the dispatchers and job workers as any process can see them."""
    try:
        engine, troubled, dispatchers, queue = await edge.ask(provided, _sight)
        shared: list[Metric] = list(prometheus.metrics(engine, troubled, dispatchers))
        for field, (name, say) in _JOBS.items():
            shared.append(GaugeMetricFamily(f"revento_jobs_{name}", say, value=float(getattr(queue, field))))
        shared.append(GaugeMetricFamily("revento_database_up", _UP, value=1))
    except (*Unreachable, OSError):
        shared = [GaugeMetricFamily("revento_database_up", _UP, value=0)]
    return Response(generate_latest() + generate_latest(_Seen(shared)), media_type=_PROMETHEUS_TEXT)


async def _sight(tx: Tx) -> tuple[Engine, list[Troubled], list[Dispatcher], jobs.Sight]:
    troubled = await figures.list_troubled(tx, limit=prometheus.MOST_TROUBLED)
    return await figures.engine(tx), troubled, await sharing.list_all(tx), await jobs.sight(tx)


class _Seen(Collector):
    """What was just read, as the renderer wants it."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        """The metrics."""
        return self._found


HANDLERS: Final = [healthz, readyz, metrics]
