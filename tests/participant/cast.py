"""People for a rush: accounts with sessions and approved applications, made quickly."""

from datetime import datetime, timedelta

import msgspec

from revento.events.applications import actions as applications
from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId

from ..browser.story import Convention


class Person(msgspec.Struct, frozen=True):
    """Somebody with an open session; `cookie` is its value."""

    id: UserId
    name: str
    cookie: str


USER = """INSERT INTO users (id, email, name, email_verified_at, created_at, updated_at)
          VALUES (%(id)s, %(email)s, %(name)s, %(now)s, %(now)s, %(now)s)"""
SESSION = """INSERT INTO sessions (hash, id, user_id, created_at, last_seen_at, authenticated_at, expires_at)
             VALUES (%(hash)s, %(session)s, %(id)s, %(now)s, %(now)s, %(now)s, %(expires_at)s)"""
APPLICATION = """INSERT INTO applications (event_id, id, user_id, status, submitted_at, registered_at, created_at,
                                           updated_at)
                 VALUES (%(event_id)s, %(application)s, %(id)s, 'approved', %(now)s, %(now)s, %(now)s, %(now)s)"""
PARTICIPANT = """INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
                 VALUES (%(event_id)s, %(participant)s, %(id)s, %(application)s, %(name)s, %(now)s, %(now)s)"""


def _row(name: str, now: datetime) -> dict[str, object]:
    cookie = secrets.new_secret("rev_session_")
    return {
        "id": ids.new("usr"),
        "name": name,
        "email": f"{name.replace(' ', '').lower()}@example.test",
        "cookie": cookie,
        "hash": secrets.sha256(cookie),
        "session": ids.new("ses"),
        "now": now,
        "expires_at": now + timedelta(days=1),
    }


async def crowd(tx: Tx, size: int, *, now: datetime, event_id: EventId | None = None) -> list[Person]:
    """Accounts without passwords, signed in; with an event, taking part in it.

    Written by statement rather than through the doors: five hundred of them in a second.
    """
    rows = [_row(f"Person {n}", now) for n in range(size)]
    await tx.run_many(USER, rows)
    await tx.run_many(SESSION, rows)
    if event_id is not None:
        own = {"event_id": event_id}
        rows = [row | own | {"application": ids.new("app"), "participant": ids.new("ptp")} for row in rows]
        await tx.run_many(APPLICATION, rows)
        await tx.run_many(PARTICIPANT, rows)
    return [Person(UserId(str(row["id"])), str(row["name"]), str(row["cookie"])) for row in rows]


async def approved(tx: Tx, story: Convention, people: list[UserId], *, now: datetime) -> None:
    """Lets everybody of `people` in, through the same doors as anybody else."""
    reviewer = await proofs.as_reviewer(tx, story.people["Bo Reed"], story.event_id)
    for id in people:
        request = applications.Request("participant", f"Guest {id[-5:]}", {"about": "Play."})
        application = await applications.apply(tx, id, story.event_id, request, now=now)
        await reviews.approve(tx, reviewer, application.id, now=now)
