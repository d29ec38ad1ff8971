"""The event itself: a new one from nothing or after an earlier one, its facts, publishing it."""

from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract.errors import Refused
from revento.contract.v1.event import MinAge
from revento.events.copying import actions as copying
from revento.events.events import actions, queries
from revento.events.events.actions import EventFacts
from revento.events.overview import queries as overview
from revento.events.overview.models import Desk, DeskEvent
from revento.identity import permissions, proofs
from revento.identity.organizations import queries as organizations
from revento.identity.organizations.models import OwnOrganization
from revento.identity.permissions import Permission
from revento.identity.proofs import Organizer
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId
from revento.web.organizer.desk import show
from revento.web.shared import forms, pages, words
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.text import local_input
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
ZONES: Final = sorted(
    zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
)
Line = Annotated[str, msgspec.Meta(max_length=200)]


class EventForm(msgspec.Struct):
    """What people read about an event; times are in its own zone."""

    title: Line
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    description: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    min_age: MinAge = "age_all"
    location_name: Line = ""
    website_url: Annotated[str, msgspec.Meta(max_length=500)] = ""

    def facts(self) -> EventFacts:
        """The same as the domain wants it; an unknown zone is left for the domain to refuse."""
        there = ZoneInfo(self.time_zone if self.time_zone in available_timezones() else "UTC")
        return EventFacts(
            title=self.title,
            description=self.description,
            starts_at=self.starts_at.replace(tzinfo=there),
            ends_at=self.ends_at.replace(tzinfo=there),
            time_zone=self.time_zone,
            min_age=self.min_age,
            location_name=self.location_name or None,
            website_url=self.website_url or None,
        )


class NewEvent(EventForm):
    """The same, with whose event it is and after which one it is made."""

    organization_id: str = ""
    source_id: str = ""
    with_program: bool = False


class Habits(msgspec.Struct):
    """How the team works."""

    answer_within_days: int
    is_template: bool = False


@get("/events/new")
async def new_page(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn]) -> Response[Any]:
    """The form of a new event."""
    asked = request.query_params
    start = {"organization_id": asked.get("organization", ""), "source_id": asked.get("after", "")}
    return await _new_form(tx, person, Form[NewEvent](start))


async def _new_form(tx: Tx, person: SignedIn, form: Form[NewEvent], *, status: int = 200) -> Response[Any]:
    own = await own_organizations(tx, person)
    if not own:
        return go("/organizer/organizations/new", Flash(gettext("An event belongs to an organization."), "info"))
    earlier = [event for event in await overview.list_desks(tx, person.user_id) if _is_of(own, event)]
    earlier.sort(key=lambda event: (not event.is_template, event.title.casefold()))
    return pages.page(
        "organizer/event_new.html",
        status,
        form=form,
        organizations=[(each.id, each.name) for each in own],
        earlier=[(event.event_id, _named(event)) for event in earlier],
        zones=ZONES,
        ages=words.pairs(words.AGES),
    )


async def own_organizations(tx: Tx, person: SignedIn) -> list[OwnOrganization]:
    """The organizations in which the person may make events."""
    own = await organizations.list_by_user(tx, person.user_id)
    return [each for each in own if permissions.allows(each.role, Permission.EVENT_EDIT)]


def _is_of(own: list[OwnOrganization], event: DeskEvent) -> bool:
    return any(event.organization_id == each.id for each in own)


def _named(event: DeskEvent) -> str:
    return gettext("%(title)s (template)") % {"title": event.title} if event.is_template else event.title


@post("/events/new", status_code=303)
async def create(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock]) -> Response[Any]:
    """Create a draft event; nobody outside the team sees it yet."""
    form = await forms.read(request, NewEvent)
    if got := form.got:
        organization_id = OrganizationId(got.organization_id)
        member = await proofs.as_organization_member(tx, person.user_id, organization_id, Permission.EVENT_EDIT)
        try:
            if got.source_id:
                source, whole = EventId(got.source_id), got.with_program
                id = await copying.create_after(tx, member, source, got.facts(), with_program=whole, now=clock.now())
            else:
                id = await actions.create(tx, member, got.facts(), now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
            return await _new_form(tx, person, form, status=422)
        said = gettext("%(title)s is there, as a draft that only your team sees.") % {"title": got.title}
        return go(f"/organizer/events/{id}", Flash(said))
    return await _new_form(tx, person, form, status=422)


@get("/events/{event_id:str}/settings")
async def settings_page(tx: Given[Tx], desk: Given[Desk]) -> Response[Any]:
    """The event's facts and how the team works."""
    return await _settings(tx, desk)


async def _settings(
    tx: Tx, desk: Desk, *, form: Form[EventForm] | None = None, habits: Form[Habits] | None = None, status: int = 200
) -> Response[Any]:
    event = await queries.get(tx, desk.event_id)
    plain = ("title", "description", "time_zone", "min_age", "location_name", "website_url")
    start = {name: getattr(event, name) or "" for name in plain} | {
        "starts_at": local_input(event.starts_at, event.time_zone),
        "ends_at": local_input(event.ends_at, event.time_zone),
    }
    days = {"answer_within_days": desk.answer_within_days, "is_template": "1" if desk.is_template else ""}
    return show(
        "event_settings.html",
        desk,
        status,
        form=form or Form[EventForm](start),
        habits=habits or Form[Habits](days),
        zones=ZONES,
        ages=words.pairs(words.AGES),
    )


@post("/events/{event_id:str}/settings", status_code=303)
async def edit(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], organizer: Given[Organizer], clock: Given[Clock]
) -> Response[Any]:
    """Change the event's facts."""
    form = await forms.read(request, EventForm)
    if got := form.got:
        try:
            await actions.edit(tx, organizer, got.facts(), now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _settings(tx, desk, form=form, status=422)
    return go(f"/organizer/events/{desk.event_id}/settings", Flash(gettext("Saved.")))


@post("/events/{event_id:str}/habits", status_code=303)
async def set_habits(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], organizer: Given[Organizer], clock: Given[Clock]
) -> Response[Any]:
    """Change what applicants are promised, and whether this is a template."""
    form = await forms.read(request, Habits)
    if got := form.got:
        try:
            days, template = got.answer_within_days, got.is_template
            await actions.set_habits(tx, organizer, answer_within_days=days, is_template=template, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _settings(tx, desk, habits=form, status=422)
    return go(f"/organizer/events/{desk.event_id}/settings", Flash(gettext("Saved.")))


@post("/events/{event_id:str}/publish", status_code=303)
async def publish(tx: Given[Tx], desk: Given[Desk], organizer: Given[Organizer], clock: Given[Clock]) -> Response[Any]:
    """Show the event to everybody."""
    await actions.publish(tx, organizer, now=clock.now())
    said = gettext("%(title)s is public now: everybody can see it.") % {"title": desk.title}
    return go(f"/organizer/events/{desk.event_id}", Flash(said))


HANDLERS: Final = (new_page, create, settings_page, edit, set_habits, publish)
