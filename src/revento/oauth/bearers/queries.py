"""SQL of the API's token check: one statement, six look-ups by primary key; and a page with it, in the same one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from revento.contract.scopes import TokenKind
from revento.events.reading.models import Page, Place
from revento.events.reading.people.queries import page_ahead
from revento.kernel.db import Tx
from revento.kernel.reader import Reader, join
from revento.oauth.bearers.models import Bearer

# Serves every request of the read API; access_tokens_pkey, then primary keys only. What an ending did to the token
# itself comes first; the states behind it are asked too, so that no forgotten mark opens a door.
# A scope that the organizers took back is gone from every token at once.
_CHECK: Final[LiteralString] = """
    SELECT t.hash, t.expires_at,
           CASE WHEN f.kind = 'user' OR t.scopes <@ i.granted_scopes THEN t.scopes
                ELSE ARRAY(SELECT s FROM unnest(t.scopes) s WHERE s = ANY (i.granted_scopes)) END AS scopes,
           t.used_at IS NULL AS is_unused,
           coalesce(t.revoked_at, f.revoked_at, CASE WHEN t.generation <= f.cut_generation THEN f.cut_at END,
                    i.ended_at, g.ended_at,
                    CASE WHEN n.state = 'unpublished' THEN coalesce(n.unpublished_at, n.updated_at)
                         WHEN n.state = 'suspended' THEN n.suspended_at END,
                    e.archived_at,
                    CASE WHEN o.kind <> 'formal' OR o.verification_status <> 'verified' THEN o.updated_at END)
               AS ended_at,
           CASE WHEN t.revoked_at IS NOT NULL THEN t.revoke_reason
                WHEN f.revoked_at IS NOT NULL THEN f.revoke_reason
                WHEN t.generation <= f.cut_generation THEN 'integration_suspended'
                WHEN i.ended_at IS NOT NULL THEN i.end_reason
                WHEN g.ended_at IS NOT NULL THEN g.end_reason
                WHEN n.state = 'unpublished' THEN 'integration_unpublished'
                WHEN n.state = 'suspended' THEN 'integration_suspended'
                WHEN e.archived_at IS NOT NULL THEN 'event_archived'
                WHEN o.kind <> 'formal' OR o.verification_status <> 'verified' THEN 'organization_status_lost' END
               AS end_reason,
           f.id, f.kind, f.client_id, f.integration_id, f.installation_id, f.user_grant_id, f.event_id, f.user_id,
           e.time_zone, r.per_hour, r.per_minute, r.in_flight
      FROM access_tokens t
      JOIN token_families f ON f.id = t.family_id
      JOIN installations i ON i.id = f.installation_id
      JOIN integrations n ON n.id = f.integration_id
      JOIN events e ON e.id = f.event_id
      JOIN organizations o ON o.id = e.organization_id
      LEFT JOIN user_grants g ON g.id = f.user_grant_id
      LEFT JOIN LATERAL (
           SELECT l.per_hour, l.per_minute, l.in_flight
             FROM rate_limits l
            WHERE l.integration_id = f.integration_id AND l.kind = f.kind
              AND (l.installation_id IS NULL OR l.installation_id = f.installation_id)
              AND (l.ends_at IS NULL OR l.ends_at > """
_OF_TOKEN: Final[LiteralString] = """)
            ORDER BY l.installation_id NULLS LAST
            LIMIT 1) r ON true
     WHERE t.hash = """


def check(token: LiteralString, now: LiteralString) -> LiteralString:
    """The statement for one token, told what to call its hash and the time."""
    return join(_CHECK, now, _OF_TOKEN, token)


def check_with_participants(
    token: LiteralString, after: LiteralString, limit: LiteralString, now: LiteralString
) -> LiteralString:
    """The check with a page of participants. The page is that of the token's own event: whatever was asked for, nothing
    of another event is touched."""
    page = page_ahead("b.event_id", after, limit)
    found = "SELECT b.*, x.bodies, x.last_at, x.last_id FROM ("
    return join(found, check(token, now), ") b LEFT JOIN LATERAL (", page, ") x ON true")


# OFFSET 0 keeps the check whole: one look-up per caller, never a join of tables that was planned for many.
FIND: Final = join(
    """SELECT found.*, asked.n
         FROM unnest($1::bytea[], $2::timestamptz[]) WITH ORDINALITY AS asked (token, now, n),
              LATERAL (""",
    check("asked.token", "asked.now"),
    " OFFSET 0) found",
)


async def find(reader: Reader, token: bytes, *, now: datetime) -> Bearer | None:
    """What is known of the token with this SHA-256; its budget is the one in force `now`."""
    rows = await reader.own(FIND, token, now)
    return _bearer(rows[0]) if rows else None


# Serves GET /events/{event_id}/participants without filters, the check included.
FIND_WITH_PARTICIPANTS: Final = join(
    """SELECT found.*, asked.n
         FROM unnest($1::bytea[], $2::timestamptz[], $3::text[], $4::int[], $5::timestamptz[])
              WITH ORDINALITY AS asked (token, after_at, after_id, most, now, n),
              LATERAL (""",
    check_with_participants("asked.token", "asked.after_at, asked.after_id", "asked.most", "asked.now"),
    " OFFSET 0) found",
)


async def find_with_participants(
    reader: Reader, token: bytes, place: Place, *, now: datetime
) -> tuple[Bearer, Page] | None:
    """The same, and a page of its event's participants, which nobody may see before the token has passed."""
    rows = await reader.own(FIND_WITH_PARTICIPANTS, token, *place.after, place.limit, now)
    if not rows:
        return None
    row = rows[0]
    bodies: list[bytes] = row[_WIDTH] or []
    page = Page(b",".join(bodies[: place.limit]), len(bodies), row[_WIDTH + 1], row[_WIDTH + 2])
    return _bearer(row), page


_WIDTH: Final = len(Bearer.__struct_fields__)


def _bearer(row: Sequence[Any]) -> Bearer:
    columns = list(row[:_WIDTH])
    columns[7] = TokenKind(columns[7])
    return Bearer(*columns)


MARK_USED = "UPDATE access_tokens SET used_at = %(now)s WHERE hash = %(token)s AND used_at IS NULL"


async def mark_used(tx: Tx, token: bytes, *, now: datetime) -> None:
    """Notes a token's first use: from then on its refresh token's replay is a theft (contract §2.3)."""
    await tx.run(MARK_USED, token=token, now=now)
