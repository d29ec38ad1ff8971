"""SQL of the straight way. `$1`-style, by position; each write is one statement, which is its own transaction."""

from datetime import datetime
from typing import Any, Final, LiteralString

from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import Candidate
from revento.kernel import secrets
from revento.kernel.reader import Writer, join
from revento.oauth.audit.models import Origin
from revento.oauth.codes.models import Code
from revento.oauth.families.models import Binding, Opening, Presented

_CANDIDATE: Final[LiteralString] = """
    SELECT c.id, c.integration_id, c.environment, n.state, s.id, s.hash, s.last_used_at,
"""
_SECRETS: Final[LiteralString] = """
      JOIN client_secrets s ON s.client_id = c.id
                           AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > """


def presented(hash: LiteralString, client_id: LiteralString, now: LiteralString) -> LiteralString:
    """A refresh token with its family and the client's secrets, told what to call its hash, the client, the time.

    A row per secret that counts; by primary keys and client_secrets_live. What the organizers have taken back since is
    for the careful way.
    """
    columns = """
           r.generation, r.expires_at, f.id, f.kind, f.client_id, f.integration_id, f.installation_id, f.event_id,
           f.organization_id, f.user_id, f.scopes, f.generation AS reached, f.cap_at, f.cut_generation, f.suspended_at,
           f.revoked_at
      FROM refresh_tokens r
      JOIN token_families f ON f.id = r.family_id
      JOIN installations i ON i.id = f.installation_id
      JOIN clients c ON c.id = f.client_id
      JOIN integrations n ON n.id = c.integration_id
    """
    mine = (" WHERE r.hash = ", hash, " AND f.client_id = ", client_id)
    return join(
        _CANDIDATE, columns, _SECRETS, now, ")", *mine, " AND (f.kind = 'user' OR f.scopes <@ i.granted_scopes)"
    )


# Who looks one up at the same moment as others; OFFSET 0 keeps each look-up whole, as for one caller.
_TOGETHER: Final[LiteralString] = """
    SELECT found.*, asked.n
      FROM unnest($1::bytea[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS asked (hash, client_id, now, n),
           LATERAL ("""
_EACH: Final[LiteralString] = " OFFSET 0) found"

FIND_REFRESH: Final = join(_TOGETHER, presented("asked.hash", "asked.client_id", "asked.now"), _EACH)
_CANDIDATE_COLUMNS: Final = 7


async def find_refresh(
    writer: Writer, hash: bytes, client_id: str, *, now: datetime
) -> tuple[list[Candidate], Presented] | None:
    """A refresh token of that client, with its family and the client's secrets."""
    rows = await writer.read_own(FIND_REFRESH, hash, client_id, now)
    if not rows:
        return None
    columns = list(rows[0][_CANDIDATE_COLUMNS:-1])
    columns[3] = TokenKind(columns[3])
    return _candidates(rows), Presented(*columns)


def _candidates(rows: list[Any]) -> list[Candidate]:
    return [Candidate(*row[:_CANDIDATE_COLUMNS]) for row in rows]


# A family that somebody else holds at the moment is passed over, and left to the careful way, which waits: a call that
# holds other families must not wait for one, or two of them would wait for each other. Each is looked up by itself: a
# join whose plan was made while there were a few went through all that live. Scopes come as the words of a string,
# because an array of arrays has no rows.
ROTATE: Final[LiteralString] = """
    WITH asked AS (
        SELECT *
          FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::bytea[], $6::text[], $7::timestamptz[],
                      $8::bytea[], $9::timestamptz[], $10::text[], $11::text[])
               WITH ORDINALITY AS a (family_id, generation, now, granted, access, scopes, access_ends,
                                     refresh, refresh_ends, address, request_id, n)
    ), standing AS (
        SELECT a.*
          FROM asked a
         CROSS JOIN LATERAL (
               SELECT f.id FROM token_families f
                WHERE f.id = a.family_id AND f.generation = a.generation
                  AND f.scopes = string_to_array(a.granted, ' ')
                  AND f.revoked_at IS NULL AND f.suspended_at IS NULL
                  FOR NO KEY UPDATE SKIP LOCKED
               ) AS f
    ), family AS (
        UPDATE token_families f SET generation = f.generation + 1, rotated_at = s.now
          FROM standing s
         WHERE f.id = s.family_id
        RETURNING s.*, f.client_id, f.integration_id, f.installation_id, f.event_id, f.organization_id, f.user_id
    ), access AS (
        INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
        SELECT access, family_id, generation + 1, string_to_array(scopes, ' '), now, access_ends FROM family
    ), refresh AS (
        INSERT INTO refresh_tokens (hash, family_id, generation, issued_at, expires_at)
        SELECT refresh, family_id, generation + 1, now, refresh_ends FROM family
    ), audit AS (
        INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id,
                                 organization_id, user_id, family_id, scopes, address, request_id)
        SELECT now, client_id, 'token.refreshed', client_id, integration_id, installation_id, event_id,
               organization_id, user_id, family_id, string_to_array(scopes, ' '), address, request_id
          FROM family
    )
    SELECT n FROM family
"""


