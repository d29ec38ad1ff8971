"""SQL of ends. Each is one set-based statement that also writes the audit, however many tokens there are."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.ids import FamilyId, GrantId, InstallationId, IntegrationId
from revento.oauth.audit.models import Origin
from revento.oauth.families.models import End

# Families are locked in the order of their ids, so that two ends of the same families queue instead of deadlocking.
REVOKE_BY_INSTALLATION = """
    WITH dying AS (
        SELECT id FROM token_families
         WHERE installation_id = %(installation_id)s AND revoked_at IS NULL
         ORDER BY id
           FOR NO KEY UPDATE
    ), gone AS (
        UPDATE token_families f SET revoked_at = %(now)s, revoke_reason = %(reason)s
          FROM dying d
         WHERE f.id = d.id
        RETURNING f.id, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id, f.user_id,
                  f.scopes
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    SELECT %(now)s, %(actor)s, 'token.revoked', client_id, integration_id, installation_id, event_id, organization_id,
           user_id, id, scopes, %(reason)s, %(address)s, %(request_id)s
      FROM gone
"""


async def revoke_by_installation(
    tx: Tx, installation_id: InstallationId, reason: End, *, actor: str, origin: Origin, now: datetime
) -> int:
    """Ends every family of an installation, those of its user grants included; how many."""
    return await tx.run(
        REVOKE_BY_INSTALLATION,
        installation_id=installation_id,
        reason=reason,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


REVOKE_BY_GRANT = """
    WITH dying AS (
        SELECT id FROM token_families
         WHERE user_grant_id = %(user_grant_id)s AND revoked_at IS NULL
         ORDER BY id
           FOR NO KEY UPDATE
    ), gone AS (
        UPDATE token_families f SET revoked_at = %(now)s, revoke_reason = %(reason)s
          FROM dying d
         WHERE f.id = d.id
        RETURNING f.id, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id, f.user_id,
                  f.scopes
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    SELECT %(now)s, %(actor)s, 'token.revoked', client_id, integration_id, installation_id, event_id, organization_id,
           user_id, id, scopes, %(reason)s, %(address)s, %(request_id)s
      FROM gone
"""


async def revoke_by_grant(tx: Tx, grant_id: GrantId, reason: End, *, actor: str, origin: Origin, now: datetime) -> int:
    """Ends every family of a person's grant; how many."""
    return await tx.run(
        REVOKE_BY_GRANT,
        user_grant_id=grant_id,
        reason=reason,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


REVOKE = """
    WITH gone AS (
        UPDATE token_families SET revoked_at = %(now)s, revoke_reason = %(reason)s
         WHERE id = %(family_id)s AND revoked_at IS NULL
        RETURNING id, client_id, integration_id, installation_id, event_id, organization_id, user_id, scopes
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    SELECT %(now)s, %(actor)s, 'token.revoked', client_id, integration_id, installation_id, event_id, organization_id,
           user_id, id, scopes, %(reason)s, %(address)s, %(request_id)s
      FROM gone
"""


async def revoke(tx: Tx, family_id: FamilyId, reason: End, *, actor: str, origin: Origin, now: datetime) -> int:
    """Ends one family; 0 when it is over already."""
    return await tx.run(
        REVOKE,
        family_id=family_id,
        reason=reason,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


REVOKE_ACCESS_TOKEN = """
    WITH gone AS (
        UPDATE access_tokens SET revoked_at = %(now)s, revoke_reason = %(reason)s
         WHERE hash = %(hash)s AND revoked_at IS NULL
        RETURNING family_id, scopes
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    SELECT %(now)s, %(actor)s, 'access_token.revoked', f.client_id, f.integration_id, f.installation_id, f.event_id,
           f.organization_id, f.user_id, f.id, g.scopes, %(reason)s, %(address)s, %(request_id)s
      FROM gone g
      JOIN token_families f ON f.id = g.family_id
"""


async def revoke_access_token(tx: Tx, hash: bytes, reason: End, *, actor: str, origin: Origin, now: datetime) -> int:
    """Ends one access token and leaves its family; 0 when it is over already."""
    return await tx.run(
        REVOKE_ACCESS_TOKEN,
        hash=hash,
        reason=reason,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


SUSPEND_BY_INTEGRATION = """
    WITH dying AS (
        SELECT id FROM token_families
         WHERE integration_id = %(integration_id)s AND revoked_at IS NULL AND suspended_at IS NULL
         ORDER BY id
           FOR NO KEY UPDATE
    ), halted AS (
        UPDATE token_families f SET suspended_at = %(now)s, cut_at = %(now)s, cut_generation = generation
          FROM dying d
         WHERE f.id = d.id
        RETURNING f.id, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id, f.user_id,
                  f.scopes
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    SELECT %(now)s, %(actor)s, 'token.suspended', client_id, integration_id, installation_id, event_id,
           organization_id, user_id, id, scopes, 'integration_suspended', %(address)s, %(request_id)s
      FROM halted
"""


async def suspend_by_integration(
    tx: Tx, integration_id: IntegrationId, *, actor: str, origin: Origin, now: datetime
) -> int:
    """Kills the access tokens of an integration and halts its refresh tokens; how many families."""
    return await tx.run(
        SUSPEND_BY_INTEGRATION,
        integration_id=integration_id,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


RESUME_BY_INTEGRATION = """
    WITH halted AS (
        SELECT id FROM token_families
         WHERE integration_id = %(integration_id)s AND revoked_at IS NULL AND suspended_at IS NOT NULL
         ORDER BY id
           FOR NO KEY UPDATE
    ), freed AS (
        UPDATE token_families f SET suspended_at = NULL
          FROM halted h
         WHERE f.id = h.id
        RETURNING f.id, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id, f.user_id,
                  f.scopes
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, address, request_id)
    SELECT %(now)s, %(actor)s, 'token.resumed', client_id, integration_id, installation_id, event_id, organization_id,
           user_id, id, scopes, %(address)s, %(request_id)s
      FROM freed
"""


async def resume_by_integration(
    tx: Tx, integration_id: IntegrationId, *, actor: str, origin: Origin, now: datetime
) -> int:
    """Lets the refresh tokens of an integration be traded again; its old access tokens stay dead. How many families."""
    return await tx.run(
        RESUME_BY_INTEGRATION,
        integration_id=integration_id,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


# What is left without any scope is ended first, by the caller.
LIST_ONLY = """
    SELECT id FROM token_families
     WHERE installation_id = %(installation_id)s AND revoked_at IS NULL AND scopes = ARRAY[%(scope)s]
     ORDER BY id
"""


async def list_only(tx: Tx, installation_id: InstallationId, scope: str) -> list[str]:
    """The families of an installation that carry this scope and no other."""
    return await tx.all(str, LIST_ONLY, installation_id=installation_id, scope=scope)


NARROW = """
    WITH losing AS (
        SELECT id FROM token_families
         WHERE installation_id = %(installation_id)s AND revoked_at IS NULL AND %(scope)s = ANY (scopes)
         ORDER BY id
           FOR NO KEY UPDATE
    ), narrowed AS (
        UPDATE token_families f SET scopes = array_remove(f.scopes, %(scope)s)
          FROM losing l
         WHERE f.id = l.id
        RETURNING f.id, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id, f.user_id,
                  f.scopes
    ), tokens AS (
        UPDATE access_tokens a SET scopes = array_remove(a.scopes, %(scope)s)
          FROM narrowed n
         WHERE a.family_id = n.id AND %(scope)s = ANY (a.scopes)
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, address, request_id)
    SELECT %(now)s, %(actor)s, 'token.narrowed', client_id, integration_id, installation_id, event_id, organization_id,
           user_id, id, scopes, %(address)s, %(request_id)s
      FROM narrowed
"""


async def narrow(
    tx: Tx, installation_id: InstallationId, scope: str, *, actor: str, origin: Origin, now: datetime
) -> int:
    """Takes a scope from every family of an installation and from their access tokens; how many families."""
    return await tx.run(
        NARROW,
        installation_id=installation_id,
        scope=scope,
        actor=actor,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


# Serves the sandbox's time travel: a client meets `token_expired` without waiting for an hour.
EXPIRE_ACCESS = """
    UPDATE access_tokens t SET expires_at = %(now)s
      FROM token_families f
     WHERE f.installation_id = %(installation_id)s AND t.family_id = f.id AND t.expires_at > %(now)s
"""


async def expire_access(tx: Tx, installation_id: InstallationId, *, now: datetime) -> int:
    """Lets the access tokens of a connection be as old as an hour; refresh tokens stay. How many."""
    return await tx.run(EXPIRE_ACCESS, installation_id=installation_id, now=now)
