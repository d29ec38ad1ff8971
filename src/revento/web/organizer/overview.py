"""An event at a glance: what needs her, how far it is, what happened; and the list of all her events."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.events.overview import queries
from revento.events.overview.models import Deed, Desk, Numbers, Unshown
from revento.events.program import queries as program
from revento.events.program import rules
from revento.identity.organizations import queries as organizations
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.organizer.desk import show
from revento.web.shared import pages
from revento.web.shared.states import N_, Look, look
from revento.web.shared.text import ago, day, lasting
from revento.web.shared.translate import gettext, ngettext

PERIOD: Final = timedelta(days=30)
SOON: Final = timedelta(days=14)
DEEDS: Final = {
    "application.submitted": N_("applied"),
    "application.approved": N_("approved"),
    "application.rejected": N_("rejected"),
    "application.revision_requested": N_("asked for a revision of"),
    "application.withdrawn": N_("withdrew"),
    "application.assigned": N_("assigned"),
    "application.decision_undone": N_("took back a decision about"),
    "application.reopened": N_("reopened"),
    "event.created": N_("created the event"),
    "event.edited": N_("changed the event"),
    "event.published": N_("published the event"),
    "event.archived": N_("archived the event"),
    "event.archive_made": N_("took the event out as an archive"),
    "event.restored": N_("brought the event in from an archive"),
    "event.habits_changed": N_("changed how you work"),
    "activity.created": N_("added"),
    "activity.edited": N_("changed"),
    "activity.published": N_("published"),
    "activity.cancelled": N_("cancelled"),
    "activity.reinstated": N_("took back into the program"),
    "activity.dropped": N_("removed an activity"),
    "activities.created": N_("added activities"),
    "activities.edited": N_("changed activities"),
    "activities.published": N_("published activities"),
    "activities.dropped": N_("removed activities"),
    "program.imported": N_("brought in a schedule"),
    "thread.put": N_("changed the threads"),
    "thread.dropped": N_("removed a thread"),
    "location.put": N_("changed the locations"),
    "location.dropped": N_("removed a location"),
    "form.field_put": N_("changed the form"),
    "form.field_dropped": N_("took a question off the form"),
    "wave.put": N_("changed the registration waves"),
    "wave.dropped": N_("removed a registration wave"),
    "participant.renamed": N_("changed a display name"),
    "participant.role_changed": N_("changed a role"),
    "participants.imported": N_("brought in people"),
    "page.created": N_("wrote a page"),
    "page.edited": N_("changed a page"),
    "page.dropped": N_("removed a page"),
    "integration.connected": N_("connected"),
    "integration.connected_again": N_("connected again"),
    "integration.widened": N_("let read more:"),
    "integration.narrowed": N_("let read less:"),
    "integration.paused": N_("paused"),
    "integration.resumed": N_("resumed"),
    "integration.extended": N_("extended"),
    "integration.ended": N_("disconnected"),
    "integration.signed_in": N_("signed in to"),
    "integration.signed_out": N_("signed out of"),
    "objection.answered": N_("answered an objection"),
}


APPLIED: Final = Look("", "", "inbox")


class Need(msgspec.Struct, frozen=True):
    """One line of "Needs you": what, since when, where to do something about it."""

    icon: str
    tone: str
    href: str
    title: str
    say: str
    way_on: str


class Shown(msgspec.Struct, frozen=True):
    """One line of "Recently", in words."""

    icon: str
    tone: str
    at: datetime
    who: str
    did: str
    what: str | None


@get("/")
async def home(tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """The events of a person's organizations."""
    found = await organizations.list_by_user(tx, person.user_id)
    events = await queries.list_desks(tx, person.user_id)
    own = [(f"/organizer/organizations/{each.id}", "building-2", each.name) for each in found]
    pending = sum(event.pending for event in events)
    return pages.page("organizer/home.html", organizations=found, events=events, own=own, pending=pending)


