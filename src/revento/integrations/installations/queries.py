"""SQL of connections."""

from datetime import datetime

from revento.integrations.installations.models import Installation, Manager
from revento.kernel.db import Tx
from revento.kernel.ids import (
    ClientId,
    EventId,
    InstallationId,
    IntegrationId,
    OrganizationId,
    UserId,
)

FIND = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE id = %(id)s
"""


async def find(tx: Tx, id: InstallationId) -> Installation | None:
    """One connection, in any state."""
    return await tx.maybe(Installation, FIND, id=id)


async def get(tx: Tx, id: InstallationId) -> Installation:
    """One connection, in any state. Raises `NoRow`."""
    return await tx.one(Installation, FIND, id=id)


FIND_ACTIVE = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE event_id = %(event_id)s AND integration_id = %(integration_id)s AND state = 'active'
"""


async def find_active(tx: Tx, event_id: EventId, integration_id: IntegrationId) -> Installation | None:
    """The one active connection of an event and an integration; index installations_active."""
    return await tx.maybe(Installation, FIND_ACTIVE, event_id=event_id, integration_id=integration_id)


LOCK = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE event_id = %(event_id)s AND id = %(id)s
       FOR NO KEY UPDATE
"""


async def lock(tx: Tx, event_id: EventId, id: InstallationId) -> Installation | None:
    """A connection of this event, locked."""
    return await tx.maybe(Installation, LOCK, event_id=event_id, id=id)


# Locked in one order, so that endings that meet do not wait for each other in a ring.
LOCK_ACTIVE = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE state = 'active'
       AND (%(event_id)s::text IS NULL OR event_id = %(event_id)s)
       AND (%(organization_id)s::text IS NULL OR organization_id = %(organization_id)s)
       AND (%(integration_id)s::text IS NULL OR integration_id = %(integration_id)s)
     ORDER BY id
       FOR NO KEY UPDATE
"""


async def lock_active_by_event(tx: Tx, event_id: EventId) -> list[Installation]:
    """The active connections of an event, locked."""
    return await tx.all(Installation, LOCK_ACTIVE, event_id=event_id, organization_id=None, integration_id=None)


async def lock_active_by_organization(tx: Tx, organization_id: OrganizationId) -> list[Installation]:
    """The active connections of all events of an organization, locked."""
    return await tx.all(Installation, LOCK_ACTIVE, event_id=None, organization_id=organization_id, integration_id=None)


async def lock_active_by_integration(tx: Tx, integration_id: IntegrationId) -> list[Installation]:
    """The active connections of an integration, locked."""
    return await tx.all(Installation, LOCK_ACTIVE, event_id=None, organization_id=None, integration_id=integration_id)


LIST_BY_EVENT = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE event_id = %(event_id)s
     ORDER BY created_at, id
     LIMIT 500
"""


async def list_by_event(tx: Tx, event_id: EventId) -> list[Installation]:
    """Every connection an event has or had, the oldest first."""
    return await tx.all(Installation, LIST_BY_EVENT, event_id=event_id)


# Serves GET /integration/installations and the console; index installations_by_integration.
LIST_BY_CLIENT = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE client_id = %(client_id)s
       AND integration_id = (SELECT integration_id FROM clients WHERE id = %(client_id)s)
     ORDER BY created_at, id
     LIMIT 1000
"""


async def list_by_client(tx: Tx, client_id: ClientId) -> list[Installation]:
    """The connections of a client, ended ones too, the oldest first."""
    return await tx.all(Installation, LIST_BY_CLIENT, client_id=client_id)


INSERT = """
    INSERT INTO installations (id, event_id, organization_id, integration_id, client_id, granted_scopes, connected_by,
                               created_at, updated_at, ends_at)
    VALUES (%(id)s, %(event_id)s, %(organization_id)s, %(integration_id)s, %(client_id)s, %(scopes)s, %(connected_by)s,
            %(now)s, %(now)s, %(ends_at)s)
    RETURNING id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
              updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
"""


async def insert(
    tx: Tx,
    id: InstallationId,
    *,
    event_id: EventId,
    organization_id: OrganizationId,
    integration_id: IntegrationId,
    client_id: ClientId,
    scopes: list[str],
    connected_by: UserId,
    ends_at: datetime,
    now: datetime,
) -> Installation:
    """Connects."""
    return await tx.one(
        Installation,
        INSERT,
        id=id,
        event_id=event_id,
        organization_id=organization_id,
        integration_id=integration_id,
        client_id=client_id,
        scopes=scopes,
        connected_by=connected_by,
        ends_at=ends_at,
        now=now,
    )


