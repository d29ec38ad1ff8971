"""The doors through which tokens are issued, refreshed and ended (contract §2)."""

from datetime import datetime

from revento.contract import errors, limits
from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import ProvenClient
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import FamilyId, GrantId, InstallationId, IntegrationId
from revento.kernel.secrets import Keys
from revento.oauth import derivation
from revento.oauth.audit import actions as audit
from revento.oauth.derivation import Pair
from revento.oauth.families import queries, rules
from revento.oauth.families.ends import queries as ends
from revento.oauth.families.models import Bearer, Binding, End, Opening, Presented, RefreshToken, Successor, TokenPair
from revento.oauth.families.rules import Verdict


async def issue(
    tx: Tx, binding: Binding, scopes: list[str], *, keys: Keys, now: datetime
) -> tuple[FamilyId, TokenPair]:
    """Opens a token family and hands out its first pair. Whether it may be is the caller's to know."""
    begun = opening(binding.kind, keys=keys, now=now)
    await queries.insert(tx, begun, binding, scopes, origin=audit.origin(), now=now)
    return begun.family_id, opened(begun, binding, scopes, now=now)


def opening(kind: TokenKind, *, keys: Keys, now: datetime) -> Opening:
    """A family that is not written down yet."""
    family_id, cap_at = FamilyId(ids.new("fam")), now + rules.CAP
    pair = derivation.pair(keys, kind, family_id, 0)
    return Opening(family_id, pair, rules.access_ends(now, cap_at), rules.refresh_ends(now, cap_at), cap_at)


def opened(begun: Opening, binding: Binding, scopes: list[str], *, now: datetime) -> TokenPair:
    """What the client of a new family gets."""
    return TokenPair(
        begun.pair.access,
        begun.pair.refresh,
        rules.seconds_left(begun.access_ends, now=now),
        rules.seconds_left(begun.refresh_ends, now=now),
        scopes,
        binding.event_id,
        binding.organization_id,
        binding.user_id,
    )


async def refresh(
    tx: Tx, client: ProvenClient, refresh_token: str, scope: str | None, *, keys: Keys, now: datetime
) -> TokenPair | Reason:
    """Trade a refresh token for its successors; the very same ones when the trade is asked for again (contract §2.3).

    Locks the family's row and no other: of any number of racing calls one rotates and the others get its pair.
    Returns `INVALID_GRANT` when unknown, spent, too old, ended or another client's (a replay also ends the family, and
    that is kept), `INVALID_SCOPE` when it asks for more than was granted, `UNAUTHORIZED_CLIENT` while suspended.
    """
    if not secrets.is_well_formed(refresh_token, limits.REFRESH_PREFIX):
        return await _refused(tx, client, None, errors.INVALID_GRANT, now=now)
    found = await queries.lock_by_refresh_token(tx, secrets.sha256(refresh_token))
    if found is None:
        return await _refused(tx, client, None, errors.INVALID_GRANT, now=now)
    verdict = rules.judge(found, client.client_id, now=now)
    if verdict is Verdict.ROTATE:
        return await _rotate(tx, client, found, scope, keys=keys, now=now)
    if verdict is Verdict.LOOK_AT_SUCCESSOR:
        return await _repeat(tx, client, found, scope, keys=keys, now=now)
    if verdict is Verdict.END_FAMILY:
        return await _end_as_reused(tx, client, found, now=now)
    no = errors.UNAUTHORIZED_CLIENT if verdict is Verdict.WAIT else errors.INVALID_GRANT
    return await _refused(tx, client, found, no, now=now)


async def _rotate(
    tx: Tx, client: ProvenClient, found: Presented, scope: str | None, *, keys: Keys, now: datetime
) -> TokenPair | Reason:
    scopes = rules.narrowed(found.scopes, scope)
    if scopes is None:
        return await _refused(tx, client, found, errors.INVALID_SCOPE, now=now)
    pair = derivation.pair(keys, found.kind, found.family_id, found.generation + 1)
    access_ends, refresh_ends = rules.access_ends(now, found.cap_at), rules.refresh_ends(now, found.cap_at)
    await queries.rotate(
        tx,
        found,
        access=secrets.sha256(pair.access),
        refresh=secrets.sha256(pair.refresh),
        scopes=scopes,
        access_ends=access_ends,
        refresh_ends=refresh_ends,
        origin=audit.origin(),
        now=now,
    )
    return answer(found, pair, scopes, access_ends, refresh_ends, now=now)


async def _repeat(
    tx: Tx, client: ProvenClient, found: Presented, scope: str | None, *, keys: Keys, now: datetime
) -> TokenPair | Reason:
    successor = await queries.find_successor(tx, found.family_id, found.presented + 1)
    if successor is None or not rules.may_repeat(found, successor, now=now):
        return await _end_as_reused(tx, client, found, now=now)
    pair = derivation.pair_again(keys, found.kind, found.family_id, successor.generation, kept=successor.refresh_hash)
    if pair is None:  # made with a key that was taken away since
        return await _refused(tx, client, found, errors.INVALID_GRANT, now=now)
    if rules.narrowed(found.scopes, scope) != successor.scopes:
        return await _refused(tx, client, found, errors.INVALID_SCOPE, now=now)
    await _note(tx, client, "token.repeated", found, now=now)
    ends = now if _is_cut(found, successor) else successor.access_expires_at
    return answer(found, pair, successor.scopes, ends, successor.refresh_expires_at, now=now)


def _is_cut(found: Presented, successor: Successor) -> bool:
    """Whether a suspension has killed the access token: its client is told to refresh once more."""
    return successor.generation <= found.cut_generation or successor.access_revoked_at is not None


