"""What a job works with; the worker makes it once, `web.shared.edge.Services` is its twin."""

from typing import cast

import msgspec
from procrastinate import JobContext

from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.kernel.secrets import Box, Keys


class Tools(msgspec.Struct, frozen=True):
    """Settings, database, clock and keys of a worker process."""

    settings: Settings
    db: Database
    clock: Clock
    keys: Keys
    box: Box


def tools_of(context: JobContext) -> Tools:
    """What the worker handed to its tasks."""
    return cast(Tools, context.additional_context["tools"])
