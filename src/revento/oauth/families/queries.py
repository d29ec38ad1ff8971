"""SQL of issuing, refreshing and looking up tokens."""

from datetime import datetime

from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.ids import FamilyId
from revento.oauth.audit.models import Origin
from revento.oauth.families.models import Bearer, Binding, Opening, Presented, RefreshToken, Successor

# Serves the refresh. Whatever changes a family locks this one row first, so that it sees the newest generation. What
# the organizers have taken back since is not granted any more.
LOCK_BY_REFRESH_TOKEN = """
    SELECT r.generation AS presented, r.expires_at, f.id AS family_id, f.kind, f.client_id, f.integration_id,
           f.installation_id, f.event_id, f.organization_id, f.user_id,
           CASE WHEN f.kind = 'user' OR f.scopes <@ i.granted_scopes THEN f.scopes
                ELSE ARRAY(SELECT s FROM unnest(f.scopes) s WHERE s = ANY (i.granted_scopes)) END AS scopes,
           f.generation, f.cap_at, f.cut_generation, f.suspended_at, f.revoked_at
      FROM refresh_tokens r
      JOIN token_families f ON f.id = r.family_id
      JOIN installations i ON i.id = f.installation_id
     WHERE r.hash = %(hash)s
       FOR NO KEY UPDATE OF f
"""


async def lock_by_refresh_token(tx: Tx, hash: bytes) -> Presented | None:
    """A presented refresh token and its family; the family's row is locked."""
    return await tx.maybe(Presented, LOCK_BY_REFRESH_TOKEN, hash=hash)


FIND_SUCCESSOR = """
    SELECT r.generation, r.issued_at AS rotated_at, r.hash AS refresh_hash, r.expires_at AS refresh_expires_at,
           a.scopes, a.expires_at AS access_expires_at, a.used_at, a.revoked_at AS access_revoked_at
      FROM refresh_tokens r
      JOIN access_tokens a ON a.family_id = r.family_id AND a.generation = r.generation
     WHERE r.family_id = %(family_id)s AND r.generation = %(generation)s
"""


async def find_successor(tx: Tx, family_id: FamilyId, generation: int) -> Successor | None:
    """The pair of that generation."""
    return await tx.maybe(Successor, FIND_SUCCESSOR, family_id=family_id, generation=generation)


# One statement, four rows: the durable part of a refresh.
ROTATE = """
    WITH family AS (
        UPDATE token_families SET generation = %(generation)s, rotated_at = %(now)s WHERE id = %(family_id)s
    ), access AS (
        INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
        VALUES (%(access)s, %(family_id)s, %(generation)s, %(scopes)s, %(now)s, %(access_ends)s)
    ), refresh AS (
        INSERT INTO refresh_tokens (hash, family_id, generation, issued_at, expires_at)
        VALUES (%(refresh)s, %(family_id)s, %(generation)s, %(now)s, %(refresh_ends)s)
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, address, request_id)
    VALUES (%(now)s, %(client_id)s, 'token.refreshed', %(client_id)s, %(integration_id)s, %(installation_id)s,
            %(event_id)s, %(organization_id)s, %(user_id)s, %(family_id)s, %(scopes)s, %(address)s, %(request_id)s)
"""


