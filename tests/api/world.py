"""Rows that the read API stands on: an event of a convention, connections to it, tokens of both kinds."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from revento.kernel import ids, secrets
from revento.kernel.db import Database, Json, Tx
from tests.integrations import given

SCOPES = ["event.read", "participants.read", "program.read"]
USER_SCOPES = ["profile.read", "event.attendance"]
_numbers = itertools.count(1)


@dataclass
class World:
    """An organization, its event, and one integration connected to it."""

    db: Database
    now: datetime
    organization_id: str = ""
    event_id: str = ""
    organizer_id: str = ""
    integration_id: str = ""
    client_id: str = ""
    installation_id: str = ""
    people: list[dict[str, Any]] = field(default_factory=list)


async def make(db: Database, now: datetime, *, people: int = 3) -> World:
    """A published event of a verified organization with an integration connected and some applicants."""
    world = World(db, now)
    async with db.tx() as tx:
        world.organizer_id = await add_user(tx, now)
        world.organization_id = ids.new("org")
        await tx.run(
            """INSERT INTO organizations (id, name, kind, verification_status, verified_at, created_at, updated_at)
               VALUES (%(id)s, 'Guild', 'formal', 'verified', %(now)s, %(now)s, %(now)s)""",
            id=world.organization_id,
            now=now,
        )
        world.event_id = await add_event(tx, world)
        world.integration_id, world.client_id = await add_integration(tx, now)
        world.installation_id = await install(tx, world, world.event_id)
        for _ in range(people):
            world.people.append(await add_person(tx, world))
    return world


async def add_user(tx: Tx, now: datetime, *, name: str = "Ada Lovelace") -> str:
    """An account."""
    id = ids.new("usr")
    await tx.run(
        """INSERT INTO users (id, email, name, email_verified_at, created_at, updated_at)
           VALUES (%(id)s, %(mail)s, %(name)s, %(now)s, %(now)s, %(now)s)""",
        id=id,
        mail=f"{id}@example.org",
        name=name,
        now=now,
    )
    return id


async def add_event(tx: Tx, world: World, *, title: str = "Summer Con", time_zone: str = "Europe/Berlin") -> str:
    """Another event of the same organization, with a form of one shared and one private field."""
    id = ids.new("evt")
    await tx.run(
        """INSERT INTO events (id, organization_id, title, publish_status, starts_at, ends_at, time_zone, created_at,
                               updated_at)
           VALUES (%(id)s, %(org)s, %(title)s, 'published', %(now)s, %(now)s, %(zone)s, %(now)s, %(now)s)""",
        id=id,
        org=world.organization_id,
        title=title,
        zone=time_zone,
        now=world.now,
    )
    for position, (key, shared) in enumerate((("favorite_track", True), ("phone", False), ("diet", True))):
        await tx.run(
            """INSERT INTO form_fields (event_id, key, label, type, is_shared, position, created_at, updated_at)
               VALUES (%(event)s, %(key)s, %(label)s, 'text', %(shared)s, %(position)s, %(now)s, %(now)s)""",
            event=id,
            key=key,
            label=key.replace("_", " ").title(),
            shared=shared,
            position=position,
            now=world.now,
        )
    return id


async def add_integration(tx: Tx, now: datetime) -> tuple[str, str]:
    """A published integration with its production client."""
    integration, client, manifest = ids.new("int"), ids.new("cli"), ids.new("man")
    await tx.run(
        """INSERT INTO integrations (id, kind, name, state, created_at, updated_at)
           VALUES (%(id)s, 'public', 'Badge Printer', 'published', %(now)s, %(now)s)""",
        id=integration,
        now=now,
    )
    await tx.run(
        """INSERT INTO manifests (id, integration_id, environment, version, document, created_at)
           VALUES (%(id)s, %(integration)s, 'production', 1, %(document)s, %(now)s)""",
        id=manifest,
        integration=integration,
        document=Json(given.document(name="Badge Printer")),
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
    return integration, client


async def install(tx: Tx, world: World, event_id: str) -> str:
    """Connects the integration to an event."""
    id = ids.new("ins")
    await tx.run(
        """INSERT INTO installations (id, event_id, organization_id, integration_id, client_id, granted_scopes,
                                      connected_by, created_at, updated_at, ends_at)
           VALUES (%(id)s, %(event)s, %(org)s, %(integration)s, %(client)s, %(scopes)s, %(user)s, %(now)s, %(now)s,
                   %(ends)s)""",
        id=id,
        event=event_id,
        org=world.organization_id,
        integration=world.integration_id,
        client=world.client_id,
        scopes=SCOPES,
        user=world.organizer_id,
        now=world.now,
        ends=world.now + timedelta(days=90),
    )
    return id


async def add_person(
    tx: Tx, world: World, *, status: str = "pending", role: str = "participant", at: datetime | None = None
) -> dict[str, Any]:
    """Somebody with an application for the event."""
    number = next(_numbers)
    user, application, participant = await add_user(tx, world.now), ids.new("app"), ids.new("ptp")
    at = at or world.now + timedelta(microseconds=number * 1500)
    answers = {"favorite_track": f'Track "{number}" ✓', "phone": "+49 170 0000000", "dropped": "secret"}
    await tx.run(
        """INSERT INTO applications (event_id, id, user_id, role, status, answers, submitted_at, created_at,
                                     updated_at)
           VALUES (%(event)s, %(id)s, %(user)s, %(role)s, %(status)s, %(answers)s, %(at)s, %(at)s, %(at)s)""",
        event=world.event_id,
        id=application,
        user=user,
        role=role,
        status=status,
        answers=Json(answers),
        at=at,
    )
    await tx.run(
        """INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
           VALUES (%(event)s, %(id)s, %(user)s, %(application)s, %(name)s, %(at)s, %(at)s)""",
        event=world.event_id,
        id=participant,
        user=user,
        application=application,
        name=f"Person {number}",
        at=at,
    )
    return {"id": participant, "user_id": user, "application_id": application}


async def installation_token(world: World, **how: Any) -> str:
    """An installation token for the event."""
    async with world.db.tx() as tx:
        return await _token(tx, world, "installation", "rev_install_", SCOPES, how)


async def user_token(world: World, user_id: str, **how: Any) -> str:
    """A person's token for the event, with the grant it comes from."""
    grant = ids.new("gra")
    async with world.db.tx() as tx:
        await tx.run(
            """INSERT INTO user_grants (id, event_id, user_id, integration_id, client_id, installation_id, scopes,
                                        created_at, updated_at)
               VALUES (%(id)s, %(event)s, %(user)s, %(integration)s, %(client)s, %(installation)s, %(scopes)s, %(now)s,
                       %(now)s)
               ON CONFLICT DO NOTHING""",
            id=grant,
            event=world.event_id,
            user=user_id,
            integration=world.integration_id,
            client=world.client_id,
            installation=world.installation_id,
            scopes=USER_SCOPES,
            now=world.now,
        )
        kept = await tx.one(
            str,
            "SELECT id FROM user_grants WHERE event_id = %(event)s AND user_id = %(user)s AND ended_at IS NULL",
            event=world.event_id,
            user=user_id,
        )
        return await _token(tx, world, "user", "rev_user_", USER_SCOPES, {"grant": kept, "user": user_id, **how})


