"""Rows of deprecations."""

from datetime import datetime

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import IntegrationId, UserId


class Deprecation(Row, frozen=True):
    """A version, or one path template of it, that will go at `sunset_at`; `link` says what to do instead."""

    id: str
    version: str
    path: str | None
    link: str
    announced_at: datetime
    sunset_at: datetime


class Announced(Row, frozen=True):
    """Something of the API that goes away, in words. `path` is an endpoint's template; none: the whole version."""

    id: str
    title: str
    description: str
    version: str
    path: str | None
    link: str
    announced_at: datetime
    sunset_at: datetime
    withdrawn_at: datetime | None
    announced_by: UserId


class Announcement(msgspec.Struct, frozen=True):
    """What an operator announces."""

    title: str
    description: str
    version: str
    path: str | None
    link: str
    sunset_at: datetime


class Caller(Row, frozen=True):
    """An integration that still calls what goes away."""

    deprecation_id: str
    integration_id: IntegrationId
    name: str
    requests: int
    last_hour: datetime
