"""A small convention whose every id and time is fixed, so that what the API says about it can be kept on record."""

from datetime import UTC, datetime, timedelta

from revento.kernel.db import Database, Json
from tests.api import world as worlds
from tests.api.world import World

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def id_of(prefix: str, number: int) -> str:
    """A fixed id."""
    return f"{prefix}_01jx{number:022d}"


async def make(db: Database) -> World:
    """The convention, with an integration connected and Cyd signed in to it."""
    world = World(db, NOW)
    world.organization_id, world.event_id = id_of("org", 1), id_of("evt", 1)
    async with db.tx() as tx:
        for number, name in enumerate(("Ada Lovelace", "Cyd Charisse", "Dee Lee"), 1):
            await tx.run(
                """INSERT INTO users (id, email, name, email_verified_at, created_at, updated_at)
                   VALUES (%(id)s, %(mail)s, %(name)s, %(now)s, %(now)s, %(now)s)""",
                id=id_of("usr", number),
                mail=f"{name.split()[0].lower()}@example.org",
                name=name,
                now=NOW,
            )
        world.organizer_id = id_of("usr", 1)
        await tx.run(
            """INSERT INTO organizations (id, name, kind, verification_status, verified_at, created_at, updated_at)
               VALUES (%(id)s, 'Guild of Summer', 'formal', 'verified', %(now)s, %(now)s, %(now)s)""",
            id=world.organization_id,
            now=NOW,
        )
        await _event(tx, world)
        await _program(tx, world)
        await _people(tx, world)
        world.integration_id, world.client_id = await worlds.add_integration(tx, NOW)
        world.installation_id = await worlds.install(tx, world, world.event_id)
    return world


async def _event(tx, world: World) -> None:
    await tx.run(
        """INSERT INTO events (id, organization_id, title, description, publish_status, starts_at, ends_at, time_zone,
                               min_age, location_name, website_url, created_at, updated_at)
           VALUES (%(id)s, %(org)s, 'Summer Con', 'Three days of games by the lake.', 'published', %(starts)s,
                   %(ends)s, 'Europe/Berlin', 'age_16_plus', 'Castle Lake', 'https://summer.example', %(now)s,
                   %(now)s)""",
        id=world.event_id,
        org=world.organization_id,
        starts=datetime(2026, 7, 10, 14, tzinfo=UTC),
        ends=datetime(2026, 7, 12, 14, tzinfo=UTC),
        now=NOW,
    )
    fields = (
        ("favorite_track", "Favorite track", "choice", ["Larp", "Board games"], True),
        ("dietary_notes", "Dietary notes", "text", [], True),
        ("emergency_contact", "Emergency contact", "text", [], False),
    )
    for position, (key, label, kind, options, shared) in enumerate(fields):
        await tx.run(
            """INSERT INTO form_fields (event_id, key, label, type, options, is_shared, position, created_at,
                                        updated_at)
               VALUES (%(event)s, %(key)s, %(label)s, %(type)s, %(options)s, %(shared)s, %(position)s, %(now)s,
                       %(now)s)""",
            event=world.event_id,
            key=key,
            label=label,
            type=kind,
            options=options,
            shared=shared,
            position=position,
            now=NOW,
        )
    await tx.run(
        """INSERT INTO registration_waves (event_id, id, title, opens_at, closes_at, capacity, created_at, updated_at)
           VALUES (%(event)s, %(id)s, 'Early birds', %(opens)s, %(closes)s, 120, %(now)s, %(now)s)""",
        event=world.event_id,
        id=id_of("wav", 1),
        opens=NOW - timedelta(days=30),
        closes=NOW + timedelta(days=14),
        now=NOW,
    )