def answer(
    found: Presented, pair: Pair, scopes: list[str], access_ends: datetime, refresh_ends: datetime, *, now: datetime
) -> TokenPair:
    """What the client of a refreshed family gets."""
    return TokenPair(
        pair.access,
        pair.refresh,
        rules.seconds_left(access_ends, now=now),
        rules.seconds_left(refresh_ends, now=now),
        scopes,
        found.event_id,
        found.organization_id,
        found.user_id,
    )


async def _end_as_reused(tx: Tx, client: ProvenClient, found: Presented, *, now: datetime) -> Reason:
    await ends.revoke(
        tx, found.family_id, End.REFRESH_TOKEN_REUSED, actor=client.client_id, origin=audit.origin(), now=now
    )
    return await _refused(tx, client, found, errors.INVALID_GRANT, now=now)


async def _refused(tx: Tx, client: ProvenClient, found: Presented | None, reason: Reason, *, now: datetime) -> Reason:
    await _note(tx, client, "token.refused", found, reason=reason.code, now=now)
    return reason


async def _note(
    tx: Tx, client: ProvenClient, action: str, found: Presented | None, *, reason: str | None = None, now: datetime
) -> None:
    """What is told of another client's family stays with that family's own integration."""
    own = found if found is not None and found.client_id == client.client_id else None
    await audit.note(
        tx,
        client.client_id,
        action,
        client_id=client.client_id,
        integration_id=client.integration_id,
        installation_id=own and own.installation_id,
        event_id=own and own.event_id,
        organization_id=own and own.organization_id,
        user_id=own and own.user_id,
        family_id=own and own.family_id,
        reason=reason,
        now=now,
    )


async def revoke(tx: Tx, client: ProvenClient, token: str, *, now: datetime) -> None:
    """Ends a token of one's own: a refresh token with its family, an access token alone (RFC 7009 §2.1).

    Unknown tokens and those of other clients are left as they are, silently.
    """
    hash, origin = secrets.sha256(token), audit.origin()
    bearer = await queries.find_bearer(tx, hash)
    if bearer is not None and bearer.client_id == client.client_id:
        await ends.revoke_access_token(tx, hash, End.TOKEN_REVOKED, actor=client.client_id, origin=origin, now=now)
        return
    found = await queries.find_refresh_token(tx, hash, now=now)
    if found is not None and found.client_id == client.client_id:
        await ends.revoke(tx, found.family_id, End.TOKEN_REVOKED, actor=client.client_id, origin=origin, now=now)


async def find_live(tx: Tx, client: ProvenClient, token: str, *, now: datetime) -> Bearer | RefreshToken | None:
    """A live token of one's own; `None` for everything else, so that nothing is told about it (RFC 7662 §2.2)."""
    hash = secrets.sha256(token)
    bearer = await queries.find_bearer(tx, hash)
    if bearer is not None:
        own = bearer.client_id == client.client_id and rules.why_not_bear(bearer, now=now) is None
        return bearer if own else None
    found = await queries.find_refresh_token(tx, hash, now=now)
    return found if found is not None and found.client_id == client.client_id and found.is_live else None


async def end(tx: Tx, family_id: FamilyId, reason: End, *, actor: str = audit.SYSTEM, now: datetime) -> bool:
    """Ends one family. Whether it was alive."""
    return await ends.revoke(tx, family_id, reason, actor=actor, origin=audit.origin(), now=now) > 0


async def revoke_by_installation(
    tx: Tx, installation_id: InstallationId, reason: str, *, now: datetime, actor: str = audit.SYSTEM
) -> int:
    """Ends every token of an installation, those of its user grants included; how many families. For good."""
    return await ends.revoke_by_installation(
        tx, installation_id, End(reason), actor=actor, origin=audit.origin(), now=now
    )


async def narrow_by_installation(
    tx: Tx, installation_id: InstallationId, scope: str, *, now: datetime, actor: str = audit.SYSTEM
) -> int:
    """Takes a scope from an installation's tokens at once; how many families lost it.

    A family that carried nothing else ends as `organizer_disconnected`.
    """
    bare = await ends.list_only(tx, installation_id, scope)
    for family_id in bare:
        await end(tx, FamilyId(family_id), End.ORGANIZER_DISCONNECTED, actor=actor, now=now)
    narrowed = await ends.narrow(tx, installation_id, scope, actor=actor, origin=audit.origin(), now=now)
    return len(bare) + narrowed


async def revoke_by_grant(tx: Tx, grant_id: GrantId, reason: str, *, now: datetime, actor: str = audit.SYSTEM) -> int:
    """Ends every token of a person's grant; how many families. For good."""
    return await ends.revoke_by_grant(tx, grant_id, End(reason), actor=actor, origin=audit.origin(), now=now)


async def suspend_by_integration(
    tx: Tx, integration_id: IntegrationId, *, now: datetime, actor: str = audit.SYSTEM
) -> int:
    """Kills an integration's access tokens for good and halts its refresh tokens; how many families."""
    return await ends.suspend_by_integration(tx, integration_id, actor=actor, origin=audit.origin(), now=now)


async def resume_by_integration(
    tx: Tx, integration_id: IntegrationId, *, now: datetime, actor: str = audit.SYSTEM
) -> int:
    """Lets an integration's last unspent refresh tokens be traded again (contract §2.5); how many families."""
    return await ends.resume_by_integration(tx, integration_id, actor=actor, origin=audit.origin(), now=now)