async def _token(tx: Tx, world: World, kind: str, prefix: str, scopes: list[str], how: dict[str, Any]) -> str:
    """How: `scopes`, `expires_at`, `event_id` with `installation_id`, `family` to join, `grant`, `user`."""
    token, scopes = secrets.new_secret(prefix), how.get("scopes", scopes)
    family = how.get("family") or ids.new("fam")
    if "family" not in how:
        await tx.run(
            """INSERT INTO token_families (id, kind, client_id, integration_id, installation_id, user_grant_id,
                                           event_id, organization_id, user_id, scopes, created_at, rotated_at,
                                           cap_at)
               VALUES (%(id)s, %(kind)s, %(client)s, %(integration)s, %(installation)s, %(grant)s, %(event)s, %(org)s,
                       %(user)s, %(scopes)s, %(now)s, %(now)s, %(cap)s)""",
            id=family,
            kind=kind,
            client=world.client_id,
            integration=world.integration_id,
            installation=how.get("installation_id", world.installation_id),
            grant=how.get("grant"),
            event=how.get("event_id", world.event_id),
            org=world.organization_id,
            user=how.get("user"),
            scopes=scopes,
            now=world.now,
            cap=world.now + timedelta(days=365),
        )
    await tx.run(
        """INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
           VALUES (%(hash)s, %(family)s, %(generation)s, %(scopes)s, %(now)s, %(expires)s)""",
        hash=secrets.sha256(token),
        family=family,
        generation=how.get("generation", 0),
        scopes=scopes,
        now=world.now,
        expires=how.get("expires_at", world.now + timedelta(hours=1)),
    )
    return token


async def change(world: World, statement: str, **params: Any) -> None:
    """One statement of a test, committed."""
    async with world.db.tx() as tx:
        await tx.run(statement, **params)
