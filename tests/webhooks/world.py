"""Rows that the engine stands on: an organization's event with one or more connections."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from revento.contract import topics
from revento.contract.v1.event import EventUpdated
from revento.kernel import ids
from revento.kernel.db import Database, Json, Tx
from revento.kernel.ids import EventId, OrganizationId
from revento.kernel.secrets import Box, Keys
from revento.webhooks import signing
from revento.webhooks.outbox import actions as outbox

SECRET_KEY = "a key for tests that nobody else uses; 32 characters at least"
KEYS = Keys(SECRET_KEY)
BOX = Box(KEYS)
EVERYTHING = [topic.name for topic in topics.ALL]
SCOPES = ["event.read", "participants.read", "program.read"]


@dataclass
class Connection:
    """One integration connected to the event."""

    integration_id: str
    client_id: str
    installation_id: str
    secret: str


@dataclass
class World:
    """An event and who is connected to it."""

    user_id: str
    organization_id: OrganizationId
    event_id: EventId
    connections: list[Connection] = field(default_factory=list)


async def make(tx: Tx) -> World:
    """A published event of a verified organization."""
    now = datetime.now(UTC)
    user, org, event = ids.new("usr"), ids.new("org"), ids.new("evt")
    await tx.run(
        """INSERT INTO users (id, email, name, created_at, updated_at)
           VALUES (%(id)s, %(mail)s, 'Ada', %(now)s, %(now)s)""",
        id=user,
        mail=f"{user}@example.org",
        now=now,
    )
    await tx.run(
        """INSERT INTO organizations (id, name, kind, verification_status, verified_at, created_at, updated_at)
           VALUES (%(id)s, 'Guild', 'formal', 'verified', %(now)s, %(now)s, %(now)s)""",
        id=org,
        now=now,
    )
    await tx.run(
        """INSERT INTO events (id, organization_id, title, publish_status, starts_at, ends_at, time_zone, created_at,
                               updated_at)
           VALUES (%(id)s, %(org)s, 'Summer Con', 'published', %(now)s, %(now)s, 'Europe/Berlin', %(now)s, %(now)s)""",
        id=event,
        org=org,
        now=now,
    )
    return World(user, OrganizationId(org), EventId(event))


async def connect(
    tx: Tx,
    world: World,
    url: str | None,
    *,
    declared: list[str] | None = None,
    scopes: list[str] | None = None,
) -> Connection:
    """Connects a new integration to the event."""
    now = datetime.now(UTC)
    integration, client, manifest, installation = (ids.new(prefix) for prefix in ("int", "cli", "man", "ins"))
    secret, secret_id = signing.new_secret(), ids.new("sig")
    await tx.run(
        """INSERT INTO integrations (id, kind, name, state, created_at, updated_at)
           VALUES (%(id)s, 'public', 'Badge Printer', 'published', %(now)s, %(now)s)""",
        id=integration,
        now=now,
    )
    document = {"webhook_url": url, "declared_webhook_event_types": EVERYTHING if declared is None else declared}
    await tx.run(
        """INSERT INTO manifests (id, integration_id, environment, version, document, created_at)
           VALUES (%(id)s, %(integration)s, 'production', 1, %(document)s, %(now)s)""",
        id=manifest,
        integration=integration,
        document=Json(document),
        now=now,
    )
    await tx.run(
        """INSERT INTO clients (id, integration_id, environment, manifest_id, created_at)
           VALUES (%(id)s, %(integration)s, 'production', %(manifest)s, %(now)s)""",
        id=client,
        integration=integration,
        manifest=manifest,
        now=now,
    )
    await add_secret(tx, client, secret, secret_id, at=now)
    await tx.run(
        """INSERT INTO installations (id, event_id, organization_id, integration_id, client_id, granted_scopes,
                                      connected_by, created_at, updated_at, ends_at)
           VALUES (%(id)s, %(event)s, %(org)s, %(integration)s, %(client)s, %(scopes)s, %(user)s, %(now)s, %(now)s,
                   %(ends)s)""",
        id=installation,
        event=world.event_id,
        org=world.organization_id,
        integration=integration,
        client=client,
        scopes=SCOPES if scopes is None else scopes,
        user=world.user_id,
        now=now,
        ends=now + timedelta(days=90),
    )
    connection = Connection(integration, client, installation, secret)
    world.connections.append(connection)
    return connection


async def add_secret(tx: Tx, client: str, secret: str, id: str, *, at: datetime) -> None:
    """Gives a client one more signing secret."""
    await tx.run(
        """INSERT INTO signing_secrets (id, client_id, sealed, hint, created_at)
           VALUES (%(id)s, %(client)s, %(sealed)s, %(hint)s, %(now)s)""",
        id=id,
        client=client,
        sealed=signing.seal(BOX, id, secret),
        hint=secret[-4:],
        now=at,
    )


async def move_to(tx: Tx, connection: Connection, url: str | None) -> None:
    """The integration's manifest names another address."""
    await tx.run(
        """UPDATE manifests SET document = document || %(change)s
            WHERE id = (SELECT manifest_id FROM clients WHERE id = %(client)s)""",
        change=Json({"webhook_url": url}),
        client=connection.client_id,
    )


def event_updated(world: World, *, title: str = "Summer Con") -> EventUpdated:
    """A payload of `event.updated`."""
    return EventUpdated(
        id=world.event_id,
        organization_id=world.organization_id,
        title=title,
        description="",
        publish_status="published",
        starts_at="2026-07-10T14:00:00Z",
        ends_at="2026-07-12T14:00:00Z",
        time_zone="Europe/Berlin",
        min_age="age_all",
        location_name=None,
        website_url=None,
        custom_form_field_definitions=[],
        created_at="2026-01-01T00:00:00Z",
        updated_at="2026-01-01T00:00:00Z",
        changed_fields=["title"],
    )


async def happen(db: Database, world: World, times: int = 1, *, title: str = "Summer Con") -> list[str]:
    """The event changes so many times, each a transaction of its own; the messages' ids."""
    made: list[str] = []
    for _ in range(times):
        async with db.tx() as tx:
            made.append(await tell(tx, world, title=title))
    return made


async def tell(tx: Tx, world: World, *, title: str = "Summer Con") -> str:
    """One `event.updated` in the caller's transaction."""
    return await outbox.put(
        tx,
        topics.EVENT_UPDATED,
        event_id=world.event_id,
        organization_id=world.organization_id,
        data=event_updated(world, title=title),
        now=datetime.now(UTC),
    )


def raw(document: dict[str, object]) -> bytes:
    """A document as the outbox would write it."""
    return json.dumps(document, separators=(",", ":")).encode()
