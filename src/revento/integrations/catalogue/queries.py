"""SQL of integrations and who works on them."""

from datetime import datetime

from revento.integrations.catalogue.models import Integration, Listed, Offer
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, IntegrationId, OrganizationId, UserId

FIND = """
    SELECT id, kind, organization_id, name, state, state_before_suspension, suspended_at, suspension_reason,
           publisher_verified_at, published_at, unpublished_at, marketing_copy, screenshots, created_by, created_at,
           updated_at
      FROM integrations
     WHERE id = %(id)s
"""


async def find(tx: Tx, id: IntegrationId) -> Integration | None:
    """One integration."""
    return await tx.maybe(Integration, FIND, id=id)


async def get(tx: Tx, id: IntegrationId) -> Integration:
    """One integration. Raises `NoRow`."""
    return await tx.one(Integration, FIND, id=id)


LOCK = """
    SELECT id, kind, organization_id, name, state, state_before_suspension, suspended_at, suspension_reason,
           publisher_verified_at, published_at, unpublished_at, marketing_copy, screenshots, created_by, created_at,
           updated_at
      FROM integrations
     WHERE id = %(id)s
       FOR NO KEY UPDATE
"""


async def lock(tx: Tx, id: IntegrationId) -> Integration:
    """One integration, locked. Raises `NoRow`."""
    return await tx.one(Integration, LOCK, id=id)


INSERT = """
    INSERT INTO integrations (id, kind, organization_id, name, state, published_at, created_by, created_at, updated_at)
    VALUES (%(id)s, %(kind)s, %(organization_id)s, %(name)s, %(state)s, %(published_at)s, %(created_by)s, %(now)s,
            %(now)s)
"""


async def insert(
    tx: Tx,
    id: IntegrationId,
    *,
    kind: str,
    organization_id: OrganizationId | None,
    name: str,
    state: str,
    published_at: datetime | None,
    created_by: UserId | None,
    now: datetime,
) -> None:
    """Registers an integration."""
    await tx.run(
        INSERT,
        id=id,
        kind=kind,
        organization_id=organization_id,
        name=name,
        state=state,
        published_at=published_at,
        created_by=created_by,
        now=now,
    )


SET_NAME = "UPDATE integrations SET name = %(name)s, updated_at = %(now)s WHERE id = %(id)s"


async def set_name(tx: Tx, id: IntegrationId, name: str, *, now: datetime) -> None:
    """Changes the name that people see."""
    await tx.run(SET_NAME, id=id, name=name, now=now)


SET_STATE = """
    UPDATE integrations
       SET state = %(state)s, updated_at = %(now)s,
           published_at = CASE WHEN %(state)s = 'published' THEN coalesce(published_at, %(now)s) ELSE published_at END,
           unpublished_at = CASE WHEN %(state)s = 'unpublished' THEN %(now)s ELSE NULL END,
           suspended_at = NULL, suspension_reason = NULL, state_before_suspension = NULL
     WHERE id = %(id)s
"""


async def set_state(tx: Tx, id: IntegrationId, state: str, *, now: datetime) -> None:
    """Moves an integration to a state other than suspended."""
    await tx.run(SET_STATE, id=id, state=state, now=now)


SET_SUSPENDED = """
    UPDATE integrations
       SET state = 'suspended', state_before_suspension = state, suspended_at = %(now)s,
           suspension_reason = %(reason)s, updated_at = %(now)s
     WHERE id = %(id)s AND state <> 'suspended'
"""


async def set_suspended(tx: Tx, id: IntegrationId, *, reason: str, now: datetime) -> None:
    """Suspends, remembering the state to come back to."""
    await tx.run(SET_SUSPENDED, id=id, reason=reason, now=now)


PUT_MEMBER = """
    INSERT INTO integration_members (integration_id, user_id, role, created_at)
    VALUES (%(id)s, %(user_id)s, %(role)s, %(now)s)
    ON CONFLICT (integration_id, user_id) DO UPDATE SET role = excluded.role
"""


async def put_member(tx: Tx, id: IntegrationId, user_id: UserId, role: str, *, now: datetime) -> None:
    """Lets somebody work on the integration, or changes her role."""
    await tx.run(PUT_MEMBER, id=id, user_id=user_id, role=role, now=now)


