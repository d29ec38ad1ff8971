"""Whether this process lives, whether it can work, and its metrics (architecture §5)."""

import asyncio
from typing import Any, Final

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from revento.kernel import migrations
from revento.kernel.db import Unreachable
from revento.web.shared.edge import Given, Services


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


@get("/metrics", sync_to_thread=False)
def metrics() -> Response[bytes]:
    """Prometheus text."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


HANDLERS: Final = [healthz, readyz, metrics]
