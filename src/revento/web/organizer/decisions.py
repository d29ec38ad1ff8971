"""Deciding applications: one by one, several at once, and taking it back while the applicant doesn't know yet."""

import csv
from datetime import datetime
from io import StringIO
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath, FromQuery

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.events.applications import queries as applications
from revento.events.applications.models import Status
from revento.events.forms import queries as forms
from revento.events.overview import queries as overview
from revento.events.overview.models import Desk
from revento.events.reviews import actions
from revento.events.reviews import queries as reviews
from revento.events.saved_views import actions as saved_views
from revento.identity.proofs import Reviewer
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ApplicationId, UserId
from revento.web.organizer import queue
from revento.web.organizer.applications import answer_words, opened
from revento.web.organizer.desk import BEGINNING
from revento.web.organizer.queue import Asked
from revento.web.shared import forms as posted
from revento.web.shared.pages import go
from revento.web.shared.states import look
from revento.web.shared.text import ago
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
Decision = Literal["approved", "revision_requested", "rejected"]
MOST_AT_ONCE: Final = 200
_MEANWHILE: Final = frozenset((errors.CHANGED_MEANWHILE, errors.ALREADY_REVIEWED))
_STAYS: Final = frozenset((errors.UNDO_TOO_LATE, errors.CHANGED_MEANWHILE))  # what an undo leaves as it is
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Decided(msgspec.Struct):
    """The decision form."""

    decision: Decision
    version: int
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    fields: list[str] = []
    then_next: bool = False
    query: str = ""


async def decide(
    tx: Tx,
    reviewer: Reviewer,
    id: ApplicationId,
    decision: Decision,
    *,
    note: str,
    fields: list[str],
    version: int,
    now: datetime,
) -> None:
    """The decision by its name. Raises as `reviews.actions`."""
    if decision == "approved":
        await actions.approve(tx, reviewer, id, note=note, version=version, now=now)
    elif decision == "rejected":
        await actions.reject(tx, reviewer, id, note=note, version=version, now=now)
    else:
        await actions.ask_revision(tx, reviewer, id, note=note, fields=fields, version=version, now=now)


@post("/events/{event_id:str}/applications/{application_id:str}/decide", status_code=303)
async def decide_one(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    reviewer: Given[Reviewer],
    person: Given[SignedIn],
    clock: Given[Clock],
    application_id: FromPath[str],
) -> Response[Any]:
    """Decide, then the next one that waits. Who comes second sees what the first has done, and keeps what she typed."""
    form = await posted.read(request, Decided)
    now, id = clock.now(), ApplicationId(application_id)
    wanted, got = queue.kept(form.value("query"), person), form.got
    if got and got.decision == "revision_requested" and not got.note.strip():
        form.refuse("note", gettext("Say what should change."))
    if got is None or form.got is None:
        return await opened(tx, desk, person, wanted, id, form, now=now, status=422)
    try:
        await decide(tx, reviewer, id, got.decision, note=got.note, fields=got.fields, version=got.version, now=now)
    except Refused as refused:
        if refused.reason not in _MEANWHILE:
            raise
        form.refuse("", await _what_happened(tx, desk, id))
        return await opened(tx, desk, person, wanted, id, form, now=now, status=409)
    base = f"/organizer/events/{desk.event_id}/applications"
    said = Flash(f"{look(got.decision).words}.", undo=_undo(base, wanted, now))
    following = await _following(tx, desk, id, wanted) if got.then_next else None
    return go(wanted.at(f"{base}/{following or id}"), said)


async def _following(tx: Tx, desk: Desk, id: ApplicationId, wanted: Asked) -> ApplicationId | None:
    """Who waits next in this view of the queue: behind the one just decided, else from its beginning."""
    decided = await applications.find(tx, desk.event_id, id)
    places = [(decided.submitted_at, decided.id)] if decided is not None and decided.submitted_at else []
    for place in [*places, BEGINNING]:
        found = await reviews.page_queue(
            tx,
            desk.event_id,
            place,
            status=Status.PENDING,
            role=wanted.role,
            search=wanted.q,
            assigned_to=wanted.mine,
            limit=1,
        )
        if found:
            return found[0].id
    return None


