"""Rows of submissions."""

from datetime import datetime

import msgspec

from revento.contract.manifest import Manifest
from revento.kernel.db import Row
from revento.kernel.ids import IntegrationId, ManifestId, UserId


class Submission(Row, frozen=True):
    """A manifest for production with what a reviewer needs, and what became of it."""

    id: str
    integration_id: IntegrationId
    integration_name: str
    manifest_id: ManifestId
    manifest: Manifest
    version: int
    state: str
    notes: str
    demo_url: str
    marketing_copy: str
    screenshots: list[str]
    submitted_by: UserId
    submitted_by_name: str
    submitted_at: datetime
    decided_at: datetime | None


class Facts(msgspec.Struct, frozen=True):
    """What a submission says beside its manifest."""

    notes: str
    demo_url: str
    marketing_copy: str
    screenshots: tuple[str, ...] = ()


class Line(Row, frozen=True):
    """One line of the review queue, or of what was decided."""

    id: str
    integration_id: IntegrationId
    name: str
    publisher: str
    is_update: bool
    scopes: list[str]
    state: str
    submitted_at: datetime
    decided_at: datetime | None
    passed: int | None
    failed: int | None


class Comment(Row, frozen=True):
    """A remark of the reviewer or of the team about a version. `request` shows the finding again."""

    id: str
    version: int
    author_name: str
    is_operator: bool
    text: str
    request: str
    created_at: datetime
