"""Rows of authorization codes."""

from datetime import datetime

import msgspec

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


class Arrival(msgspec.Struct, frozen=True):
    """When a request to redeem came in (monotonic clock), and whether it saw the code unspent but came too late."""

    came_in: float
    lost_race: bool


class Code(Row, frozen=True):
    """An authorization code, locked, with what it stands on. `raced` means: spent by a call that ran beside this one;
    `is_over`: its installation has ended or its integration is halted.
    """

    client_id: ClientId
    user_id: UserId
    event_id: EventId
    organization_id: OrganizationId
    installation_id: InstallationId
    integration_id: IntegrationId
    user_grant_id: GrantId | None
    redirect_uri: str
    code_challenge: str
    scopes: list[str]
    expires_at: datetime
    redeemed_at: datetime | None
    burnt_at: datetime | None
    family_id: FamilyId | None
    raced: bool
    is_over: bool
