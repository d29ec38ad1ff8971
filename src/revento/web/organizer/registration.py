"""Forms and waves: what applicants are asked, which answers integrations may read, when who may apply."""

from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.v1.event import FieldType
from revento.contract.v1.participant import Role
from revento.events.forms import actions as forms
from revento.events.forms import queries as fields
from revento.events.forms.models import FormField
from revento.events.overview import queries as overview
from revento.events.overview.models import Desk
from revento.events.waves import actions, queries, rules
from revento.identity.proofs import Organizer
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import WaveId
from revento.web.organizer.desk import show
from revento.web.shared import forms as posted
from revento.web.shared import words
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
KINDS: Final = {
    "text": N_("One line"),
    "long_text": N_("Several lines"),
    "number": N_("Number"),
    "boolean": N_("Yes or no"),
    "date": N_("Date"),
    "choice": N_("One of several"),
    "multi_choice": N_("Any of several"),
}


class Question(msgspec.Struct):
    """The form of one field. `options` has one option a line."""

    key: Annotated[str, msgspec.Meta(max_length=63)]
    label: Annotated[str, msgspec.Meta(max_length=200)]
    type: FieldType
    required: bool = False
    options: str = ""
    help_text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    is_shared: bool = False
    known: str = ""


class WaveForm(msgspec.Struct):
    """The form of one wave; its times are in the event's zone."""

    title: Annotated[str, msgspec.Meta(max_length=200)]
    role: Role
    opens_at: datetime
    closes_at: datetime
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


@get("/events/{event_id:str}/forms")
async def registration_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """The event's questions and waves."""
    return await _page(tx, desk, clock)


async def _page(
    tx: Tx,
    desk: Desk,
    clock: Clock,
    *,
    status: int = 200,
    question: Form[Question] | None = None,
    wave: Form[WaveForm] | None = None,
    opened: str = "",
) -> Response[str]:
    waves = await queries.list_waves(tx, desk.event_id)
    return show(
        "registration.html",
        desk,
        status,
        fields=await fields.list_fields(tx, desk.event_id),
        waves=[(wave, rules.status(wave, clock.now())) for wave in waves],
        readers=await overview.list_readers(tx, desk.event_id),
        kinds=words.pairs(KINDS),
        kind_words=words.translated(KINDS),
        roles=words.pairs(words.ROLES),
        role_words=words.translated(words.ROLES),
        question=question or Form[Question](),
        wave=wave or Form[WaveForm](),
        blank=Form[Question](),
        opened=opened,
    )


@post("/events/{event_id:str}/forms/fields", status_code=303)
async def put_field(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], organizer: Given[Organizer], clock: Given[Clock]
) -> Response[Any]:
    """Add a question or change it."""
    form = await posted.read(request, Question)
    if got := form.got:
        options = [line.strip() for line in got.options.splitlines() if line.strip()]
        chosen = options if got.type in ("choice", "multi_choice") else []
        field = FormField(
            desk.event_id,
            got.key,
            got.label,
            got.type,
            got.required,
            chosen,
            got.help_text,
            got.is_shared,
            0,
        )
        door = forms.put_field if got.known == got.key else forms.add_field
        try:
            await door(tx, organizer, field, now=clock.now())
        except Refused as refused:
            posted.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, clock, status=422, question=form, opened=str(form.value("known")) or "new")
    return go(f"/organizer/events/{desk.event_id}/forms", Flash(gettext("Question saved.")))


@post("/events/{event_id:str}/forms/fields/{key:str}/drop", status_code=303)
async def drop_field(
    tx: Given[Tx], organizer: Given[Organizer], clock: Given[Clock], key: FromPath[str]
) -> Response[Any]:
    """Take a question off the form."""
    await forms.drop_field(tx, organizer, key, now=clock.now())
    said = Flash(gettext("Question removed. Answers already given stay with their applications."))
    return go(f"/organizer/events/{organizer.event_id}/forms", said)


@post("/events/{event_id:str}/forms/fields/{key:str}/{way:str}", status_code=303)
async def move_field(
    tx: Given[Tx], organizer: Given[Organizer], clock: Given[Clock], key: FromPath[str], way: FromPath[str]
) -> Response[Any]:
    """Ask a question earlier (`up`) or later (`down`)."""
    if way not in ("up", "down"):
        raise Refused(errors.NOT_FOUND)
    await forms.move_field(tx, organizer, key, up=way == "up", now=clock.now())
    return go(f"/organizer/events/{organizer.event_id}/forms")


@post("/events/{event_id:str}/forms/waves", status_code=303)
async def put_wave(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], organizer: Given[Organizer], clock: Given[Clock]
) -> Response[Any]:
    """Add a wave or change it."""
    form = await posted.read(request, WaveForm)
    id = WaveId(str(form.value("id"))) if form.value("id") else None
    if got := form.got:
        zone = ZoneInfo(desk.time_zone)
        times = {"opens_at": got.opens_at.replace(tzinfo=zone), "closes_at": got.closes_at.replace(tzinfo=zone)}
        try:
            await actions.put_wave(
                tx, organizer, id=id, title=got.title, role=got.role, capacity=got.capacity, now=clock.now(), **times
            )
        except Refused as refused:
            posted.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, clock, status=422, wave=form, opened=id or "wave")
    return go(f"/organizer/events/{desk.event_id}/forms", Flash(gettext("Wave saved.")))


@post("/events/{event_id:str}/forms/waves/{wave_id:str}/drop", status_code=303)
async def drop_wave(
    tx: Given[Tx], organizer: Given[Organizer], clock: Given[Clock], wave_id: FromPath[str]
) -> Response[Any]:
    """Take a wave away."""
    target = f"/organizer/events/{organizer.event_id}/forms"
    try:
        await actions.drop_wave(tx, organizer, WaveId(wave_id), now=clock.now())
    except Refused as refused:
        if refused.reason.status != 409:
            raise
        return go(target, Flash(gettext(refused.say), "bad"))
    return go(target, Flash(gettext("Wave removed.")))


HANDLERS: Final = (registration_page, put_field, drop_field, move_field, put_wave, drop_wave)
