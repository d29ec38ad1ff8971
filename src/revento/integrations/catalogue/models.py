"""Rows of integrations."""

from datetime import datetime

import msgspec

from revento.contract.manifest import Environment, Kind, Manifest
from revento.kernel.db import Row
from revento.kernel.ids import ClientId, IntegrationId, OrganizationId, UserId


class Integration(Row, frozen=True):
    """Other people's software. Public ones are in the catalogue once published."""

    id: IntegrationId
    kind: Kind
    organization_id: OrganizationId | None
    name: str
    state: str
    state_before_suspension: str | None
    suspended_at: datetime | None
    suspension_reason: str | None
    publisher_verified_at: datetime | None
    published_at: datetime | None
    unpublished_at: datetime | None
    marketing_copy: str
    screenshots: list[str]
    created_by: UserId | None
    created_at: datetime
    updated_at: datetime


class Registered(msgspec.Struct, frozen=True):
    """A new integration's credentials. The secrets are seen here and never again."""

    id: IntegrationId
    client_id: ClientId
    client_secret: str
    webhook_secret: str | None


class Developer(Row, frozen=True):
    """A person who works on an integration. Only `catalogue.actions.as_developer` makes one."""

    user_id: UserId
    integration_id: IntegrationId
    role: str

    @property
    def may_change(self) -> bool:
        """Whether the role allows more than reading."""
        return self.role in ("owner", "developer")


class Offer(Row, frozen=True):
    """An integration that may be connected to an event, as the catalogue shows it."""

    id: IntegrationId
    client_id: ClientId
    environment: Environment
    kind: Kind
    name: str
    state: str
    publisher_verified_at: datetime | None
    marketing_copy: str
    manifest: Manifest
    events: int
    installation_id: str | None


class Listed(Row, frozen=True):
    """One line of a list of integrations."""

    id: IntegrationId
    name: str
    kind: Kind
    state: str
    organization_id: OrganizationId | None
    sandbox_client_id: ClientId | None
    production_client_id: ClientId | None
    events: int
    created_at: datetime
