"""One authorized request to the read API, and what it found."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from revento.contract import errors
from revento.contract.endpoints import Endpoint
from revento.contract.errors import Refused
from revento.events.reading.models import Page
from revento.kernel.reader import Reader
from revento.oauth.bearers.models import Bearer
from revento.web.api import parameters
from revento.web.api.parameters import Wanted


class Ahead(msgspec.Struct, frozen=True):
    """A page of participants that came with the token check, and what it was asked for with."""

    wanted: Wanted
    page: Page


class Call(msgspec.Struct, frozen=True):
    """Who asks for what. Only the access check makes one: whoever holds it may read `bearer.event_id` and no other."""

    endpoint: Endpoint
    ids: tuple[str, ...]
    query: bytes
    bearer: Bearer
    reader: Reader
    cursor_keys: list[bytes]
    now: datetime
    ahead: Ahead | None = None

    def wanted(self) -> Wanted:
        """The parameters of a list. Raises `Refused`."""
        return parameters.wanted(
            self.endpoint,
            self.query,
            event_id=self.bearer.event_id,
            time_zone=self.bearer.time_zone,
            keys=self.cursor_keys,
            now=self.now,
        )


class Content(msgspec.Struct, frozen=True):
    """A document as v1 writes it, and how many rows are in it."""

    body: bytes
    rows: int


Reads = Callable[[Call], Awaitable[Content]]


def document(found: bytes | None, *, rows: int = 1) -> Content:
    """A single resource. Raises `Refused` (404) when there is none."""
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return Content(found, rows)


def listed(call: Call, wanted: Wanted, page: Page) -> Content:
    """A page with its cursor."""
    following = parameters.cursor(page, wanted, key=call.cursor_keys[0], now=call.now)
    rows = min(page.found, wanted.limit)
    if following is None:
        return Content(b'{"data":[%s],"next_cursor":null,"has_more":false}' % page.rows, rows)
    return Content(b'{"data":[%s],"next_cursor":"%s","has_more":true}' % (page.rows, following.encode()), rows)
