"""SQL of forgetting. Each statement drops so many rows at once and is repeated until there are fewer."""

from datetime import datetime
from typing import Final

from revento.kernel.db import Tx

AT_ONCE: Final = 5_000

# Index consent_requests_old.
DROP_PAGES = """
    DELETE FROM consent_requests
     WHERE hash IN (SELECT hash FROM consent_requests WHERE expires_at < %(before)s LIMIT %(limit)s)
"""


async def drop_pages(tx: Tx, *, before: datetime) -> int:
    """Forgets consent pages that ran out before then; how many."""
    return await tx.run(DROP_PAGES, before=before, limit=AT_ONCE)


# Index authorization_codes_old.
DROP_CODES = """
    DELETE FROM authorization_codes
     WHERE hash IN (SELECT hash FROM authorization_codes WHERE expires_at < %(before)s LIMIT %(limit)s)
"""


async def drop_codes(tx: Tx, *, before: datetime) -> int:
    """Forgets codes that ran out before then; how many."""
    return await tx.run(DROP_CODES, before=before, limit=AT_ONCE)


# Index access_tokens_old. A family's newest one stays: its client is told that it has expired, or what ended it.
DROP_ACCESS = """
    DELETE FROM access_tokens
     WHERE hash IN (SELECT a.hash
                      FROM access_tokens a
                      JOIN token_families f ON f.id = a.family_id
                     WHERE a.expires_at < %(before)s AND a.generation < f.generation
                     LIMIT %(limit)s)
"""


async def drop_access(tx: Tx, *, before: datetime) -> int:
    """Forgets access tokens that have a successor and ran out before then; how many."""
    return await tx.run(DROP_ACCESS, before=before, limit=AT_ONCE)


# Index refresh_tokens_old. Until it has run out, the replay of a spent token ends its family.
DROP_REFRESH = """
    DELETE FROM refresh_tokens
     WHERE hash IN (SELECT r.hash
                      FROM refresh_tokens r
                      JOIN token_families f ON f.id = r.family_id
                     WHERE r.expires_at < %(before)s AND r.generation < f.generation
                     LIMIT %(limit)s)
"""


async def drop_refresh(tx: Tx, *, before: datetime) -> int:
    """Forgets spent refresh tokens that ran out before then; how many."""
    return await tx.run(DROP_REFRESH, before=before, limit=AT_ONCE)


# Reads the table: an index on a column that every refresh changes would cost every refresh. Its tokens go along.
DROP_FAMILIES = """
    DELETE FROM token_families
     WHERE id IN (SELECT f.id
                    FROM token_families f
                   WHERE f.rotated_at < %(before)s
                     AND NOT EXISTS (SELECT FROM authorization_codes c WHERE c.family_id = f.id)
                   LIMIT %(limit)s)
"""


async def drop_families(tx: Tx, *, before: datetime) -> int:
    """Forgets families whose last refresh token was issued before then; how many."""
    return await tx.run(DROP_FAMILIES, before=before, limit=AT_ONCE)


# Index token_audit_old, lossy: the pages of that age are read. What people decided, and what went wrong, stays.
DROP_ROTATIONS = """
    DELETE FROM token_audit
     WHERE id IN (SELECT id FROM token_audit
                   WHERE at < %(before)s AND action IN ('token.refreshed', 'token.repeated')
                   LIMIT %(limit)s)
"""


async def drop_rotations(tx: Tx, *, before: datetime) -> int:
    """Forgets the audit's rows of refreshes that went well before then; how many."""
    return await tx.run(DROP_ROTATIONS, before=before, limit=AT_ONCE)
