"""What every benchmark stands on: a migrated database that is thrown away, and the commit that is measured."""

import asyncio
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from revento.kernel import migrations
from revento.kernel.embedded import Embedded


def measured(measure: Callable[[str, Path], Awaitable[None]], settings: Mapping[str, str] | None = None) -> None:
    """Runs `measure(database_url, folder)` on a server of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="revento-bench-") as folder:
        postgres = Embedded.start(Path(folder) / "pg", settings=settings)
        try:
            migrations.upgrade(postgres.url)
            asyncio.run(measure(postgres.url, Path(folder)))  # type: ignore[arg-type]
        finally:
            postgres.stop()


def commit() -> str:
    """The commit that is measured, short; empty outside of a checkout."""
    told = subprocess.run(("git", "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False)
    return told.stdout.strip()
