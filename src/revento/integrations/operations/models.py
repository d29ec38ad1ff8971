"""Rows of the operator's desk."""

from datetime import datetime

from revento.contract.manifest import Kind
from revento.kernel.db import Row
from revento.kernel.ids import EventId, IntegrationId, OrganizationId, UserId


class Queues(Row, frozen=True):
    """What waits for an operator, how much and since when."""

    verifications: int
    oldest_verification_at: datetime | None
    submissions: int
    oldest_submission_at: datetime | None
    overdue_deletions: int
    oldest_overdue_at: datetime | None
    paused_endpoints: int
    oldest_paused_at: datetime | None


class IntegrationRow(Row, frozen=True):
    """One line of the list of integrations."""

    id: IntegrationId
    name: str
    kind: Kind
    state: str
    created_at: datetime
    connections: int


class OrganizationRow(Row, frozen=True):
    """One line of the list of organizations."""

    id: OrganizationId
    name: str
    kind: str
    verification_status: str
    is_sandbox: bool
    created_at: datetime
    members: int
    events: int
    connections: int


class EventRow(Row, frozen=True):
    """One event of an organization."""

    id: EventId
    title: str
    publish_status: str
    starts_at: datetime
    connections: int


class Reach(Row, frozen=True):
    """Who is hit when something ends."""

    connections: int
    events: int
    grants: int
    endpoints: int
    waiting: int


class UserRow(Row, frozen=True):
    """One line of the list of people."""

    id: UserId
    name: str
    email: str
    is_operator: bool
    is_sandbox: bool
    created_at: datetime
    deleted_at: datetime | None
    last_seen_at: datetime | None
    organizations: int
    consented_until: datetime | None


class Membership(Row, frozen=True):
    """What a person belongs to: an organization, or the team of an integration."""

    id: str
    name: str
    role: str
    since: datetime


class Found(Row, frozen=True):
    """One hit of the search. `kind` says what it is, `id` opens it, `under` is what it belongs to."""

    kind: str
    id: str
    title: str
    say: str
    at: datetime
    under: str | None


class Offender(Row, frozen=True):
    """An integration that was refused often lately."""

    integration_id: IntegrationId
    name: str
    state: str
    too_many: int
    rejected: int
    last_at: datetime


class OverdueDuty(Row, frozen=True):
    """Deletions that an integration owes, past their deadline."""

    integration_id: IntegrationId
    name: str
    state: str
    duties: int
    oldest_at: datetime
