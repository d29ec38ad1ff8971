"""Applications: the queue, one application beside it, its history; deciding is in `decisions`."""

from datetime import date, datetime
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.applications import queries as applications
from revento.events.applications.models import Application
from revento.events.forms import queries as forms
from revento.events.forms.models import FormField
from revento.events.overview.models import Desk
from revento.events.reviews import queries as reviews
from revento.events.reviews.models import QueueRow
from revento.events.saved_views import queries as saved_views
from revento.events.waves import queries as waves
from revento.identity.organizations import queries as organizations
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ApplicationId
from revento.web.organizer import queue
from revento.web.organizer.desk import show
from revento.web.organizer.queue import Asked
from revento.web.shared import visitor, words
from revento.web.shared.forms import Form
from revento.web.shared.text import day
from revento.web.shared.translate import gettext

LONG: Final = 120  # characters from which an answer gets its own paragraph
AnyRequest = Request[Any, Any, Any]


@get("/events/{event_id:str}/applications")
async def applications_page(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], person: Given[SignedIn], clock: Given[Clock]
) -> Response[str]:
    """The queue, the longest waiting first, with the first that waits open on wide screens."""
    wanted = queue.asked(dict(request.query_params), person)
    rows, older = await queue.page(tx, desk, wanted)
    if visitor.current().partial:
        return show("applications_rows.html", desk, **_listed(rows, older, wanted), application=None)
    first = next((row.id for row in rows if row.status == "pending"), rows[0].id if rows else None)
    chosen = await applications.find(tx, desk.event_id, first) if first else None
    return await _page(tx, desk, person, wanted, (rows, older), chosen, now=clock.now())


@get("/events/{event_id:str}/applications/{application_id:str}")
async def application_page(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    person: Given[SignedIn],
    clock: Given[Clock],
    application_id: FromPath[str],
) -> Response[str]:
    """One application beside the queue it was opened from."""
    wanted = queue.asked(dict(request.query_params), person)
    return await opened(tx, desk, person, wanted, ApplicationId(application_id), Form(), now=clock.now())


async def opened(
    tx: Tx,
    desk: Desk,
    person: SignedIn,
    wanted: Asked,
    id: ApplicationId,
    form: Form[Any],
    *,
    now: datetime,
    status: int = 200,
) -> Response[str]:
    """The page of one application, also as the answer to a decision that didn't work. Raises `NOT_FOUND`."""
    application = await applications.find(tx, desk.event_id, id)
    if application is None:
        raise Refused(errors.NOT_FOUND)
    listed = await queue.page(tx, desk, wanted)
    return await _page(tx, desk, person, wanted, listed, application, now=now, chosen=True, form=form, status=status)


def _listed(rows: list[QueueRow], older: str | None, wanted: Asked) -> dict[str, Any]:
    return {
        "rows": rows,
        "older": older,
        "asked": wanted,
        "query": wanted.query(),
        "role_words": words.translated(words.ROLES),
    }


async def _page(
    tx: Tx,
    desk: Desk,
    person: SignedIn,
    wanted: Asked,
    listed: tuple[list[QueueRow], str | None],
    application: Application | None,
    *,
    now: datetime,
    chosen: bool = False,
    form: Form[Any] | None = None,
    status: int = 200,
) -> Response[str]:
    rows, older = listed
    base = f"/organizer/events/{desk.event_id}/applications"
    counted = {each.status: each for each in await reviews.count_by_status(tx, desk.event_id)}
    waiting = counted.get("pending")  # pyright: ignore[reportArgumentType]  a StrEnum is its value
    query = wanted.query()
    kept = await saved_views.list_views(tx, desk.event_id, person.user_id)
    return show(
        "applications.html",
        desk,
        status,
        waiting=waiting,
        waited_days=(now - waiting.oldest_at).days if waiting else 0,
        views=await queue.views(tx, desk, base, kept),
        kept_view=next((view.name for view in kept if query and view.query == query), None),
        current_view=f"{base}?{query}" if query else base,
        statuses=words.statuses(),
        roles=words.pairs(words.ROLES),
        chosen=chosen,
        application=application,
        **_listed(rows, older, wanted),
        **(await _detail(tx, desk, application, rows, query, form or Form()) if application else {}),
    )


async def _detail(
    tx: Tx, desk: Desk, application: Application, rows: list[QueueRow], query: str, form: Form[Any]
) -> dict[str, Any]:
    fields = await forms.list_fields(tx, desk.event_id)
    shown = [(field, answer_words(application.answers.get(field.key), field)) for field in fields]
    places = [row.id for row in rows]
    here = places.index(application.id) if application.id in places else None
    base, end = f"/organizer/events/{desk.event_id}/applications", f"?{query}" if query else ""

    def beside(step: int) -> str | None:
        if here is None or not 0 <= here + step < len(places):
            return None
        return f"{base}/{places[here + step]}{end}"

    titles = {wave.id: wave.title for wave in await waves.list_waves(tx, desk.event_id)}
    members = await organizations.list_members(tx, desk.organization_id)
    return {
        "form": form,
        "fields": fields,
        "short_answers": [(field.label, said) for field, said in shown if len(said) <= LONG],
        "long_answers": [(field.label, said) for field, said in shown if len(said) > LONG],
        "wave_title": titles.get(application.registration_wave_id) if application.registration_wave_id else None,
        "reviews": await reviews.list_reviews(tx, desk.event_id, application.id),
        "notes": await reviews.list_notes(tx, desk.event_id, application.id),
        "colleagues": [(member.user_id, member.name) for member in members],
        "decisions": words.pairs(words.DECISIONS),
        "previous": beside(-1),
        "following": beside(1),
    }


def answer_words(answer: Any, field: FormField) -> str:
    """An answer as people read it."""
    if answer is None:
        return ""
    if field.type == "boolean":
        return gettext("Yes") if answer else gettext("No")
    if field.type == "multi_choice":
        return ", ".join(str(each) for each in answer)
    if field.type == "date":
        return day(date.fromisoformat(answer), "d MMMM y")
    return str(answer)


HANDLERS: Final = (applications_page, application_page)
