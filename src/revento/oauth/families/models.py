"""Rows of token families, and what a client gets."""

from datetime import datetime
from enum import StrEnum

import msgspec

from revento.contract.scopes import TokenKind
from revento.kernel.db import Row
from revento.kernel.ids import (
    ClientId,
    EventId,
    FamilyId,
    GrantId,
    InstallationId,
    IntegrationId,
    OrganizationId,
    UserId,
)
from revento.oauth.derivation import Pair


class End(StrEnum):
    """Why a token ended, as the API tells in `reason` (contract §2.5, §5.1)."""

    ORGANIZER_DISCONNECTED = "organizer_disconnected"
    EVENT_ARCHIVED = "event_archived"
    ORGANIZATION_STATUS_LOST = "organization_status_lost"
    INTEGRATION_UNPUBLISHED = "integration_unpublished"
    INTEGRATION_SUSPENDED = "integration_suspended"
    PARTICIPANT_DISCONNECTED = "participant_disconnected"
    ACCOUNT_DELETED = "account_deleted"
    INSTALLATION_EXPIRED = "installation_expired"
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105
    CODE_REUSED = "code_reused"
    LEAKED = "leaked"


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is bound to (contract §2.2). `user_grant_id` and `user_id` belong to user tokens alone."""

    kind: TokenKind
    client_id: ClientId
    integration_id: IntegrationId
    installation_id: InstallationId
    event_id: EventId
    organization_id: OrganizationId
    user_grant_id: GrantId | None = None
    user_id: UserId | None = None


class TokenPair(msgspec.Struct, frozen=True):
    """What the token endpoint answers with; both lives in seconds from now."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    scopes: list[str]
    event_id: EventId
    organization_id: OrganizationId
    user_id: UserId | None


class Opening(msgspec.Struct, frozen=True):
    """A family about to begin: its first pair in clear, and how long everything lives."""

    family_id: FamilyId
    pair: Pair
    access_ends: datetime
    refresh_ends: datetime
    cap_at: datetime


class Presented(Row, frozen=True):
    """A refresh token that somebody presents, and its family, locked. It is spent when its generation is over."""

    presented: int
    expires_at: datetime
    family_id: FamilyId
    kind: TokenKind
    client_id: ClientId
    integration_id: IntegrationId
    installation_id: InstallationId
    event_id: EventId
    organization_id: OrganizationId
    user_id: UserId | None
    scopes: list[str]
    generation: int
    cap_at: datetime
    cut_generation: int
    suspended_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_spent(self) -> bool:
        """Whether it was traded for a successor already."""
        return self.presented < self.generation


class Successor(Row, frozen=True):
    """The pair that a spent refresh token was traded for."""

    generation: int
    rotated_at: datetime
    refresh_hash: bytes
    refresh_expires_at: datetime
    scopes: list[str]
    access_expires_at: datetime
    used_at: datetime | None
    access_revoked_at: datetime | None


class Bearer(Row, frozen=True):
    """An access token that somebody presents: all that the API's checks need (contract §2.4)."""

    kind: TokenKind
    family_id: FamilyId
    client_id: ClientId
    integration_id: IntegrationId
    installation_id: InstallationId
    event_id: EventId
    organization_id: OrganizationId
    user_id: UserId | None
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    revoke_reason: str | None


class RefreshToken(Row, frozen=True):
    """A refresh token, for introspection."""

    family_id: FamilyId
    client_id: ClientId
    event_id: EventId
    organization_id: OrganizationId
    user_id: UserId | None
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime
    is_live: bool
