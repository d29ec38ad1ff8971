"""Letters to people whose turn on a waitlist has come."""

from procrastinate import JobContext

from revento.events.events import queries as events
from revento.events.participants import queries as participants
from revento.events.program import queries as program
from revento.events.signups import queries, waitlist
from revento.events.signups.models import State
from revento.identity.users import queries as users
from revento.kernel.ids import ActivityId, EventId, ParticipantId
from revento.kernel.jobs import queue
from revento.kernel.language import Moment, Say
from revento.kernel.mail import actions as mail
from revento.workers.tools import tools_of


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
        begins = Moment(found.starts_at, (await events.get(tx, event)).time_zone)
        link = f"{tools.settings.base_url}/events/{event}/activities/{activity}"
        await mail.write(
            tx,
            user.email,
            Say("You have a place: %(what)s", what=found.title),
            Say("it is your turn: you have a place in %(what)s, %(when)s.", what=found.title, when=begins),
            (Say("If you cannot come, give it back so that somebody else can:"), link),
            hello=person.display_name,
            now=tools.clock.now(),
        )
