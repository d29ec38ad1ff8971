"""Letters to people whose turn on a waitlist has come."""

from typing import Final
from zoneinfo import ZoneInfo

from procrastinate import JobContext

from revento.events.events import queries as events
from revento.events.participants import queries as participants
from revento.events.program import queries as program
from revento.events.signups import queries, waitlist
from revento.events.signups.models import State
from revento.identity.users import queries as users
from revento.kernel.ids import ActivityId, EventId, ParticipantId
from revento.kernel.jobs import queue
from revento.kernel.mail import actions as mail
from revento.workers.tools import tools_of

_TIME: Final = "%A %d %B, %H:%M"


@queue.app.task(name=waitlist.TELL_MOVED_UP, pass_context=True)
async def tell_moved_up(context: JobContext, event_id: str, activity_id: str, participant_id: str) -> None:
    """Writes the letter, unless the person has given the place back meanwhile."""
    tools = tools_of(context)
    event, activity, who = EventId(event_id), ActivityId(activity_id), ParticipantId(participant_id)
    async with tools.db.tx() as tx:
        seat = await queries.find_seat(tx, event, activity, who)
        if seat is None or seat.state is not State.GOING:
            return
        person = await participants.get(tx, event, who)
        found = await program.find_activity(tx, event, activity)
        user = await users.get(tx, person.user_id)
        if found is None or user.deleted_at is not None:
            return
        zone = (await events.get(tx, event)).time_zone
        begins = f"{found.starts_at.astimezone(ZoneInfo(zone)):{_TIME}} ({zone})"
        link = f"{tools.settings.base_url}/events/{event}/activities/{activity}"
        body = (
            f"Hello {person.display_name},\n\nit is your turn: you have a place in {found.title}, {begins}.\n\n"
            f"If you cannot come, give it back so that somebody else can: {link}\n"
        )
        await mail.write(tx, user.email, f"You have a place: {found.title}", body, now=tools.clock.now())
