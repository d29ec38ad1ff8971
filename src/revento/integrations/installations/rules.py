"""Decisions about connecting, and when a connection ends by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from revento.contract import errors, limits, scopes
from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.events.events.models import Event
from revento.identity.organizations import rules as organizations
from revento.identity.organizations.models import Organization
from revento.integrations.credentials.models import Client
from revento.integrations.installations.models import Installation

AFTER_EVENT: Final = timedelta(days=limits.INSTALLATION_AFTER_EVENT_DAYS)
UNUSED: Final = timedelta(days=limits.INSTALLATION_UNUSED_DAYS)
WARNINGS: Final = (timedelta(days=14), timedelta(days=3))  # before the end


def why_not_connect(client: Client, organization: Organization, event: Event) -> Reason | None:
    """Whether an integration's client may be connected to an event of that organization (contract §1, §3.1)."""
    if event.archived_at is not None:
        return errors.EVENT_ARCHIVED
    if reason := organizations.why_not_connect(organization):
        return reason
    if reason := why_not_here(client, organization):
        return reason
    if client.integration_state == "suspended":
        return errors.INTEGRATION_SUSPENDED
    listed = client.integration_state == "published"
    tried = client.environment == "sandbox" and client.integration_state != "unpublished"
    return None if listed or tried else errors.NOT_IN_CATALOGUE


def why_not_here(client: Client, organization: Organization) -> Reason | None:
    """Sandbox clients belong in sandboxes, others never; in-house integrations and scripts to their organization."""
    if client.environment == "sandbox" and not organization.is_sandbox:
        return errors.SANDBOX_ONLY
    if client.environment == "production" and organization.is_sandbox:
        return errors.PRODUCTION_ONLY
    own = client.organization_id in (organization.id, None if client.environment == "sandbox" else organization.id)
    return None if client.integration_kind == "public" or own else errors.OTHER_ORGANIZATION


def why_not_scopes(client: Client, asked: Iterable[str]) -> Reason | None:
    """An installation carries declared installation scopes, at least one."""
    names = list(asked)
    fits = scopes.kind_of(names) is TokenKind.INSTALLATION and set(names) <= set(client.manifest.declared_scopes)
    return None if fits else errors.INVALID_SCOPE


def ends_at(event_ends_at: datetime, *, now: datetime) -> datetime:
    """90 days after the event is over; of an event that is long over, 90 days from now."""
    return max(event_ends_at, now) + AFTER_EVENT


def is_unused(installation: Installation, *, now: datetime) -> bool:
    """Whether nobody has used the connection for 60 days."""
    return now - (installation.last_used_at or installation.created_at) >= UNUSED


def why_not_narrow(installation: Installation, scope: str) -> Reason | None:
    """A granted scope can be taken back, the last one only by disconnecting."""
    if not installation.is_active:
        return errors.WRONG_STATE
    return None if scope in installation.granted_scopes and len(installation.granted_scopes) > 1 else errors.WRONG_STATE
