"""SQL of authorization codes."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.ids import FamilyId, GrantId, UserId
from revento.oauth.codes.models import Code
from revento.oauth.families.models import Binding

INSERT = """
    INSERT INTO authorization_codes (hash, client_id, user_id, event_id, organization_id, installation_id,
                                     user_grant_id, redirect_uri, code_challenge, scopes, created_at, expires_at)
    VALUES (%(hash)s, %(client_id)s, %(user_id)s, %(event_id)s, %(organization_id)s, %(installation_id)s,
            %(user_grant_id)s, %(redirect_uri)s, %(code_challenge)s, %(scopes)s, %(now)s, %(expires_at)s)
"""


async def insert(
    tx: Tx,
    hash: bytes,
    binding: Binding,
    *,
    user_id: UserId,
    redirect_uri: str,
    code_challenge: str,
    scopes: list[str],
    expires_at: datetime,
    now: datetime,
) -> None:
    """Keeps the hash of a new code."""
    await tx.run(
        INSERT,
        hash=hash,
        client_id=binding.client_id,
        user_id=user_id,
        event_id=binding.event_id,
        organization_id=binding.organization_id,
        installation_id=binding.installation_id,
        user_grant_id=binding.user_grant_id,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
        scopes=scopes,
        expires_at=expires_at,
        now=now,
    )


# The code is locked, so that one of any number of racing calls redeems it; what it stands on is shared-locked, so
# that an ending waits until the family is there to be ended, or is seen here. `raced`: the sub-select still sees the
# code unspent, as it was when this statement began, or it was settled after the request came in (`waited_s` ago).
LOCK = """
    SELECT c.client_id, c.user_id, c.event_id, c.organization_id, c.installation_id, i.integration_id, c.user_grant_id,
           c.redirect_uri, c.code_challenge, c.scopes, c.expires_at, c.redeemed_at, c.burnt_at, c.family_id,
           c.redeemed_at IS NOT NULL
               AND ((SELECT seen.redeemed_at IS NULL FROM authorization_codes seen WHERE seen.hash = %(hash)s)
                    OR c.settled_at > statement_timestamp() - make_interval(secs => %(waited_s)s)) AS raced,
           i.ended_at IS NOT NULL OR n.state IN ('suspended', 'unpublished') AS is_over
      FROM authorization_codes c
      JOIN installations i ON i.id = c.installation_id
      JOIN integrations n ON n.id = i.integration_id
     WHERE c.hash = %(hash)s
       FOR UPDATE OF c
       FOR SHARE OF i, n
"""


async def lock(tx: Tx, hash: bytes, *, waited_s: float) -> Code | None:
    """A presented code, locked, and whether another call that ran beside this one has spent it."""
    return await tx.maybe(Code, LOCK, hash=hash, waited_s=waited_s)


# Locked against the ending of the grant, for the same reason.
IS_GRANT_ACTIVE = "SELECT ended_at IS NULL FROM user_grants WHERE id = %(id)s FOR SHARE"


async def is_grant_active(tx: Tx, id: GrantId) -> bool:
    """Whether a person's grant still stands, held so until the end of the transaction."""
    return await tx.maybe(bool, IS_GRANT_ACTIVE, id=id) or False


SET_REDEEMED = """
    UPDATE authorization_codes
       SET redeemed_at = %(now)s, settled_at = clock_timestamp(), family_id = %(family_id)s
     WHERE hash = %(hash)s
"""


async def set_redeemed(tx: Tx, hash: bytes, family_id: FamilyId, *, now: datetime) -> None:
    """Spends a code."""
    await tx.run(SET_REDEEMED, hash=hash, family_id=family_id, now=now)


SET_BURNT = "UPDATE authorization_codes SET burnt_at = %(now)s WHERE hash = %(hash)s"


async def set_burnt(tx: Tx, hash: bytes, *, now: datetime) -> None:
    """Makes a code useless."""
    await tx.run(SET_BURNT, hash=hash, now=now)


FIND_FAMILY = "SELECT family_id FROM authorization_codes WHERE hash = %(hash)s AND family_id IS NOT NULL"


async def find_family(tx: Tx, hash: bytes) -> FamilyId | None:
    """The family that a code was traded for."""
    found = await tx.maybe(str, FIND_FAMILY, hash=hash)
    return None if found is None else FamilyId(found)