SET_SCOPES = """
    UPDATE installations SET granted_scopes = %(scopes)s, updated_at = %(now)s WHERE id = %(id)s
"""


async def set_scopes(tx: Tx, id: InstallationId, scopes: list[str], *, now: datetime) -> None:
    """Widens or narrows what was granted."""
    await tx.run(SET_SCOPES, id=id, scopes=scopes, now=now)


SET_PAUSED = "UPDATE installations SET paused_at = %(paused_at)s, updated_at = %(now)s WHERE id = %(id)s"


async def set_paused(tx: Tx, id: InstallationId, paused_at: datetime | None, *, now: datetime) -> None:
    """Pauses or resumes."""
    await tx.run(SET_PAUSED, id=id, paused_at=paused_at, now=now)


SET_ENDS_AT = """
    UPDATE installations SET ends_at = %(ends_at)s, warned_at = NULL, updated_at = %(now)s WHERE id = %(id)s
"""


async def set_ends_at(tx: Tx, id: InstallationId, ends_at: datetime, *, now: datetime) -> None:
    """Moves the day on which the connection ends by itself."""
    await tx.run(SET_ENDS_AT, id=id, ends_at=ends_at, now=now)


SET_ENDED = """
    UPDATE installations
       SET state = 'ended', ended_at = %(now)s, end_reason = %(reason)s, paused_at = NULL, updated_at = %(now)s
     WHERE id = %(id)s AND state = 'active'
"""


async def set_ended(tx: Tx, id: InstallationId, reason: str, *, now: datetime) -> int:
    """Ends; 0 when it had ended."""
    return await tx.run(SET_ENDED, id=id, reason=reason, now=now)


# An event that was moved to later takes its connections along.
FOLLOW_EVENTS = """
    UPDATE installations i
       SET ends_at = e.ends_at + %(after)s, warned_at = NULL
      FROM events e
     WHERE e.id = i.event_id AND i.state = 'active' AND i.ends_at <= %(soon)s AND i.ends_at < e.ends_at + %(after)s
"""


async def follow_events(tx: Tx, *, after: object, soon: datetime) -> int:
    """Moves the end of connections that are about to end, where their event was moved since."""
    return await tx.run(FOLLOW_EVENTS, after=after, soon=soon)


LIST_ENDING = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE state = 'active' AND ends_at <= %(before)s
     ORDER BY ends_at, id
     LIMIT 500
"""


async def list_ending(tx: Tx, *, before: datetime) -> list[Installation]:
    """The active connections that end before then; index installations_ending."""
    return await tx.all(Installation, LIST_ENDING, before=before)


SET_WARNED = "UPDATE installations SET warned_at = %(now)s WHERE id = %(id)s"


async def set_warned(tx: Tx, id: InstallationId, *, now: datetime) -> None:
    """Notes that the organizers were told of the end."""
    await tx.run(SET_WARNED, id=id, now=now)


LIST_UNUSED = """
    SELECT id, event_id, organization_id, integration_id, client_id, state, granted_scopes, connected_by, created_at,
           updated_at, paused_at, ends_at, warned_at, unused_told_at, ended_at, end_reason, last_used_at
      FROM installations
     WHERE state = 'active' AND coalesce(last_used_at, created_at) <= %(since)s
       AND (unused_told_at IS NULL OR unused_told_at < coalesce(last_used_at, created_at))
     ORDER BY id
     LIMIT 500
"""


async def list_unused(tx: Tx, *, since: datetime) -> list[Installation]:
    """Active connections that nobody used since then and about which nobody was told yet."""
    return await tx.all(Installation, LIST_UNUSED, since=since)


SET_UNUSED_TOLD = "UPDATE installations SET unused_told_at = %(now)s WHERE id = %(id)s"


async def set_unused_told(tx: Tx, id: InstallationId, *, now: datetime) -> None:
    """Notes that removal was offered."""
    await tx.run(SET_UNUSED_TOLD, id=id, now=now)


LIST_MANAGERS = """
    SELECT u.name, u.email
      FROM memberships m
      JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = %(organization_id)s AND m.role = ANY (%(roles)s) AND u.deleted_at IS NULL
     ORDER BY u.email
"""


async def list_managers(tx: Tx, organization_id: OrganizationId, *, roles: list[str]) -> list[Manager]:
    """The members with one of these roles, for mail."""
    return await tx.all(Manager, LIST_MANAGERS, organization_id=organization_id, roles=roles)
