"""A small convention to look at: people, an organization, an event with a form and a wave, applications."""

from datetime import datetime, timedelta

import msgspec

from revento.events.applications import actions as applications
from revento.events.forms import actions as forms
from revento.events.forms.models import FormField
from revento.events.program import actions as activities
from revento.events.program.models import ActivityFacts, Host
from revento.events.program.places import actions as places
from revento.events.waves import actions as waves
from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.permissions import Role
from revento.identity.users import actions as users
from revento.identity.users import passwords
from revento.kernel import ids
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from revento.kernel.ids import ActivityId, ApplicationId, EventId, OrganizationId, UserId

PASSWORD = "correct horse battery staple"
_hash = ""
NAMES = (
    "Leila Haddad",
    "Marcus Oyelaran",
    "Sofia Lindqvist",
    "Elif Demir",
    "Tomasz Wieczorek",
    "Dara Okafor",
    "Ben Hartley",
    "Hana Sato",
)
LONG = (
    "Bring a page, leave with a zine. We fold, cut and bind one shared issue, and every guest adds a page about the "
    "best hall conversation they had that day."
)
TRACKS = ("Makers", "Voices", "Tabletop")


PROGRAM = (
    ("Doors and Opening", 0, 0, 0, 60, None, True),
    ("Lantern Making", 0, 0, 90, 90, 12, True),
    ("Map Drawing", 1, 2, 60, 90, None, True),
    ("Portrait Inking", 1, 0, 240, 90, 10, True),
    ("Dice Design", 1, 2, 300, 90, 2, True),
    ("Quiet Reading", 2, 1, 30, 60, None, True),
    ("Synths for Beginners", 2, 1, 135, 75, None, False),
)


class Convention(msgspec.Struct):
    """What the story is about."""

    event_id: EventId
    organization_id: OrganizationId
    people: dict[str, UserId]
    applications: dict[str, ApplicationId]
    activities: dict[str, ActivityId]


async def person(tx: Tx, name: str, now: datetime) -> UserId:
    """An account of the person's first name at example.test, as signing up makes it."""
    return await users.open_account(
        tx,
        email=f"{name.split()[0].lower()}@example.test",
        name=name,
        password_hash=await _hashed(),
        locale="en",
        base_url="http://127.0.0.1",
        now=now,
    )


async def _hashed() -> str:
    """Of the password that they all have: hashed once, for it takes a quarter of a second of a processor."""
    global _hash
    _hash = _hash or await passwords.hashed(PASSWORD)
    return _hash


async def convention(db: Database, clock: Clock, applicants: tuple[str, ...] = NAMES) -> Convention:
    """Ada organizes Mossgarden Days, Bo reviews, everybody in `applicants` has applied over the last days."""
    now = clock.now()
    async with db.tx() as tx:
        people = {name: await person(tx, name, now) for name in ("Ada Moss", "Bo Reed", "Mallory Nobody", *applicants)}
        organization_id = await organizations.found(tx, people["Ada Moss"], name="Mossgarden Society", now=now)
        await organizations.queries.put_member(tx, organization_id, people["Bo Reed"], Role.REVIEWER, now=now)
        event_id = EventId(ids.new("evt"))
        await tx.run(
            """INSERT INTO events (id, organization_id, title, publish_status, starts_at, ends_at, time_zone,
                                   location_name, published_at, created_at, updated_at)
               VALUES (%(id)s, %(organization_id)s, 'Mossgarden Days', 'published', %(starts_at)s, %(ends_at)s,
                       'Europe/Helsinki', 'Moss Hall', %(now)s, %(now)s, %(now)s)""",
            id=event_id,
            organization_id=organization_id,
            starts_at=now + timedelta(days=10),
            ends_at=now + timedelta(days=12),
            now=now,
        )
        ada = await proofs.as_organizer(tx, people["Ada Moss"], event_id)
        questions = (
            ("favorite_track", "Favourite track", "choice", ["Makers", "Voices", "Tabletop"]),
            ("about", "What will people do?", "long_text", []),
            ("first_time", "First time here?", "boolean", []),
        )
        for position, (key, label, kind, options) in enumerate(questions):
            field = FormField(event_id, key, label, kind, key == "about", options, "", key != "about", position)
            await forms.put_field(tx, ada, field, now=now)
        began, ends = now - timedelta(days=20), now + timedelta(days=5)
        await waves.put_wave(
            tx,
            ada,
            id=None,
            title="Early birds",
            role="participant",
            opens_at=began,
            closes_at=ends,
            capacity=60,
            now=now,
        )
        made = {}
        for place, name in enumerate(applicants):
            answers = {
                "favorite_track": ["Makers", "Voices", "Tabletop"][place % 3],
                "about": LONG,
                "first_time": place % 2 == 0,
            }
            request = applications.Request("participant", name, answers)
            then = now - timedelta(days=5, hours=-11 * place)
            made[name] = (await applications.apply(tx, people[name], event_id, request, now=then)).id
        planned = await program(tx, await proofs.as_planner(tx, people["Ada Moss"], event_id), now)
    return Convention(event_id, organization_id, people, made, planned)


async def program(tx: Tx, planner: proofs.Planner, now: datetime) -> dict[str, ActivityId]:
    """A first day in two rooms and a stage, with one clash and one draft."""
    colors = ("#a97a18", "#4a7bd0", "#d0603d")
    threads = [
        await places.put_thread(tx, planner, id=None, title=title, color=color, position=place, now=now)
        for place, (title, color) in enumerate(zip(("Makers", "Screens", "Tabletop"), colors, strict=True))
    ]
    hall = await places.put_location(tx, planner, id=None, parent_id=None, kind="venue", name="Moss Hall", now=now)
    rooms = [
        await places.put_location(
            tx, planner, id=None, parent_id=hall, kind="room", name=name, capacity=seats, position=seats, now=now
        )
        for name, seats in (("Studio 1", 60), ("Studio 2", 40), ("Library", 30))
    ]
    morning = (now + timedelta(days=10)).replace(hour=8, minute=0, second=0)
    made = {}
    for title, room, thread, start, minutes, capacity, published in PROGRAM:
        facts = ActivityFacts(
            title=title,
            description=f"**{title}** for everybody.",
            thread_id=threads[thread],
            location_id=rooms[room],
            starts_at=morning + timedelta(minutes=start),
            ends_at=morning + timedelta(minutes=start + minutes),
            capacity=capacity,
            hosts=(Host(f"Host of {title}"),),
        )
        made[title] = (await activities.create_activity(tx, planner, facts, publish=published, now=now)).id
    return made
