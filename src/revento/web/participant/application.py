"""One's own application: the form with its draft, sending, sending again, how it stands, withdrawing."""

from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.v1.program import WaveStatus
from revento.events.applications import actions, queries, rules
from revento.events.applications.models import Application, Draft, Status
from revento.events.forms import queries as forms
from revento.events.forms.models import FormField
from revento.events.mine.models import Visit
from revento.events.participants import actions as participants
from revento.events.reviews import queries as reviews
from revento.events.reviews.models import Review
from revento.events.waves import queries as waves
from revento.events.waves import rules as wave_rules
from revento.events.waves.models import Wave
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.participant.visit import base, show
from revento.web.shared import pages, words
from revento.web.shared.forms import Form
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
PREFIX: Final = "q-"  # before the key of a question, so that none can be mistaken for a field of ours
MOST_TYPED: Final = 20_000
STANDS: Final = {
    "pending": N_("The organizers are reading it."),
    "approved": N_("You are in. Your place is confirmed."),
    "rejected": N_("The organizers have decided not to take it this time."),
    "revision_requested": N_("The organizers ask you to change something and send it again. Your place is kept."),
    "withdrawn": N_("You have withdrawn it. You may apply again while applications are open."),
}


class Own(msgspec.Struct):
    """What the pages of one's own application need, asked before anything may fail."""

    fields: list[FormField]
    waves: list[tuple[Wave, WaveStatus]]
    application: Application | None
    draft: Draft | None
    reviews: list[Review]

    @property
    def roles(self) -> list[str]:
        """For which roles somebody may apply right now."""
        return list(dict.fromkeys(wave.role for wave, status in self.waves if status == "open"))

    @property
    def upcoming(self) -> Wave | None:
        """The next wave that opens."""
        return next((wave for wave, status in self.waves if status == "upcoming"), None)

    @property
    def asked(self) -> Review | None:
        """The request for changes that stands."""
        if self.application is None or self.application.status is not Status.REVISION_REQUESTED:
            return None
        return next((review for review in self.reviews if review.undone_at is None), None)

    @property
    def may_send(self) -> bool:
        """Whether a form makes sense: a first application in an open wave, or one that may be changed."""
        if self.application is None or self.application.status is Status.WITHDRAWN:
            return bool(self.roles)
        return rules.why_not_resubmit(self.application) is None


async def _own(tx: Tx, visit: Visit, person: SignedIn, now: datetime) -> Own:
    id = visit.application_id
    application = await queries.find(tx, visit.event_id, id) if id else None
    return Own(
        await forms.list_fields(tx, visit.event_id),
        [(wave, wave_rules.status(wave, now)) for wave in await waves.list_waves(tx, visit.event_id)],
        application,
        await queries.find_draft(tx, visit.event_id, person.user_id),
        await reviews.list_reviews(tx, visit.event_id, id) if id else [],
    )


@get("/events/{event_id:str}/application")
async def application_page(
    request: AnyRequest, tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], clock: Given[Clock]
) -> Response[str]:
    """How my application stands, or the form."""
    own = await _own(tx, visit, person, clock.now())
    return _page(visit, own, _starting(own, person), editing="edit" in request.query_params)


def _page(
    visit: Visit, own: Own, form: Form[Any], *, editing: bool = False, status: int = 200, said: str | None = None
) -> Response[str]:
    application = own.application
    stands = application.status if application else None
    writing = stands in (None, Status.REVISION_REQUESTED) or (
        (editing or bool(form.errors)) and stands in (Status.PENDING, Status.WITHDRAWN)
    )
    promised = application.submitted_at + timedelta(days=visit.answer_within_days) if application else None
    return show(
        "application.html",
        visit,
        status,
        own=own,
        form=form,
        writing=writing and (own.may_send or own.upcoming is not None),
        stands=gettext(STANDS[stands.value]) if stands else None,
        promised=promised,
        said=said,
        prefix=PREFIX,
        roles=[(role, each) for role, each in words.pairs(words.ROLES) if role in own.roles],
        role_words=words.translated(words.ROLES),
        labels={PREFIX + field.key: field.label for field in own.fields} | {"display_name": gettext("Your name here")},
        asked_keys=own.asked.fields if own.asked else [],
        shared=[field for field in own.fields if field.is_shared],
    )


def _starting(own: Own, person: SignedIn) -> Form[Any]:
    """What the form begins with: the draft, else what was sent, else the person's own name."""
    if own.draft is not None:
        known = {PREFIX + key: value for key, value in own.draft.answers.items()}
        return Form({"role": own.draft.role, "display_name": own.draft.display_name or person.name} | known)
    if own.application is not None:
        known = {PREFIX + key: _shown(value) for key, value in own.application.answers.items()}
        return Form({"role": own.application.role, "display_name": own.application.display_name} | known)
    return Form({"display_name": person.name})


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else ""
    return cast("list[str]", value) if isinstance(value, list) else str(value)