async def _program(tx, world: World) -> None:
    event = world.event_id
    await tx.run(
        """INSERT INTO threads (event_id, id, title, description, color, position, created_at, updated_at)
           VALUES (%(event)s, %(id)s, 'Board games', 'Tables all day.', '#1f7a4d', 1, %(now)s, %(now)s)""",
        event=event,
        id=id_of("thr", 1),
        now=NOW,
    )
    for number, (kind, name, parent) in enumerate((("venue", "Castle Lake", None), ("room", "Hall 2", 1)), 1):
        await tx.run(
            """INSERT INTO locations (event_id, id, parent_id, parent_level, kind, name, capacity, accessibility,
                                      position, created_at, updated_at)
               VALUES (%(event)s, %(id)s, %(parent)s, %(level)s, %(kind)s, %(name)s, %(capacity)s, %(access)s,
                       %(number)s, %(at)s, %(at)s)""",
            event=event,
            id=id_of("loc", number),
            parent=parent and id_of("loc", parent),
            level=parent,
            kind=kind,
            name=name,
            capacity=40 if parent else None,
            access="Step-free" if parent else "",
            number=number,
            at=NOW + timedelta(seconds=number),
        )
    for number, (title, taken, status) in enumerate((("Settlers", 11, "scheduled"), ("Go", 0, "cancelled")), 1):
        starts = datetime(2026, 7, 10, 16, tzinfo=UTC) + timedelta(days=number - 1)
        await tx.run(
            """INSERT INTO activities (event_id, id, thread_id, location_id, title, description, status, is_published,
                                       starts_at, ends_at, language, capacity, signup_count, created_at, updated_at)
               VALUES (%(event)s, %(id)s, %(thread)s, %(location)s, %(title)s, 'Beginners welcome.', %(status)s, true,
                       %(starts)s, %(ends)s, 'en', 12, %(taken)s, %(at)s, %(at)s)""",
            event=event,
            id=id_of("act", number),
            thread=id_of("thr", 1),
            location=id_of("loc", 2),
            title=title,
            status=status,
            starts=starts,
            ends=starts + timedelta(hours=2),
            taken=taken,
            at=NOW + timedelta(seconds=number),
        )


async def _people(tx, world: World) -> None:
    event = world.event_id
    for number, (name, status, role) in enumerate(
        (("Cyd Charisse", "approved", "host"), ("Dee Lee", "pending", "participant")), 1
    ):
        reviewed = NOW + timedelta(days=1) if status == "approved" else None
        await tx.run(
            """INSERT INTO applications (event_id, id, user_id, role, status, answers, registration_wave_id,
                                         submitted_at, registered_at, last_reviewed_at, last_reviewer_id,
                                         last_review_action, created_at, updated_at)
               VALUES (%(event)s, %(id)s, %(user)s, %(role)s, %(status)s, %(answers)s, %(wave)s, %(at)s, %(reviewed)s,
                       %(reviewed)s, %(reviewer)s, %(action)s, %(at)s, %(at)s)""",
            event=event,
            id=id_of("app", number),
            user=id_of("usr", number + 1),
            role=role,
            status=status,
            answers=Json({"favorite_track": "Larp", "emergency_contact": "+49 170 0000000"}),
            wave=id_of("wav", 1),
            at=NOW + timedelta(seconds=number),
            reviewed=reviewed,
            reviewer=reviewed and world.organizer_id,
            action=reviewed and "approved",
        )
        await tx.run(
            """INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
               VALUES (%(event)s, %(id)s, %(user)s, %(application)s, %(name)s, %(at)s, %(updated)s)""",
            event=event,
            id=id_of("ptp", number),
            user=id_of("usr", number + 1),
            application=id_of("app", number),
            name=name,
            at=NOW + timedelta(seconds=number),
            updated=reviewed or NOW,
        )
        world.people.append({"id": id_of("ptp", number), "user_id": id_of("usr", number + 1)})
    await tx.run(
        """INSERT INTO activity_hosts (event_id, activity_id, position, participant_id, display_name)
           VALUES (%(event)s, %(id)s, 0, %(participant)s, 'Cyd Charisse')""",
        event=event,
        id=id_of("act", 1),
        participant=id_of("ptp", 1),
    )
