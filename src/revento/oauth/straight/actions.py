"""The straight way's two doors. Both give `None` when it is not theirs to answer."""

import enum
from datetime import datetime

from revento.contract import limits
from revento.integrations.credentials import rules as credentials
from revento.integrations.credentials.models import Candidate
from revento.kernel import secrets
from revento.kernel.reader import Writer
from revento.kernel.secrets import Keys
from revento.oauth import derivation
from revento.oauth.audit import actions as audit
from revento.oauth.codes import actions as codes
from revento.oauth.codes import rules as code_rules
from revento.oauth.families import actions as families
from revento.oauth.families import rules
from revento.oauth.families.models import TokenPair
from revento.oauth.straight import queries


class Race(enum.Enum):
    """How a call that redeems came out of a race for its code."""

    LOST = "the code was unspent when this call looked, and spent when it came to take it"


async def refresh(
    writer: Writer, client_id: str, secret: bytes, token: str, scope: str | None, *, keys: Keys, now: datetime
) -> TokenPair | None:
    """Trades the living refresh token of a client that proves itself for its successors."""
    if not secrets.is_well_formed(token, limits.REFRESH_PREFIX):
        return None
    found = await queries.find_refresh(writer, secrets.sha256(token), client_id, now=now)
    if found is None:
        return None
    candidates, presented = found
    if not _is_proven(candidates, secret, now=now):
        return None
    scopes = rules.narrowed(presented.scopes, scope)
    if scopes is None or rules.judge(presented, presented.client_id, now=now) is not rules.Verdict.ROTATE:
        return None
    pair = derivation.pair(keys, presented.kind, presented.family_id, presented.generation + 1)
    access_ends, refresh_ends = rules.access_ends(now, presented.cap_at), rules.refresh_ends(now, presented.cap_at)
    rotated = await queries.rotate(
        writer,
        presented,
        access=secrets.sha256(pair.access),
        refresh=secrets.sha256(pair.refresh),
        scopes=scopes,
        access_ends=access_ends,
        refresh_ends=refresh_ends,
        origin=audit.origin(),
        now=now,
    )
    return families.answer(presented, pair, scopes, access_ends, refresh_ends, now=now) if rotated else None


async def redeem(
    writer: Writer,
    client_id: str,
    secret: bytes,
    code: str,
    redirect_uri: str,
    verifier: str,
    *,
    keys: Keys,
    now: datetime,
) -> TokenPair | Race | None:
    """Trades the unspent code of a client that proves itself, with all that belongs to it, for its one token pair.

    `Race.LOST` when another call was faster: no replay, so nothing that the other has bought may end by it.
    """
    if not secrets.is_well_formed(code, limits.CODE_PREFIX):
        return None
    hash = secrets.sha256(code)
    found = await queries.find_code(writer, hash, client_id, now=now)
    if found is None:
        return None
    candidates, bought = found
    if not _is_proven(candidates, secret, now=now):
        return None
    if code_rules.judge(bought, bought.client_id, redirect_uri, verifier, now=now) is not code_rules.Verdict.REDEEM:
        return None
    binding = codes.binding(bought)
    opening = families.opening(binding.kind, keys=keys, now=now)
    spent = await queries.redeem(writer, hash, opening, binding, bought.scopes, origin=audit.origin(), now=now)
    return families.opened(opening, binding, bought.scopes, now=now) if spent else Race.LOST


def _is_proven(candidates: list[Candidate], secret: bytes, *, now: datetime) -> bool:
    """Whether it is the client; not when the use of its secret is to be noted, which the careful way does."""
    used = credentials.matching(candidates, secret)
    return used is not None and not credentials.is_use_to_note(used.last_used_at, now=now)
