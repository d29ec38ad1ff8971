"""Rows of organizations and their members."""

from datetime import datetime

from revento.identity.permissions import Role
from revento.kernel.db import Row
from revento.kernel.ids import EventId, OrganizationId, UserId


class Organization(Row, frozen=True):
    """Who holds events. Only a formal, verified one may connect integrations (contract §1)."""

    id: OrganizationId
    name: str
    kind: str
    verification_status: str
    is_sandbox: bool
    website_url: str
    description: str
    country: str
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EventMembership(Row, frozen=True):
    """What a person is in the organization of an event."""

    event_id: EventId
    organization_id: OrganizationId
    role: Role
    archived_at: datetime | None


class MemberRow(Row, frozen=True):
    """One line of the member list."""

    user_id: UserId
    name: str
    email: str
    role: Role
    created_at: datetime


class OwnOrganization(Row, frozen=True):
    """One of a person's organizations, with her role in it."""

    id: OrganizationId
    name: str
    kind: str
    verification_status: str
    is_sandbox: bool
    role: Role
    event_count: int


class Invitation(Row, frozen=True):
    """A seat offered by mail."""

    id: str
    organization_id: OrganizationId
    organization_name: str
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class VerificationRequest(Row, frozen=True):
    """An organization that asks to be formal, and what became of it."""

    id: str
    organization_id: OrganizationId
    organization_name: str
    legal_name: str
    registration_number: str
    country: str
    documents: str
    submitted_by: UserId
    submitted_at: datetime
    state: str
    decided_at: datetime | None
    note: str
