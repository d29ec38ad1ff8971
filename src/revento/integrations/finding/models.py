"""Rows of the search."""

from datetime import datetime

from revento.contract.manifest import Environment
from revento.kernel.db import Row
from revento.kernel.ids import ClientId, IntegrationId


class Hit(Row, frozen=True):
    """One hit. `kind` says what it is; `under` is the event or integration it belongs to, `place` that one's name."""

    kind: str
    id: str
    title: str
    say: str
    at: datetime | None
    under: str
    place: str
    environment: Environment | None = None


class OwnClient(Row, frozen=True):
    """A client of an integration that the person works on."""

    id: ClientId
    environment: Environment
    integration_id: IntegrationId
    integration_name: str
