"""The doors through which integrations come into being and change. Suspending and unpublishing are in `endings`."""

from datetime import datetime
from typing import Any, Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.manifest import Environment, Manifest
from revento.identity.audit import actions as audit
from revento.identity.organizations import queries as organizations
from revento.integrations.catalogue import origins, queries, rules
from revento.integrations.catalogue.models import Developer, Registered
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import Client
from revento.integrations.manifests import actions as manifests
from revento.integrations.manifests import queries as versions
from revento.integrations.manifests.models import Version
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, IntegrationId, ManifestId, OrganizationId, UserId
from revento.kernel.secrets import Box
from revento.webhooks.endpoints import actions as endpoints

SYSTEM: Final = audit.SYSTEM


async def as_developer(tx: Tx, user_id: UserId, id: IntegrationId, *, to_change: bool = False) -> Developer:
    """Proves that somebody works on an integration. Raises `NOT_FOUND` for outsiders, `FORBIDDEN` for who may read."""
    role = await queries.find_role(tx, id, user_id)
    if role is None:
        raise Refused(errors.NOT_FOUND)
    developer = Developer(user_id, id, role)
    if to_change and not developer.may_change:
        raise Refused(errors.FORBIDDEN)
    return developer


async def register(
    tx: Tx,
    owner: UserId | None,
    manifest: Manifest,
    *,
    environment: Environment,
    organization_id: OrganizationId | None,
    box: Box,
    now: datetime,
    id: IntegrationId | None = None,
    client_id: ClientId | None = None,
) -> Registered:
    """Registers an integration with credentials of one environment; `owner` may change it from then on.

    In-house integrations and scripts of a verified organization work at once. `id` and `client_id` are for the sandbox,
    which is built anew. Raises `SANDBOX_ONLY`, `PRODUCTION_ONLY`, `ORGANIZATION_NOT_VERIFIED` and what
    `catalogue.rules` names.
    """
    organization = await organizations.get(tx, organization_id) if organization_id else None
    if reason := rules.why_not_register(manifest, organization, environment):
        raise Refused(reason)
    known, works = id or IntegrationId(ids.new("int")), environment == "production"
    await queries.insert(
        tx,
        known,
        kind=manifest.kind,
        organization_id=organization_id,
        name=manifest.name,
        state="published" if works else "sandbox",
        published_at=now if works else None,
        created_by=owner,
        now=now,
    )
    if owner is not None:
        await queries.put_member(tx, known, owner, "owner", now=now)
    await _note(tx, owner or SYSTEM, "integration.registered", known, organization_id, now=now, name=manifest.name)
    return await open_environment(
        tx, owner, known, manifest, environment=environment, box=box, now=now, client_id=client_id
    )


async def open_environment(
    tx: Tx,
    by: UserId | None,
    id: IntegrationId,
    manifest: Manifest,
    *,
    environment: Environment,
    box: Box,
    now: datetime,
    client_id: ClientId | None = None,
) -> Registered:
    """Credentials for one environment of an integration, under a first version of its manifest.

    Raises `UniqueViolation` when it has some.
    """
    version = await manifests.add_version(tx, id, manifest, environment=environment, by=by, now=now)
    client = client_id or ClientId(ids.new("cli"))
    secret = await credentials.open_client(
        tx, client, integration_id=id, manifest_id=version.id, environment=environment, now=now
    )
    webhook_secret = None
    if manifest.declared_webhook_event_types:
        webhook_secret = await credentials.issue_signing(tx, box, client, now=now)
    await _note(tx, by or SYSTEM, "client.opened", id, None, now=now, environment=environment, client_id=client)
    return Registered(id, client, secret, webhook_secret)


async def update(
    tx: Tx, by: UserId | None, client: Client, manifest: Manifest, *, box: Box, now: datetime
) -> tuple[Version, str | None]:
    """Puts a newer manifest in force at once. Returns the version, and a signing secret when it is the first.

    Connected events keep what they granted; who must consent anew is `manifests.actions.compare`'s answer.
    Raises `INVALID_INPUT` when the kind changes, `review_required` for public integrations in production.
    """
    if manifest.kind != client.integration_kind:
        raise manifests.refused({"kind": f"The kind stays what it was: {client.integration_kind}."})
    if client.environment == "production" and client.integration_kind == "public":
        raise Refused(rules.NEEDS_REVIEW, "A public integration's new manifest is submitted for review.")
    version = await manifests.add_version(
        tx, client.integration_id, manifest, environment=client.environment, by=by, now=now
    )
    return version, await put_in_force(tx, by, client, version.id, box=box, now=now)


async def put_in_force(
    tx: Tx, by: UserId | None, client: Client, manifest_id: ManifestId, *, box: Box, now: datetime
) -> str | None:
    """Makes a kept version the client's manifest. Returns a signing secret when webhook types are declared first.

    `client` is as it was before: organizers are told which of their pages the new one hides.
    Raises `NOT_FOUND` when the version is another integration's or environment's.
    """
    version = await versions.find(tx, client.integration_id, manifest_id)
    if version is None or version.environment != client.environment:
        raise Refused(errors.NOT_FOUND)
    await clients.set_manifest(tx, client.id, manifest_id)
    await origins.tell_organizers(tx, client, version.document, now=now)
    await queries.set_name(tx, client.integration_id, version.document.name, now=now)
    await _note(
        tx,
        by or SYSTEM,
        "manifest.in_force",
        client.integration_id,
        client.organization_id,
        now=now,
        version=version.version,
        environment=client.environment,
    )
    await endpoints.recheck_withheld(tx)
    if version.document.declared_webhook_event_types and not await clients.list_signing(tx, client.id):
        return await credentials.issue_signing(tx, box, client.id, now=now)
    return None


async def _note(
    tx: Tx,
    actor: str,
    action: str,
    id: IntegrationId,
    organization_id: OrganizationId | None,
    *,
    now: datetime,
    **detail: Any,
) -> None:
    await audit.note(tx, actor, action, id, now=now, integration_id=id, organization_id=organization_id, **detail)