DROP_MEMBER = "DELETE FROM integration_members WHERE integration_id = %(id)s AND user_id = %(user_id)s"


async def drop_member(tx: Tx, id: IntegrationId, user_id: UserId) -> int:
    """Takes somebody off the integration."""
    return await tx.run(DROP_MEMBER, id=id, user_id=user_id)


FIND_ROLE = "SELECT role FROM integration_members WHERE integration_id = %(id)s AND user_id = %(user_id)s"


async def find_role(tx: Tx, id: IntegrationId, user_id: UserId) -> str | None:
    """What somebody may do with the integration."""
    return await tx.maybe(str, FIND_ROLE, id=id, user_id=user_id)


# What may be connected to an event: of its environment, published or tried in the sandbox, public or its own.
LIST_OFFERS = """
    SELECT g.id, c.id AS client_id, c.environment, g.kind, g.name, g.state, g.publisher_verified_at, g.marketing_copy,
           f.document AS manifest,
           (SELECT count(*) FROM installations i WHERE i.integration_id = g.id AND i.state = 'active') AS events,
           (SELECT i.id FROM installations i
             WHERE i.event_id = %(event_id)s AND i.integration_id = g.id AND i.state = 'active') AS installation_id
      FROM events e
      JOIN organizations o ON o.id = e.organization_id
      JOIN clients c ON c.environment = CASE WHEN o.is_sandbox THEN 'sandbox' ELSE 'production' END
      JOIN integrations g ON g.id = c.integration_id
      JOIN manifests f ON f.id = c.manifest_id
     WHERE e.id = %(event_id)s
       AND (g.state = 'published' OR (o.is_sandbox AND g.state NOT IN ('suspended', 'unpublished')))
       AND (g.kind = 'public' OR g.organization_id = o.id OR (g.organization_id IS NULL AND o.is_sandbox))
       AND (g.kind <> 'script' OR g.organization_id = o.id OR o.is_sandbox)
       AND (%(search)s::text IS NULL
            OR strpos(lower(concat_ws(' ', g.name, f.document->>'description',
                                      f.document->'publisher'->>'display_name')), lower(%(search)s)) > 0)
     ORDER BY g.kind <> 'public', lower(g.name), g.id
     LIMIT 200
"""


async def list_offers(tx: Tx, event_id: EventId, *, search: str | None = None) -> list[Offer]:
    """The integrations that this event could connect, public ones first."""
    return await tx.all(Offer, LIST_OFFERS, event_id=event_id, search=search or None)


LIST_ALL = """
    SELECT g.id, g.name, g.kind, g.state, g.organization_id, s.id AS sandbox_client_id, p.id AS production_client_id,
           (SELECT count(*) FROM installations i WHERE i.integration_id = g.id AND i.state = 'active') AS events,
           g.created_at
      FROM integrations g
      LEFT JOIN clients s ON s.integration_id = g.id AND s.environment = 'sandbox'
      LEFT JOIN clients p ON p.integration_id = g.id AND p.environment = 'production'
     WHERE %(user_id)s::text IS NULL
        OR EXISTS (SELECT 1 FROM integration_members m WHERE m.integration_id = g.id AND m.user_id = %(user_id)s)
     ORDER BY g.created_at, g.id
     LIMIT 500
"""


async def list_all(tx: Tx) -> list[Listed]:
    """Every integration, the oldest first."""
    return await tx.all(Listed, LIST_ALL, user_id=None)


async def list_by_developer(tx: Tx, user_id: UserId) -> list[Listed]:
    """The integrations that somebody works on."""
    return await tx.all(Listed, LIST_ALL, user_id=user_id)


LIST_DEVELOPER_MAILS = """
    SELECT u.email
      FROM integration_members m
      JOIN users u ON u.id = m.user_id
     WHERE m.integration_id = %(id)s AND m.role IN ('owner', 'developer') AND u.deleted_at IS NULL
     ORDER BY u.email
"""


async def list_developer_mails(tx: Tx, id: IntegrationId) -> list[str]:
    """Where the people who work on an integration are reached."""
    return await tx.all(str, LIST_DEVELOPER_MAILS, id=id)