async def rotate(
    tx: Tx,
    found: Presented,
    *,
    access: bytes,
    refresh: bytes,
    scopes: list[str],
    access_ends: datetime,
    refresh_ends: datetime,
    origin: Origin,
    now: datetime,
) -> None:
    """Spends the presented token and keeps the hashes of its successors."""
    await tx.run(
        ROTATE,
        family_id=found.family_id,
        generation=found.generation + 1,
        access=access,
        refresh=refresh,
        scopes=scopes,
        access_ends=access_ends,
        refresh_ends=refresh_ends,
        client_id=found.client_id,
        integration_id=found.integration_id,
        installation_id=found.installation_id,
        event_id=found.event_id,
        organization_id=found.organization_id,
        user_id=found.user_id,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


INSERT = """
    WITH family AS (
        INSERT INTO token_families (id, kind, client_id, integration_id, installation_id, user_grant_id, event_id,
                                    organization_id, user_id, scopes, created_at, rotated_at, cap_at)
        VALUES (%(family_id)s, %(kind)s, %(client_id)s, %(integration_id)s, %(installation_id)s, %(user_grant_id)s,
                %(event_id)s, %(organization_id)s, %(user_id)s, %(scopes)s, %(now)s, %(now)s, %(cap_at)s)
    ), access AS (
        INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
        VALUES (%(access)s, %(family_id)s, 0, %(scopes)s, %(now)s, %(access_ends)s)
    ), refresh AS (
        INSERT INTO refresh_tokens (hash, family_id, generation, issued_at, expires_at)
        VALUES (%(refresh)s, %(family_id)s, 0, %(now)s, %(refresh_ends)s)
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, address, request_id)
    VALUES (%(now)s, %(client_id)s, 'token.issued', %(client_id)s, %(integration_id)s, %(installation_id)s,
            %(event_id)s, %(organization_id)s, %(user_id)s, %(family_id)s, %(scopes)s, %(address)s, %(request_id)s)
"""


async def insert(
    tx: Tx, opening: Opening, binding: Binding, scopes: list[str], *, origin: Origin, now: datetime
) -> None:
    """Opens a family with its first pair."""
    await tx.run(
        INSERT,
        family_id=opening.family_id,
        kind=binding.kind,
        client_id=binding.client_id,
        integration_id=binding.integration_id,
        installation_id=binding.installation_id,
        user_grant_id=binding.user_grant_id,
        event_id=binding.event_id,
        organization_id=binding.organization_id,
        user_id=binding.user_id,
        access=secrets.sha256(opening.pair.access),
        refresh=secrets.sha256(opening.pair.refresh),
        scopes=scopes,
        access_ends=opening.access_ends,
        refresh_ends=opening.refresh_ends,
        cap_at=opening.cap_at,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


# Serves the API's token check and introspection: by primary key, one row. What ended it is told by the nearest cause.
FIND_BEARER = """
    SELECT f.kind, f.id AS family_id, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id,
           f.user_id, a.scopes, a.issued_at, a.expires_at, a.used_at,
           CASE WHEN f.revoked_at IS NOT NULL THEN f.revoked_at
                WHEN a.revoked_at IS NOT NULL THEN a.revoked_at
                WHEN a.generation <= f.cut_generation THEN f.cut_at END AS revoked_at,
           CASE WHEN f.revoked_at IS NOT NULL THEN f.revoke_reason
                WHEN a.revoked_at IS NOT NULL THEN a.revoke_reason
                WHEN a.generation <= f.cut_generation THEN 'integration_suspended' END AS revoke_reason
      FROM access_tokens a
      JOIN token_families f ON f.id = a.family_id
     WHERE a.hash = %(hash)s
"""


async def find_bearer(tx: Tx, hash: bytes) -> Bearer | None:
    """An access token by its hash, alive or not."""
    return await tx.maybe(Bearer, FIND_BEARER, hash=hash)


FIND_REFRESH_TOKEN = """
    SELECT f.id AS family_id, f.client_id, f.event_id, f.organization_id, f.user_id, f.scopes, r.issued_at,
           r.expires_at, f.revoked_at IS NULL AND f.suspended_at IS NULL AND r.generation = f.generation
               AND r.expires_at > %(now)s AS is_live
      FROM refresh_tokens r
      JOIN token_families f ON f.id = r.family_id
     WHERE r.hash = %(hash)s
"""


async def find_refresh_token(tx: Tx, hash: bytes, *, now: datetime) -> RefreshToken | None:
    """A refresh token by its hash, spent or not."""
    return await tx.maybe(RefreshToken, FIND_REFRESH_TOKEN, hash=hash, now=now)
