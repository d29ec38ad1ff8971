"""One activity: what it is, whether there is a place, taking one, leaving, liking it."""

from datetime import date
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.agenda import queries as agenda
from revento.events.agenda import rules as agenda_rules
from revento.events.agenda.models import MySeat
from revento.events.mine.models import Visit
from revento.events.program import queries, rules
from revento.events.program.models import Activity
from revento.events.program.places import queries as places
from revento.events.signups import actions
from revento.events.signups import rules as signup_rules
from revento.events.signups.models import State
from revento.identity.sessions.models import SignedIn
from revento.identity.users import actions as users
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId
from revento.web.participant.visit import base, show
from revento.web.participant.visit import visit as visit_of
from revento.web.shared import forms, pages, words
from revento.web.shared.forms import Form
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
WHOLE: Final = 2000


@get("/events/{event_id:str}/activities/{activity_id:str}")
async def activity_page(
    tx: Given[Tx], visit: Given[Visit], clock: Given[Clock], activity_id: FromPath[str]
) -> Response[str]:
    """Everything about it, and my place in it."""
    return await _page(tx, visit, clock, await _known(tx, visit, activity_id), Form[Any]())


async def _known(tx: Tx, visit: Visit, id: str) -> Activity:
    activity = await queries.find_activity(tx, visit.event_id, ActivityId(id))
    if activity is None or not activity.is_published:
        raise Refused(errors.NOT_FOUND)
    return activity


async def _page(
    tx: Tx, visit: Visit, clock: Clock, activity: Activity, form: Form[Any], *, status: int = 200
) -> Response[str]:
    seat = await agenda.get_seat(tx, visit.event_id, visit.user_id, activity.id) if visit.user_id else None
    locations = {location.id: location for location in await places.list_locations(tx, visit.event_id)}
    path: list[str] = []
    here = locations.get(activity.location_id) if activity.location_id else None
    while here is not None:
        path.insert(0, here.name)
        here = locations.get(here.parent_id) if here.parent_id else None
    threads = {thread.id: thread for thread in await places.list_threads(tx, visit.event_id)}
    limited = signup_rules.YEARS[activity.min_age] > 0
    return show(
        "activity.html",
        visit,
        status,
        activity=activity,
        seat=seat,
        form=form,
        place=" › ".join(path),
        location=locations.get(activity.location_id) if activity.location_id else None,
        thread=threads.get(activity.thread_id) if activity.thread_id else None,
        age=words.translated(words.AGES)[activity.min_age] if limited else None,
        too_young=_too_young(visit, activity, seat),
        asks_age=limited and (seat is None or seat.birth_date is None),
        capacity_state=rules.capacity_state(activity),
        begun=activity.starts_at <= clock.now(),
        over=activity.ends_at <= clock.now(),
        overlapping=await _overlapping(tx, visit, activity),
    )


def _too_young(visit: Visit, activity: Activity, seat: MySeat | None) -> bool:
    if seat is None or seat.birth_date is None:
        return False
    why_not = signup_rules.why_not_by_age(activity.min_age, seat.birth_date, activity.starts_at, visit.time_zone)
    return why_not is not None


async def _overlapping(tx: Tx, visit: Visit, activity: Activity) -> list[Any]:
    """What else I go to at that time."""
    if visit.user_id is None:
        return []
    mine = await agenda.page_entries(
        tx,
        visit.event_id,
        visit.user_id,
        mine=True,
        starts=(None, activity.ends_at),
        ends_after=activity.starts_at,
        limit=WHOLE,
    )
    return [each for each in mine if each.my_state == "going" and agenda_rules.overlap(each, activity)]


@post("/events/{event_id:str}/activities/{activity_id:str}/sign-up", status_code=303)
async def sign_up(
    request: AnyRequest,
    tx: Given[Tx],
    person: Given[SignedIn],
    clock: Given[Clock],
    event_id: FromPath[str],
    activity_id: FromPath[str],
) -> Response[Any]:
    """Take a place, or a turn on the waitlist. In a rush only the session is asked before the one lock."""
    now, target = clock.now(), f"/events/{event_id}/activities/{activity_id}"
    born = str((await request.form()).get("birth_date", ""))
    try:
        if born:
            await users.set_birth_date(tx, person.user_id, _date(born), now=now)
        state = await actions.sign_up(tx, person.user_id, EventId(event_id), ActivityId(activity_id), now=now)
    except Refused as refused:
        if refused.reason.status == 409:
            return pages.go(target, Flash(gettext(refused.say), "bad"))
        if refused.extra.get("field") != "birth_date":
            raise
        visit = await visit_of(tx, person, event_id)
        form = Form[Any]({"birth_date": born}, {"birth_date": gettext(refused.say)})
        return await _page(tx, visit, clock, await _known(tx, visit, activity_id), form, status=422)
    if state is State.GOING:
        return pages.go(target, Flash(gettext("You have a place. It is in your schedule.")))
    return pages.go(target, Flash(gettext("You are on the waitlist. We write to you when it is your turn."), "warn"))


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise Refused(errors.INVALID_INPUT, N_("Enter a date like 2001-12-05."), field="birth_date") from error


@post("/events/{event_id:str}/activities/{activity_id:str}/leave", status_code=303)
async def leave(
    tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], event_id: FromPath[str], activity_id: FromPath[str]
) -> Response[Any]:
    """Give the place or the turn back."""
    await actions.leave(tx, person.user_id, EventId(event_id), ActivityId(activity_id), now=clock.now())
    target = f"/events/{event_id}/activities/{activity_id}"
    say = gettext("Your place is free for somebody else. Signing up again starts at the end of the line.")
    return pages.go(target, Flash(say, undo=f"{target}/sign-up"))


@post("/events/{event_id:str}/activities/{activity_id:str}/favourite", status_code=303)
async def favourite(
    request: AnyRequest,
    tx: Given[Tx],
    visit: Given[Visit],
    person: Given[SignedIn],
    clock: Given[Clock],
    activity_id: FromPath[str],
) -> Response[Any]:
    """Put it among my favourites or take it off; htmx swaps the star."""
    posted = await request.form()
    like = str(posted.get("like", "1")) == "1"
    id = ActivityId(activity_id)
    if like:
        await actions.remember(tx, person.user_id, visit.event_id, id, now=clock.now())
    else:
        await actions.forget(tx, person.user_id, visit.event_id, id)
    if pages.visitor.current().partial:
        title = (await _known(tx, visit, activity_id)).title
        return show("star.html", visit, id=id, title=title, liked=like, back="")
    return pages.go(forms.local_path(str(posted.get("back", "")), f"{base(visit)}/activities/{activity_id}"))


HANDLERS: Final = (activity_page, sign_up, leave, favourite)
