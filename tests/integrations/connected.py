"""An event of the sandbox with a connected integration, a participant who signed in to it, and tokens for both."""

from datetime import datetime
from typing import Any

import msgspec

from revento.contract.scopes import TokenKind
from revento.identity import proofs
from revento.identity.proofs import IntegrationManager, Organizer
from revento.integrations.catalogue.models import Registered
from revento.integrations.credentials.models import Client
from revento.integrations.grants import actions as grants
from revento.integrations.grants.models import Grant
from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId, UserId
from revento.kernel.secrets import Keys
from revento.oauth.families import actions as families
from revento.oauth.families import queries as tokens
from revento.oauth.families.models import Binding, TokenPair
from tests.integrations import given

KEYS = Keys("a key for tests that nobody else uses, 32 characters at least")
READS = ["event.read", "participants.read"]


class Connected(msgspec.Struct):
    """Who is who."""

    ada: UserId
    cyd: UserId
    organization_id: OrganizationId
    event_id: EventId
    made: Registered
    client: Client
    installation: Installation
    grant: Grant
    install: TokenPair
    user: TokenPair

    async def manager(self, tx: Tx) -> IntegrationManager:
        return await proofs.as_integration_manager(tx, self.ada, self.event_id)

    async def organizer(self, tx: Tx) -> Organizer:
        return await proofs.as_organizer(tx, self.ada, self.event_id)


async def connected(tx: Tx, *, now: datetime, asked: list[str] | None = None, **changed: Any) -> Connected:
    """Ada connects BadgePress to her event; Cyd signs in to it."""
    ada, cyd, eve = [await given.user(tx, name, now=now) for name in ("Ada", "Cyd", "Eve")]
    org = await given.organization(tx, ada, now=now, sandbox=True)
    event = await given.event(tx, ada, org, now=now)
    made, client = await given.registered(tx, eve, now=now, **changed)
    manager = await given.manager(tx, ada, event)
    installation = await installations.connect(tx, manager, client, asked or READS, now=now)
    grant = await grants.grant(tx, cyd, event, client, installation, ["profile.read"], now=now)
    _, install = await families.issue(
        tx, binding(installation, TokenKind.INSTALLATION), installation.granted_scopes, keys=KEYS, now=now
    )
    _, user = await families.issue(tx, binding(installation, TokenKind.USER, grant), grant.scopes, keys=KEYS, now=now)
    return Connected(ada, cyd, org, event, made, client, installation, grant, install, user)


def binding(installation: Installation, kind: TokenKind, grant: Grant | None = None) -> Binding:
    """What a token of this connection, or of this consent, is bound to."""
    return Binding(
        kind=kind,
        client_id=installation.client_id,
        integration_id=installation.integration_id,
        installation_id=installation.id,
        event_id=installation.event_id,
        organization_id=installation.organization_id,
        user_grant_id=grant.id if grant else None,
        user_id=grant.user_id if grant else None,
    )


async def fate(tx: Tx, pair: TokenPair) -> str | None:
    """Why an access token is dead; `None` while it lives."""
    bearer = await tokens.find_bearer(tx, secrets.sha256(pair.access_token))
    assert bearer is not None
    return bearer.revoke_reason


async def messages(tx: Tx, topic: str) -> list[str]:
    """The bodies of what was told, by topic."""
    return await tx.all(
        str, "SELECT convert_from(body, 'utf8') FROM messages WHERE topic = %(topic)s ORDER BY id", topic=topic
    )


async def letters(tx: Tx) -> list[str]:
    """To whom which letters went."""
    return await tx.all(str, "SELECT recipient || ': ' || subject FROM mails ORDER BY id")
