"""Rows of clients and secrets."""

from datetime import datetime

import msgspec

from revento.contract.manifest import Environment, Kind, Manifest
from revento.kernel.db import Row
from revento.kernel.ids import ClientId, IntegrationId, ManifestId, OrganizationId, UserId


class Client(Row, frozen=True):
    """One environment's credentials of an integration, with the manifest in force. `organization_id`: whose it is."""

    id: ClientId
    integration_id: IntegrationId
    environment: Environment
    integration_name: str
    integration_kind: Kind
    integration_state: str
    organization_id: OrganizationId | None
    manifest_id: ManifestId
    manifest: Manifest


class ProvenClient(Row, frozen=True):
    """A client that showed its secret. Only `credentials.actions.prove` makes one."""

    client_id: ClientId
    integration_id: IntegrationId
    environment: Environment
    integration_state: str


class Candidate(Row, frozen=True):
    """A client with one of its live secrets, to be compared."""

    client_id: ClientId
    integration_id: IntegrationId
    environment: Environment
    integration_state: str
    secret_id: str
    hash: bytes
    last_used_at: datetime | None


class Loan(msgspec.Struct, frozen=True):
    """What a machine gets: a secret of its own, by whose approval, until when. `machine`: its own name for itself."""

    by: UserId
    machine: str
    until: datetime


class Secret(Row, frozen=True):
    """A secret as its owner sees it: its last four characters, until when it counts, its last use, its machine."""

    id: str
    hint: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    last_used_at: datetime | None
    lent_to: str | None = None