async def rotate(
    writer: Writer,
    found: Presented,
    *,
    access: bytes,
    refresh: bytes,
    scopes: list[str],
    access_ends: datetime,
    refresh_ends: datetime,
    origin: Origin,
    now: datetime,
) -> bool:
    """Spends the token and keeps its successors, if the family still stands as it was found; whether it did."""
    return bool(
        await writer.write_own(
            ROTATE,
            found.family_id,
            found.generation,
            now,
            " ".join(found.scopes),
            access,
            " ".join(scopes),
            access_ends,
            refresh,
            refresh_ends,
            origin.address,
            origin.request_id,
        )
    )


def _bought(hash: LiteralString, client_id: LiteralString, now: LiteralString) -> LiteralString:
    """A code with what it stands on and the client's secrets, told what to call its hash, the client, the time."""
    columns = """
           d.client_id, d.user_id, d.event_id, d.organization_id, d.installation_id, i.integration_id, d.user_grant_id,
           d.redirect_uri, d.code_challenge, d.scopes, d.expires_at, d.redeemed_at, d.burnt_at, d.family_id, false,
           i.ended_at IS NOT NULL OR n.state IN ('suspended', 'unpublished')
      FROM authorization_codes d
      JOIN installations i ON i.id = d.installation_id
      JOIN clients c ON c.id = d.client_id
      JOIN integrations n ON n.id = c.integration_id
    """
    return join(_CANDIDATE, columns, _SECRETS, now, ") WHERE d.hash = ", hash, " AND d.client_id = ", client_id)


FIND_CODE: Final = join(_TOGETHER, _bought("asked.hash", "asked.client_id", "asked.now"), _EACH)


async def find_code(
    writer: Writer, hash: bytes, client_id: str, *, now: datetime
) -> tuple[list[Candidate], Code] | None:
    """A code of that client, with what it stands on and the client's secrets."""
    rows = await writer.read_own(FIND_CODE, hash, client_id, now)
    return (_candidates(rows), Code(*rows[0][_CANDIDATE_COLUMNS:-1])) if rows else None


# What the code stands on is shared-locked, so that an ending waits until the family is there to be ended, or is seen
# here; of any number of racing calls one finds the code unspent.
REDEEM: Final[LiteralString] = """
    WITH standing AS (
        SELECT i.id
          FROM installations i
          JOIN integrations n ON n.id = i.integration_id
         WHERE i.id = $6 AND i.ended_at IS NULL AND n.state NOT IN ('suspended', 'unpublished')
           FOR SHARE
    ), granted AS (
        SELECT id FROM user_grants WHERE id = $7 AND ended_at IS NULL FOR SHARE
    ), code AS (
        UPDATE authorization_codes SET redeemed_at = $3, settled_at = clock_timestamp(), family_id = $2
         WHERE hash = $1 AND redeemed_at IS NULL AND burnt_at IS NULL AND EXISTS (SELECT FROM standing)
           AND ($7::text IS NULL OR EXISTS (SELECT FROM granted))
        RETURNING client_id
    ), family AS (
        INSERT INTO token_families (id, kind, client_id, integration_id, installation_id, user_grant_id, event_id,
                                    organization_id, user_id, scopes, created_at, rotated_at, cap_at)
        SELECT $2, $4, client_id, $5, $6, $7, $8, $9, $10, $11, $3, $3, $12 FROM code
    ), access AS (
        INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
        SELECT $13, $2, 0, $11, $3, $14 FROM code
    ), refresh AS (
        INSERT INTO refresh_tokens (hash, family_id, generation, issued_at, expires_at)
        SELECT $15, $2, 0, $3, $16 FROM code
    )
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, address, request_id)
    SELECT $3, client_id, 'token.issued', client_id, $5, $6, $8, $9, $10, $2, $11, $17, $18 FROM code
    RETURNING 1
"""


async def redeem(
    writer: Writer,
    hash: bytes,
    opening: Opening,
    binding: Binding,
    scopes: list[str],
    *,
    origin: Origin,
    now: datetime,
) -> bool:
    """Spends a code and opens its family, if all that it stands on still stands; whether it did."""
    return bool(
        await writer.write(
            REDEEM,
            hash,
            opening.family_id,
            now,
            binding.kind.value,
            binding.integration_id,
            binding.installation_id,
            binding.user_grant_id,
            binding.event_id,
            binding.organization_id,
            binding.user_id,
            scopes,
            opening.cap_at,
            secrets.sha256(opening.pair.access),
            opening.access_ends,
            secrets.sha256(opening.pair.refresh),
            opening.refresh_ends,
            origin.address,
            origin.request_id,
        )
    )