async def _what_happened(tx: Tx, desk: Desk, id: ApplicationId) -> str:
    for review in await reviews.list_reviews(tx, desk.event_id, id):
        if review.undone_at is None:
            who, what, when = review.reviewer_name, look(review.action).words, ago(review.at)
            return gettext("%(who)s was faster: %(what)s, %(when)s.") % {"who": who, "what": what, "when": when}
    return gettext("The applicant changed it while you looked. Read it again before you decide.")


@post("/events/{event_id:str}/applications/bulk", status_code=303)
async def decide_many(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    reviewer: Given[Reviewer],
    person: Given[SignedIn],
    clock: Given[Clock],
) -> Response[Any]:
    """The same decision for several. Those that somebody else has decided meanwhile stay as they are."""
    sent = await request.form()
    decision = msgspec.convert(sent.get("decision"), Decision)
    chosen = [str(each).partition("~") for each in sent.getall("ids", [])][:MOST_AT_ONCE]
    base, now, done = f"/organizer/events/{desk.event_id}/applications", clock.now(), 0
    wanted = queue.kept(sent.get("query"), person)
    note = gettext("Please look at your answers again.") if decision == "revision_requested" else ""
    for id, _, version in sorted(chosen):  # always in the same order: two reviewers never wait for each other
        try:
            await decide(tx, reviewer, ApplicationId(id), decision, note=note, fields=[], version=int(version), now=now)
            done += 1
        except Refused as refused:
            if refused.reason not in _MEANWHILE:
                raise
    flashes: list[Flash] = []
    if done:
        words = ngettext("%(n)d application: %(what)s.", "%(n)d applications: %(what)s.", done)
        flashes.append(Flash(words % {"n": done, "what": look(decision).words}, undo=_undo(base, wanted, now)))
    if missed := len(chosen) - done:
        words = ngettext("%(n)d was decided meanwhile and stays.", "%(n)d were decided meanwhile and stay.", missed)
        flashes.append(Flash(words % {"n": missed}, "warn"))
    if not chosen:
        flashes.append(Flash(gettext("Choose at least one application first."), "warn"))
    return go(wanted.at(base), *flashes)


@post("/events/{event_id:str}/applications/undo", status_code=303)
async def undo(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    reviewer: Given[Reviewer],
    person: Given[SignedIn],
    clock: Given[Clock],
    at: FromQuery[str],
) -> Response[Any]:
    """Take back what one click decided, within the undo window."""
    base = f"/organizer/events/{desk.event_id}/applications"
    wanted = queue.asked(dict(request.query_params), person)
    made = await overview.list_reviews_at(tx, desk.event_id, reviewer.user_id, datetime.fromisoformat(at))
    back, kept = 0, dict[Reason, int]()
    for review in made:
        try:
            await actions.undo(tx, reviewer, review.application_id, review.id, now=clock.now())
            back += 1
        except Refused as refused:
            if refused.reason not in _STAYS:
                raise
            kept[refused.reason] = kept.get(refused.reason, 0) + 1
    words = ngettext("%(n)d decision taken back.", "%(n)d decisions taken back.", back)
    said = [Flash(words % {"n": back})] if back else []
    said += [Flash(f"{n} × {gettext(reason.say)}", "warn") for reason, n in kept.items()]
    return go(wanted.at(f"{base}/{made[0].application_id}" if len(made) == 1 else base), *said)


@post("/events/{event_id:str}/applications/{application_id:str}/reopen", status_code=303)
async def reopen(
    request: AnyRequest,
    tx: Given[Tx],
    reviewer: Given[Reviewer],
    person: Given[SignedIn],
    clock: Given[Clock],
    application_id: FromPath[str],
) -> Response[Any]:
    """Make a decided application wait again."""
    wanted = queue.kept((await request.form()).get("query"), person)
    await actions.reopen(tx, reviewer, ApplicationId(application_id), now=clock.now())
    return go(wanted.at(_one(reviewer, application_id)))


