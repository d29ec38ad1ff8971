"""Rows of manifests, and what two versions differ in."""

from datetime import datetime

import msgspec

from revento.contract.manifest import Environment, Manifest
from revento.kernel.db import Row
from revento.kernel.ids import EventId, InstallationId, IntegrationId, ManifestId, UserId


class Version(Row, frozen=True):
    """One submitted version. `document` is what was sent, cleaned."""

    id: ManifestId
    integration_id: IntegrationId
    environment: Environment
    version: int
    document: Manifest
    created_by: UserId | None
    created_at: datetime


class Change(msgspec.Struct, frozen=True):
    """One difference: the JSON path and the values before and after; `None` where there is none."""

    path: str
    before: str | None
    after: str | None


class Comparison(msgspec.Struct, frozen=True):
    """What a newer version changes. `asks_more`: scopes that every connected event must consent to anew."""

    changes: list[Change]
    asks_more: list[str]
    offers_more: list[str]
    asks_less: list[str]
    new_topics: list[str]


class Reconsent(Row, frozen=True):
    """A connected event whose grant does not cover what a version requires."""

    installation_id: InstallationId
    event_id: EventId
    event_title: str
    organization_name: str
    granted_scopes: list[str]
