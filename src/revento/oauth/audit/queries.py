"""SQL of the token audit. Each audience has its own statement, filtered by what is its own (architecture §4.8)."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.ids import EventId, IntegrationId
from revento.oauth.audit.models import Entry, Origin

INSERT = """
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    VALUES (%(now)s, %(actor)s, %(action)s, %(client_id)s, %(integration_id)s, %(installation_id)s, %(event_id)s,
            %(organization_id)s, %(user_id)s, %(family_id)s, %(scopes)s, %(reason)s, %(address)s, %(request_id)s)
"""


async def insert(
    tx: Tx,
    *,
    actor: str,
    action: str,
    client_id: str | None,
    integration_id: str | None,
    installation_id: str | None,
    event_id: str | None,
    organization_id: str | None,
    user_id: str | None,
    family_id: str | None,
    scopes: list[str],
    reason: str | None,
    origin: Origin,
    now: datetime,
) -> None:
    """Appends one row."""
    await tx.run(
        INSERT,
        actor=actor,
        action=action,
        client_id=client_id,
        integration_id=integration_id,
        installation_id=installation_id,
        event_id=event_id,
        organization_id=organization_id,
        user_id=user_id,
        family_id=family_id,
        scopes=scopes,
        reason=reason,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


# Serves the integrator's token audit; index token_audit_by_integration.
PAGE_BY_INTEGRATION = """
    SELECT t.id, t.at, t.actor, t.action, t.client_id, t.integration_id, n.name AS integration_name, c.environment,
           t.installation_id, t.event_id, e.title AS event_title, t.organization_id, t.user_id, t.family_id, t.scopes,
           t.reason, t.address, t.request_id
      FROM token_audit t
      LEFT JOIN integrations n ON n.id = t.integration_id
      LEFT JOIN clients c ON c.id = t.client_id
      LEFT JOIN events e ON e.id = t.event_id
     WHERE t.integration_id = %(integration_id)s
       AND (%(before)s::bigint IS NULL OR t.id < %(before)s)
       AND (%(action)s::text IS NULL OR t.action = %(action)s)
       AND (%(environment)s::text IS NULL OR c.environment = %(environment)s)
       AND (%(event_id)s::text IS NULL OR t.event_id = %(event_id)s)
     ORDER BY t.id DESC
     LIMIT %(limit)s
"""


async def page_by_integration(
    tx: Tx,
    integration_id: IntegrationId,
    *,
    before: int | None = None,
    action: str | None = None,
    environment: str | None = None,
    event_id: str | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What happened to an integration's tokens, newest first; `before` is the last id of the page before."""
    return await tx.all(
        Entry,
        PAGE_BY_INTEGRATION,
        integration_id=integration_id,
        before=before,
        action=action or None,
        environment=environment or None,
        event_id=event_id or None,
        limit=limit,
    )


# Serves the organizer's token audit; index token_audit_by_event.
PAGE_BY_EVENT = """
    SELECT t.id, t.at, t.actor, t.action, t.client_id, t.integration_id, n.name AS integration_name, c.environment,
           t.installation_id, t.event_id, e.title AS event_title, t.organization_id, t.user_id, t.family_id, t.scopes,
           t.reason, t.address, t.request_id
      FROM token_audit t
      LEFT JOIN integrations n ON n.id = t.integration_id
      LEFT JOIN clients c ON c.id = t.client_id
      LEFT JOIN events e ON e.id = t.event_id
     WHERE t.event_id = %(event_id)s
       AND (%(before)s::bigint IS NULL OR t.id < %(before)s)
       AND (%(action)s::text IS NULL OR t.action = %(action)s)
       AND (%(integration_id)s::text IS NULL OR t.integration_id = %(integration_id)s)
     ORDER BY t.id DESC
     LIMIT %(limit)s
"""


async def page_by_event(
    tx: Tx,
    event_id: EventId,
    *,
    before: int | None = None,
    action: str | None = None,
    integration_id: str | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What happened to the tokens of an event, newest first."""
    return await tx.all(
        Entry,
        PAGE_BY_EVENT,
        event_id=event_id,
        before=before,
        action=action or None,
        integration_id=integration_id or None,
        limit=limit,
    )


# Serves the operator's token audit; the primary key, backwards.
PAGE = """
    SELECT t.id, t.at, t.actor, t.action, t.client_id, t.integration_id, n.name AS integration_name, c.environment,
           t.installation_id, t.event_id, e.title AS event_title, t.organization_id, t.user_id, t.family_id, t.scopes,
           t.reason, t.address, t.request_id
      FROM token_audit t
      LEFT JOIN integrations n ON n.id = t.integration_id
      LEFT JOIN clients c ON c.id = t.client_id
      LEFT JOIN events e ON e.id = t.event_id
     WHERE (%(before)s::bigint IS NULL OR t.id < %(before)s)
       AND (%(action)s::text IS NULL OR t.action = %(action)s)
       AND (%(about)s::text IS NULL
            OR %(about)s IN (t.actor, t.client_id, t.integration_id, t.installation_id, t.event_id, t.organization_id,
                             t.user_id, t.family_id, t.request_id, t.address))
     ORDER BY t.id DESC
     LIMIT %(limit)s
"""


async def page(
    tx: Tx, *, before: int | None = None, action: str | None = None, about: str | None = None, limit: int = 50
) -> list[Entry]:
    """Everybody's, for operators. `about` is any id, address or request id that a row names."""
    return await tx.all(Entry, PAGE, before=before, action=action or None, about=about or None, limit=limit)
