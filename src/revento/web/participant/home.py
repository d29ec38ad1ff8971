"""Home: what needs the person now, her events; and finding an event."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from revento.events.events import queries as events
from revento.events.mine import queries
from revento.events.mine.models import Call, MyActivity, MyEvent
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.shared import pages
from revento.web.shared.text import ago, hour, moment
from revento.web.shared.translate import gettext

AnyRequest = Request[Any, Any, Any]
SOON: Final = timedelta(hours=18)  # what is on until tomorrow morning
LATELY: Final = timedelta(days=3)
NEWS: Final = timedelta(days=7)
PAGE: Final = 20


class Need(msgspec.Struct, frozen=True):
    """One line of "Needs you now": what, and where to do something about it."""

    icon: str
    tone: str
    href: str
    title: str
    say: str
    way_on: str


@get("/")
async def home(request: AnyRequest, tx: Given[Tx], clock: Given[Clock], guest: Given[SignedIn | None]) -> Response[str]:
    """My events and what needs me; for strangers, what is on."""
    if guest is None:
        return await _find(request, tx, clock, "participant/welcome.html")
    now = clock.now()
    mine = await queries.list_events(tx, guest.user_id, now=now)
    soon = await queries.list_activities(tx, guest.user_id, until=now + SOON, since=now - LATELY, now=now)
    calls = await queries.list_calls(tx, guest.user_id, since=now - NEWS, until=now + NEWS, now=now)
    coming = [each for each in mine if each.ends_at > now]
    coming.sort(key=lambda each: each.starts_at)
    needs = [need for each in coming if (need := _need(each, now))]
    return pages.page(
        "participant/home.html",
        person=guest,
        needs=needs + _news(soon, now) + [_called(call, now) for call in calls],
        soon=[each for each in soon if _goes(each) and each.starts_at < now + SOON],
        coming=coming,
        past=[each for each in mine if each.ends_at <= now],
    )


def _need(event: MyEvent, now: datetime) -> Need | None:
    href = f"/events/{event.event_id}/application"
    if event.publish_status == "archived":
        return None
    if event.status == "revision_requested":
        say = event.note or gettext("The organizers ask you to change something in your application.")
        return Need("pen-line", "rev", href, event.title, say, gettext("Change it"))
    if event.status == "approved" and event.reviewed_at and event.reviewed_at > now - NEWS:
        say = gettext("You are in. Your place is confirmed.")
        return Need("circle-check", "ok", f"/events/{event.event_id}/program", event.title, say, gettext("See program"))
    if event.draft_at is None or event.status not in (None, "withdrawn"):
        return None
    if event.wave_opens_at is None or event.wave_closes_at is None:
        return None
    if event.wave_opens_at > now:
        opens = moment(event.wave_opens_at, event.time_zone)
        say = gettext("Applications open %(when)s (%(ago)s). Your draft is kept.")
        say = say % {"when": opens, "ago": ago(event.wave_opens_at)}
        return Need("calendar-clock", "", href, event.title, say, gettext("Look at it"))
    closes = moment(event.wave_closes_at, event.time_zone)
    say = gettext("Your application is not sent yet. Applications close %(when)s (%(ago)s).")
    say = say % {"when": closes, "ago": ago(event.wave_closes_at)}
    return Need("pencil", "warn", href, event.title, say, gettext("Finish it"))


def _called(call: Call, now: datetime) -> Need:
    """When a wave opens, or that it has, for whoever may be waiting for it."""
    if call.opens_at > now:
        say = gettext("Applications open %(when)s (%(ago)s).")
        say = say % {"when": moment(call.opens_at, call.time_zone), "ago": ago(call.opens_at)}
    else:
        say = gettext("Applications are open until %(when)s (%(ago)s).")
        say = say % {"when": moment(call.closes_at, call.time_zone), "ago": ago(call.closes_at)}
    why = gettext("You starred something in its program.")
    if call.was_at is not None:
        why = gettext("You were at %(event)s.") % {"event": call.was_at}
    way_on = gettext("Look at it") if call.opens_at > now else gettext("Apply")
    href = f"/events/{call.event_id}" if call.opens_at > now else f"/events/{call.event_id}/application"
    return Need("calendar-clock", "", href, call.title, f"{say} {why}", way_on)


def _goes(activity: MyActivity) -> bool:
    return activity.state == "going" and activity.status == "scheduled"


def _news(activities: list[MyActivity], now: datetime) -> list[Need]:
    """Where she moved up, and where what she had a place in does not take place."""
    found: list[Need] = []
    for each in activities:
        when = {"when": moment(each.starts_at, each.time_zone)}
        href = f"/events/{each.event_id}/activities/{each.activity_id}"
        if each.status == "cancelled":
            say = gettext("Cancelled. You had a place there: %(when)s. The hour is free for something else.") % when
            program = f"/events/{each.event_id}/program"
            found.append(Need("ban", "bad", program, each.title, say, gettext("See program")))
        elif _goes(each) and each.moved_up_at is not None and each.moved_up_at > now - LATELY:
            when = {"when": f"{when['when']}–{hour(each.ends_at, each.time_zone)}"}
            say = gettext("You moved up from the waitlist and have a place: %(when)s.") % when
            found.append(Need("ticket", "ok", href, each.title, say, gettext("See it")))
    return found


@get("/find")
async def find(request: AnyRequest, tx: Given[Tx], clock: Given[Clock], guest: Given[SignedIn | None]) -> Response[str]:
    """What is open to everybody."""
    return await _find(request, tx, clock, "participant/find.html")


async def _find(request: AnyRequest, tx: Tx, clock: Clock, template: str) -> Response[str]:
    q = request.query_params.get("q", "").strip()
    after = request.query_params.get("after", "")
    found = await events.list_published(tx, search=q, after=_position(after), limit=PAGE + 1, now=clock.now())
    last = found[PAGE - 1] if len(found) > PAGE else None
    return pages.page(
        template,
        part="participant/find_rows.html",
        q=q,
        after=after,
        events=found[:PAGE],
        older=f"{last.starts_at.isoformat()}~{last.id}" if last else None,
    )


def _position(after: str) -> tuple[datetime, str]:
    at, _, id = after.partition("~")
    try:
        return (datetime.fromisoformat(at), id) if id else events.BEGINNING
    except ValueError:
        return events.BEGINNING


HANDLERS: Final = (home, find)