async def _typed(request: AnyRequest, own: Own) -> tuple[Form[Any], dict[str, Any]]:
    """What was posted, as the form shows it again, and the answers by key."""
    posted = await request.form()
    answers: dict[str, Any] = {}
    for field in own.fields:
        many = [str(value)[:MOST_TYPED] for value in posted.getall(PREFIX + field.key, [])]
        if field.type == "multi_choice":
            answers[field.key] = [value for value in many if value]
        else:
            answers[field.key] = many[-1] if many else ""
    role = str(posted.get("role", "")) or (own.application.role if own.application else "")
    role = role or next(iter(own.roles), own.upcoming.role if own.upcoming else "participant")
    values = {"role": role if role in words.ROLES else "participant"}
    values |= {"display_name": str(posted.get("display_name", "")).strip()[:200]}
    return Form(values | {PREFIX + key: value for key, value in answers.items()}), answers


@post("/events/{event_id:str}/application", status_code=303)
async def send(
    request: AnyRequest, tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], clock: Given[Clock]
) -> Response[Any]:
    """Apply, or apply again. What was typed is kept whatever happens."""
    now = clock.now()
    own = await _own(tx, visit, person, now)
    form, answers = await _typed(request, own)
    sent = actions.Request(form.value("role"), form.value("display_name"), answers)
    try:
        if own.application is None:
            await actions.apply(tx, person.user_id, visit.event_id, sent, now=now)
        else:
            await actions.resubmit(tx, person.user_id, visit.event_id, own.application.id, sent, now=now)
    except Refused as refused:
        if refused.reason.status not in (409, 422):
            raise
        for key, say in refused.extra.get("fields", {}).items():
            form.refuse(key if key == "display_name" else PREFIX + key, say.partition(": ")[2] or say)
        if not form.errors:
            form.refuse("", gettext(refused.say))
        return _page(visit, own, form, status=422)
    say = gettext("Sent. You will hear from the organizers within %(n)d days.") % {"n": visit.answer_within_days}
    return pages.go(f"{base(visit)}/application", Flash(say))


@post("/events/{event_id:str}/application/draft", status_code=200)
async def keep(
    request: AnyRequest, tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], clock: Given[Clock]
) -> Response[Any]:
    """Keep what is typed so far, as it is; for the page itself while typing, and for the button without JavaScript."""
    if visit.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    now = clock.now()
    own = await _own(tx, visit, person, now)
    form, answers = await _typed(request, own)
    await actions.keep_draft(
        tx,
        person.user_id,
        visit.event_id,
        role=form.value("role"),
        display_name=form.value("display_name"),
        answers={key: value for key, value in answers.items() if value},
        now=now,
    )
    if pages.visitor.current().partial:
        return show("draft_kept.html", visit, kept_at=now)
    return pages.go(f"{base(visit)}/application?edit=1", Flash(gettext("Your draft is kept. Nobody else sees it.")))


@post("/events/{event_id:str}/application/name", status_code=303)
async def rename(
    request: AnyRequest, tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], clock: Given[Clock]
) -> Response[Any]:
    """Be called otherwise in this event, also when the application is decided."""
    application, name = await _sent(tx, visit), str((await request.form()).get("display_name", "")).strip()[:200]
    try:
        await participants.rename(tx, person.user_id, visit.event_id, application.participant_id, name, now=clock.now())
    except Refused as refused:
        if refused.reason is not errors.INVALID_INPUT:
            raise
        return pages.go(f"{base(visit)}/application", Flash(gettext(refused.say), "bad"))
    return pages.go(f"{base(visit)}/application", Flash(gettext("That is your name here now.")))


@get("/events/{event_id:str}/application/withdraw")
async def withdraw_page(tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn]) -> Response[str]:
    """What withdrawing means."""
    application = await _sent(tx, visit)
    return show("withdraw.html", visit, application=application)


@post("/events/{event_id:str}/application/withdraw", status_code=303)
async def withdraw(tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], clock: Given[Clock]) -> Response[Any]:
    """Leave."""
    application = await _sent(tx, visit)
    await actions.withdraw(tx, person.user_id, visit.event_id, application.id, now=clock.now())
    return pages.go(f"{base(visit)}/application", Flash(gettext("Your application is withdrawn.")))


async def _sent(tx: Tx, visit: Visit) -> Application:
    application = await queries.find(tx, visit.event_id, visit.application_id) if visit.application_id else None
    if application is None:
        raise Refused(errors.NOT_FOUND)
    if reason := rules.why_not_withdraw(application):
        raise Refused(reason)
    return application


HANDLERS: Final = (application_page, send, keep, rename, withdraw_page, withdraw)
