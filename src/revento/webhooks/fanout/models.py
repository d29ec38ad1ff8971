"""Rows of the router."""

from datetime import datetime

import msgspec

from revento.kernel.db import Row


class Message(Row, frozen=True):
    """What a delivery is about."""

    id: str
    created_at: datetime
    topic: str
    resource_key: str


class Unrouted(Message, frozen=True):
    """A message that nobody was told of yet. `no` is the order of arrival."""

    no: int
    event_id: str | None
    installation_id: str | None
    client_id: str | None
    integration_id: str | None


class Target(Row, frozen=True):
    """Somebody who might be told: a connection, or a client for what belongs to no event; facts as they are now."""

    client_id: str
    environment: str
    integration_id: str
    integration_state: str
    installation_id: str | None
    installation_state: str | None
    is_paused: bool
    event_id: str | None
    organization_id: str | None
    granted_scopes: list[str]
    declared: list[str]
    url: str | None
    endpoint_no: int | None


class New(msgspec.Struct, frozen=True):
    """A delivery to queue; its number in the endpoint's sequence follows from its place among them."""

    endpoint_no: int
    id: str
    is_held: bool
    message_id: str
    message_at: datetime
    topic: str
    resource_key: str