@post("/events/{event_id:str}/applications/{application_id:str}/assign", status_code=303)
async def assign(
    request: AnyRequest,
    tx: Given[Tx],
    reviewer: Given[Reviewer],
    person: Given[SignedIn],
    clock: Given[Clock],
    application_id: FromPath[str],
) -> Response[Any]:
    """Give an application to a colleague."""
    sent = await request.form()
    to, wanted = str(sent.get("to", "")) or None, queue.kept(sent.get("query"), person)
    await actions.assign(tx, reviewer, ApplicationId(application_id), UserId(to) if to else None, now=clock.now())
    said = Flash(gettext("Assigned.") if to else gettext("Assigned to nobody."))
    return go(wanted.at(_one(reviewer, application_id)), said)


@post("/events/{event_id:str}/applications/{application_id:str}/notes", status_code=303)
async def add_note(
    request: AnyRequest,
    tx: Given[Tx],
    reviewer: Given[Reviewer],
    person: Given[SignedIn],
    clock: Given[Clock],
    application_id: FromPath[str],
) -> Response[Any]:
    """A remark for the other reviewers."""
    sent = await request.form()
    await actions.add_note(tx, reviewer, ApplicationId(application_id), str(sent.get("text", "")), now=clock.now())
    return go(queue.kept(sent.get("query"), person).at(_one(reviewer, application_id)))


@post("/events/{event_id:str}/applications/views", status_code=303)
async def keep_view(
    request: AnyRequest, tx: Given[Tx], reviewer: Given[Reviewer], clock: Given[Clock]
) -> Response[Any]:
    """Keep the filters under a name."""
    sent = await request.form()
    name, query = str(sent.get("name", "")), str(sent.get("query", ""))
    await saved_views.keep(tx, reviewer, name=name, query=query, now=clock.now())
    return go(f"/organizer/events/{reviewer.event_id}/applications?{query}", Flash(gettext("View kept.")))


@post("/events/{event_id:str}/applications/views/forget", status_code=303)
async def forget_view(request: AnyRequest, tx: Given[Tx], reviewer: Given[Reviewer]) -> Response[Any]:
    """Take a kept view off the tabs; the applications stay as they are."""
    await saved_views.forget(tx, reviewer, name=str((await request.form()).get("name", "")))
    return go(f"/organizer/events/{reviewer.event_id}/applications", Flash(gettext("View removed.")))


@get("/events/{event_id:str}/applications.csv")
async def export(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], person: Given[SignedIn]) -> Response[str]:
    """The filtered queue with all answers, for a spreadsheet. Cells that would run there as formulas are disarmed."""
    wanted = queue.asked(dict(request.query_params), person)
    fields = await forms.list_fields(tx, desk.event_id)
    out = StringIO()
    table = csv.writer(out)
    table.writerow(["id", "name", "role", "status", "submitted_at", *(field.key for field in fields)])
    for row in await overview.list_answers(
        tx, desk.event_id, status=wanted.status, role=wanted.role, search=wanted.q, assigned_to=wanted.mine
    ):
        answers = [answer_words(row.answers.get(field.key), field) for field in fields]
        told = [row.id, row.display_name, row.role, row.status, row.submitted_at.isoformat(), *answers]
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in told])
    return Response(
        "\ufeff" + out.getvalue(),  # the mark makes spreadsheets read UTF-8
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="applications.csv"', "Cache-Control": "no-store"},
    )


def _one(reviewer: Reviewer, id: str) -> str:
    return f"/organizer/events/{reviewer.event_id}/applications/{id}"


def _undo(base: str, wanted: Asked, now: datetime) -> str:
    stamp = now.isoformat().replace("+00:00", "Z")
    return "&".join(part for part in (f"{base}/undo?at={stamp}", wanted.query()) if part)


HANDLERS: Final = (decide_one, decide_many, undo, reopen, assign, add_note, keep_view, forget_view, export)
