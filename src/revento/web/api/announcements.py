"""`Deprecation`, `Sunset` and `Link` on the answers of what will go (contract §5.3; RFC 9745, RFC 8594)."""

import time
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from revento.contract.endpoints import Endpoint
from revento.integrations.deprecations import queries
from revento.integrations.deprecations.models import Deprecation
from revento.kernel.reader import Reader
from revento.web.api.answers import Headers

FRESH_S: Final = 15.0  # an announcement shows within so many seconds


class Announcements:
    """What stands announced, remembered for a moment, so that a request costs no query."""

    def __init__(self) -> None:
        self._standing: list[Deprecation] = []
        self._fresh_until = 0.0
        self._reader: Reader | None = None

    async def headers(self, reader: Reader, version: str, endpoint: Endpoint) -> Headers:
        """The headers for an endpoint in a version: of the announcement that ends first."""
        if time.monotonic() >= self._fresh_until or reader is not self._reader:
            self._fresh_until = time.monotonic() + FRESH_S  # one request asks, the others go on with what was
            self._reader = reader
            self._standing = await queries.list_standing(reader)
        for one in self._standing:
            if one.version == version and one.path in (None, endpoint.path, endpoint.template):
                return _headers(one)
        return []


def _headers(one: Deprecation) -> Headers:
    return [
        (b"deprecation", b"@%d" % one.announced_at.timestamp()),
        (b"sunset", format_datetime(one.sunset_at.astimezone(UTC), usegmt=True).encode()),
        (b"link", f'<{one.link}>; rel="deprecation", <{one.link}>; rel="sunset"'.encode()),
    ]
