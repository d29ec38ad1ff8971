"""People for a rush: accounts with sessions and approved applications, made quickly."""

from datetime import datetime

import msgspec

from revento.events.applications import actions as applications
from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.identity.sessions import actions as sessions
from revento.identity.users import queries as users
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId

from ..browser.story import Convention


class Person(msgspec.Struct, frozen=True):
    """Somebody with an open session; `cookie` is its value."""

    id: UserId
    name: str
    cookie: str


async def crowd(tx: Tx, size: int, *, now: datetime) -> list[Person]:
    """Accounts without passwords, signed in."""
    made: list[Person] = []
    for n in range(size):
        id, name = UserId(ids.new("usr")), f"Person {n}"
        await users.insert(
            tx,
            id,
            email=f"person{n}@example.test",
            name=name,
            password_hash=None,
            email_verified_at=now,
            locale="en",
            is_operator=False,
            is_sandbox=False,
            now=now,
        )
        opened = await sessions.open_for(tx, id, address="127.0.0.1", user_agent="test", now=now)
        made.append(Person(id, name, opened.token))
    return made


async def approved(tx: Tx, story: Convention, people: list[UserId], *, now: datetime) -> None:
    """Lets everybody of `people` in, through the same doors as anybody else."""
    reviewer = await proofs.as_reviewer(tx, story.people["Bo Reed"], story.event_id)
    for id in people:
        answers = {"about": "Play."}
        request = applications.Request("participant", f"Guest {id[-5:]}", answers)
        application = await applications.apply(tx, id, EventId(story.event_id), request, now=now)
        await reviews.approve(tx, reviewer, application.id, now=now)
