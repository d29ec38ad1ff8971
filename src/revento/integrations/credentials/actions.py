"""Proving a client, and the life of its secrets (contract §2.1)."""

from datetime import datetime

from revento.contract import errors, limits
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.integrations.credentials import queries, rules
from revento.integrations.credentials.models import Client, Loan, ProvenClient
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, IntegrationId, ManifestId
from revento.kernel.secrets import Box
from revento.webhooks import signing


async def prove(tx: Tx, client_id: str, secret: bytes, *, now: datetime) -> ProvenClient | None:
    """The client, when `secret` is one of its live ones. An unknown client costs the same time as a wrong secret."""
    used = rules.matching(await queries.list_candidates(tx, client_id, now=now), secret)
    if used is None:
        return None
    if rules.is_use_to_note(used.last_used_at, now=now):
        await queries.set_used(tx, used.secret_id, now=now)
    return ProvenClient(used.client_id, used.integration_id, used.environment, used.integration_state)


async def open_client(
    tx: Tx, id: ClientId, *, integration_id: IntegrationId, manifest_id: ManifestId, environment: str, now: datetime
) -> str:
    """Makes a client with its first secret, which is returned and never seen again."""
    await queries.insert_client(
        tx,
        id,
        integration_id=integration_id,
        environment=environment,
        manifest_id=manifest_id,
        now=now,
    )
    _, secret = await _new_secret(tx, id, now=now)
    return secret


async def issue_signing(tx: Tx, box: Box, client_id: ClientId, *, now: datetime) -> str:
    """A first signing secret, for a client whose manifest declares webhook types."""
    _, secret = await _new_signing(tx, box, client_id, now=now)
    return secret


async def rotate(tx: Tx, actor: str, client: Client, *, now: datetime) -> str:
    """A new client secret, shown once. The older ones count for 24 h more, or until their owner ends them."""
    id, secret = await _new_secret(tx, client.id, now=now)
    await queries.expire_secrets(tx, client.id, but=id, at=now + rules.OVERLAP)
    await _note(tx, actor, "client_secret.rotated", client, now=now)
    return secret


async def lend(tx: Tx, client: Client, loan: Loan, *, now: datetime) -> str:
    """One more client secret, for a machine of a developer's, beside the lasting one. Her page lists and ends it."""
    _, secret = await _new_secret(tx, client.id, loan=loan, now=now)
    await _note(tx, loan.by, "client_secret.lent", client, now=now)
    return secret


async def end_previous(tx: Tx, actor: str, client: Client, secret_id: str, *, now: datetime) -> None:
    """Ends an older client secret before its 24 h are over. Raises `WRONG_STATE` for the current one."""
    if not await queries.end_secret(tx, client.id, secret_id, now=now):
        raise Refused(errors.WRONG_STATE)
    await _note(tx, actor, "client_secret.ended", client, now=now)


async def rotate_signing(tx: Tx, actor: str, box: Box, client: Client, *, now: datetime) -> str:
    """A new signing secret, shown once. Deliveries carry both signatures for 24 h (contract §6.3).

    Raises `WRONG_STATE` when the manifest declares no webhook types.
    """
    if not client.manifest.declared_webhook_event_types:
        raise Refused(errors.WRONG_STATE, "The manifest declares no webhook types, so there is nothing to sign.")
    id, secret = await _new_signing(tx, box, client.id, now=now)
    await queries.expire_signing(tx, client.id, but=id, at=now + rules.OVERLAP)
    await _note(tx, actor, "signing_secret.rotated", client, now=now)
    return secret


async def end_previous_signing(tx: Tx, actor: str, client: Client, secret_id: str, *, now: datetime) -> None:
    """Ends an older signing secret before its 24 h are over. Raises `WRONG_STATE` for the current one."""
    if not await queries.end_signing(tx, client.id, secret_id, now=now):
        raise Refused(errors.WRONG_STATE)
    await _note(tx, actor, "signing_secret.ended", client, now=now)


async def _new_secret(tx: Tx, client_id: ClientId, *, loan: Loan | None = None, now: datetime) -> tuple[str, str]:
    id, secret = ids.new("sec"), secrets.new_secret(limits.CLIENT_SECRET_PREFIX)
    await queries.insert_secret(
        tx, id, client_id=client_id, hash=secrets.sha256(secret), hint=rules.hint(secret), loan=loan, now=now
    )
    return id, secret


async def _new_signing(tx: Tx, box: Box, client_id: ClientId, *, now: datetime) -> tuple[str, str]:
    id, secret = ids.new("sig"), signing.new_secret()
    sealed = signing.seal(box, id, secret)
    await queries.insert_signing(tx, id, client_id=client_id, sealed=sealed, hint=rules.hint(secret), now=now)
    return id, secret


async def _note(tx: Tx, actor: str, action: str, client: Client, *, now: datetime) -> None:
    await audit.note(
        tx,
        actor,
        action,
        client.id,
        now=now,
        integration_id=client.integration_id,
        organization_id=client.organization_id,
        environment=client.environment,
    )