@get("/events/{event_id:str}")
async def overview(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """The event at a glance."""
    now = clock.now()
    days = await queries.applied_by_day(tx, desk.event_id, since=now - PERIOD, until=now)
    best = max(days, key=lambda each: each.count)
    numbers = await queries.numbers(tx, desk.event_id)
    return show(
        "overview.html",
        desk,
        needs=await _needs(tx, desk, numbers, now),
        numbers=numbers,
        applied=[each.count for each in days],
        best=best if best.count else None,
        since=now - PERIOD,
        days_to_go=(desk.starts_at - now).days,
        deeds=[_shown(deed) for deed in await queries.list_deeds(tx, desk.event_id)],
    )


async def _needs(tx: Tx, desk: Desk, numbers: Numbers, now: datetime) -> list[Need]:
    if desk.publish_status == "archived":  # nothing can be done about it any more
        return []
    base = f"/organizer/events/{desk.event_id}"
    needs: list[Need] = []
    clashing = rules.clashes(await program.list_bookings(tx, desk.event_id))
    if clashing:
        title = ngettext("%(n)d activity clashes", "%(n)d activities clash with one another", len(clashing))
        say = gettext("The same location or host is needed twice at the same time.")
        needs.append(
            Need("triangle-alert", "bad", f"{base}/program", title % {"n": len(clashing)}, say, gettext("Fix clash"))
        )
    if desk.pending and numbers.oldest_pending_at:
        waited = (now - numbers.oldest_pending_at).days
        title = ngettext(
            "%(n)d application waits for a decision", "%(n)d applications wait for a decision", desk.pending
        )
        say = gettext("Oldest: %(name)s, %(ago)s. You promised an answer within %(days)d days.")
        told = {"name": numbers.oldest_pending_name, "ago": ago(numbers.oldest_pending_at)}
        tone = "bad" if waited >= desk.answer_within_days else "warn"
        href, way_on = f"{base}/applications?status=pending", gettext("Review")
        said = say % (told | {"days": desk.answer_within_days})
        needs.append(Need("inbox", tone, href, title % {"n": desk.pending}, said, way_on))
    for ailing in await queries.list_ailing(tx, desk.event_id, soon=now + SOON):
        href, way_on = f"{base}/integrations/{ailing.installation_id}", gettext("See details")
        if ailing.failing_since:
            title = gettext("%(name)s has stopped receiving updates") % {"name": ailing.name}
            say = gettext("Its server has failed for %(time)s. Nothing is lost; updates wait for it.")
            told = {"time": lasting(now - ailing.failing_since)}
            needs.append(Need("unplug", "bad", href, title, say % told, way_on))
        else:
            title = gettext("Access of %(name)s ends soon") % {"name": ailing.name}
            say = gettext("It ends by itself on %(day)s. One click extends it.") % {"day": day(ailing.ends_at)}
            needs.append(Need("calendar-clock", "warn", href, title, say, way_on))
    needs += [_unshown(base, page) for page in await queries.list_unshown(tx, desk.event_id)]
    if numbers.drafts:
        title = ngettext("%(n)d activity is not published", "%(n)d activities are not published", numbers.drafts)
        say = gettext("Participants cannot see them yet.")
        needs.append(Need("pencil", "", f"{base}/program", title % {"n": numbers.drafts}, say, gettext("Look")))
    return sorted(needs, key=lambda need: ("bad", "warn", "").index(need.tone))


def _unshown(base: str, page: Unshown) -> Need:
    title = gettext("%(title)s is not shown") % {"title": page.title}
    say = gettext("Its server forbids the frame, or leads elsewhere. Visitors are told so.")
    if page.found == "cut":
        say = gettext("Its integration is suspended or not connected. Visitors are told so.")
    if page.found in ("fails", "silent"):
        title = gettext("%(title)s doesn't load") % {"title": page.title}
        say = gettext("Its server doesn't answer, or answers with an error.")
    return Need("app-window", "bad", f"{base}/pages/{page.id}", title, say, gettext("See why"))


def _shown(deed: Deed) -> Shown:
    state = look(deed.action.rpartition(".")[2]) if deed.action != "application.submitted" else APPLIED
    known = DEEDS.get(deed.action)
    did = gettext(known) if known else deed.action.replace(".", ": ").replace("_", " ")
    who = deed.actor_name or gettext("Revento")
    what = None if deed.subject_name == deed.actor_name else deed.subject_name
    return Shown(state.icon, state.tone, deed.at, who, did, what)


HANDLERS: Final = (home, overview)
