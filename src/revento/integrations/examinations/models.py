"""Rows of examinations."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, IntegrationId


class Candidate(Row, frozen=True):
    """An endpoint whose turn it is, with the signing secret that counts (sealed)."""

    client_id: ClientId
    integration_id: IntegrationId
    name: str
    url: str
    secret_id: str
    sealed: bytes
    warned_at: datetime | None


class Finding(Row, frozen=True):
    """What one probe saw."""

    id: str
    url: str
    probe: str
    at: datetime
    status: int | None
    accepted: bool
    detail: str
    step: str


class Lenient(Row, frozen=True):
    """An integration whose endpoint accepted a message that it had to refuse."""

    integration_id: IntegrationId
    name: str
    state: str
    probe: str
    step: str
    at: datetime
