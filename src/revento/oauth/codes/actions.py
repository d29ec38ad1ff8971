"""The doors through which codes are issued and redeemed."""

import time
from datetime import datetime

import msgspec

from revento.contract import errors, limits
from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import ProvenClient
from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.kernel.secrets import Keys
from revento.oauth.audit import actions as audit
from revento.oauth.codes import queries, rules
from revento.oauth.codes.models import Arrival, Code
from revento.oauth.codes.rules import Verdict
from revento.oauth.families import actions as families
from revento.oauth.families.models import Binding, End, TokenPair


async def issue(
    tx: Tx,
    binding: Binding,
    user_id: UserId,
    *,
    redirect_uri: str,
    code_challenge: str,
    scopes: list[str],
    now: datetime,
) -> str:
    """A new code for what `user_id` has consented to; good once, for 60 s (contract §3.1)."""
    code = secrets.new_secret(limits.CODE_PREFIX)
    await queries.insert(
        tx,
        secrets.sha256(code),
        binding,
        user_id=user_id,
        redirect_uri=redirect_uri,
        code_challenge=code_challenge,
        scopes=scopes,
        expires_at=now + rules.LIFE,
        now=now,
    )
    return code


async def redeem(
    tx: Tx,
    client: ProvenClient,
    code: str,
    redirect_uri: str,
    verifier: str,
    *,
    keys: Keys,
    arrival: Arrival,
    now: datetime,
) -> TokenPair | Reason:
    """Trade an authorization code for its one token pair.

    Locks the code's row: of any number of racing calls one wins. `came_in` is when the request did (monotonic).
    Returns `INVALID_GRANT` when unknown, older than 60 s, another client's or of another redirect URI. A spent code
    also revokes what it bought and a wrong verifier burns the code: both are kept. RFC 6749 §4.1.3, RFC 7636 §4.6.
    """
    if not secrets.is_well_formed(code, limits.CODE_PREFIX):
        return await _refused(tx, client, None, now=now)
    hash = secrets.sha256(code)
    found = await queries.lock(tx, hash, waited_s=time.monotonic() - arrival.came_in)
    if found is None:
        return await _refused(tx, client, None, now=now)
    found = msgspec.structs.replace(found, raced=found.raced or arrival.lost_race)
    verdict = rules.judge(found, client.client_id, redirect_uri, verifier, now=now)
    if verdict is Verdict.REDEEM and await _still_granted(tx, found):
        family_id, tokens = await families.issue(tx, binding(found), found.scopes, keys=keys, now=now)
        await queries.set_redeemed(tx, hash, family_id, now=now)
        return tokens
    if verdict is Verdict.BURN:
        await queries.set_burnt(tx, hash, now=now)
    if verdict is Verdict.END_FAMILY and found.family_id is not None:
        await families.end(tx, found.family_id, End.CODE_REUSED, actor=client.client_id, now=now)
    return await _refused(tx, client, found, now=now)


async def _still_granted(tx: Tx, code: Code) -> bool:
    return code.user_grant_id is None or await queries.is_grant_active(tx, code.user_grant_id)


def binding(code: Code) -> Binding:
    """What the tokens of a code are bound to."""
    return Binding(
        kind=TokenKind.INSTALLATION if code.user_grant_id is None else TokenKind.USER,
        client_id=code.client_id,
        integration_id=code.integration_id,
        installation_id=code.installation_id,
        event_id=code.event_id,
        organization_id=code.organization_id,
        user_grant_id=code.user_grant_id,
        user_id=None if code.user_grant_id is None else code.user_id,
    )


async def _refused(tx: Tx, client: ProvenClient, code: Code | None, *, now: datetime) -> Reason:
    own = code if code is not None and code.client_id == client.client_id else None
    await audit.note(
        tx,
        client.client_id,
        "token.refused",
        client_id=client.client_id,
        integration_id=client.integration_id,
        installation_id=own and own.installation_id,
        event_id=own and own.event_id,
        organization_id=own and own.organization_id,
        reason=errors.INVALID_GRANT.code,
        now=now,
    )
    return errors.INVALID_GRANT
