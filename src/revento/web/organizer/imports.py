"""Import and export of one event: a schedule file is sent, looked at, and brought in or put away."""

import asyncio
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.importing import actions
from revento.events.importing.models import Plan, Report, Schedule
from revento.events.importing.uploads import actions as uploads
from revento.events.importing.uploads import queries as kept
from revento.events.importing.uploads.models import Upload
from revento.events.overview.models import Desk
from revento.identity.proofs import Planner
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import UploadId
from revento.web.organizer import previews
from revento.web.organizer.desk import show
from revento.web.organizer.events import ZONES
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
MOST_BYTES: Final = uploads.MOST_BYTES + 64 * 1024  # the form around the file
GONE: Final = N_(
    "This file is no longer here: it was brought in, put away, or waited longer than an hour. Send it again."
)


class Times(msgspec.Struct):
    """How the file's times are to be read."""

    time_zone: str = ""
    wall_clock: bool = False


class Decision(msgspec.Struct):
    """What was agreed to: `mark` is the preview that was looked at."""

    mark: str
    remove_vanished: bool = False
    publish: bool = False


async def sent_file(request: AnyRequest) -> tuple[str, bytes]:
    """The name and content of the posted file; empty when none was chosen."""
    file = (await request.form()).get("file")
    return (file.filename, await file.read()) if isinstance(file, UploadFile) else ("", b"")


async def read(upload: Upload, of_event: str | None) -> tuple[Schedule, str]:
    """What a kept file says, read beside the event loop: a large one takes seconds. Raises as `actions.read`."""
    return await asyncio.to_thread(
        actions.read, upload.content, time_zone=upload.time_zone, of_event=of_event, wall_clock=upload.wall_clock
    )


def retimed(upload: Upload, form: Form[Times]) -> Upload:
    """The file with its times read as the form wants it."""
    got = form.got or Times()
    return msgspec.structs.replace(upload, time_zone=got.time_zone or None, wall_clock=got.wall_clock)


def gone(back: str) -> Response[Any]:
    """Sends the browser back to where files are sent from."""
    return go(back, Flash(gettext(GONE), "warn"))


@get("/events/{event_id:str}/program/files")
async def files_page(desk: Given[Desk]) -> Response[Any]:
    """Where files come in and go out."""
    return show("files.html", desk, form=Form[Times]())


@post("/events/{event_id:str}/program/files", status_code=303, request_max_body_size=MOST_BYTES)
async def send(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock]
) -> Response[Any]:
    """Take a schedule file and show what it would do. Nothing of the program changes."""
    if planner.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    form = Form[Times]()
    name, content = await sent_file(request)
    try:
        uploads.check(content)
        await asyncio.to_thread(actions.read, content, time_zone=None, of_event=desk.time_zone)
        id = await uploads.keep(tx, planner.user_id, desk.event_id, name=name, content=content, now=clock.now())
    except Refused as refused:
        forms.take(form, refused)
        return show("files.html", desk, 422, form=form)
    return go(f"/organizer/events/{desk.event_id}/program/files/{id}")


@get("/events/{event_id:str}/program/files/{upload_id:str}")
async def preview_page(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    planner: Given[Planner],
    clock: Given[Clock],
    upload_id: FromPath[str],
) -> Response[Any]:
    """What the file would change."""
    upload = await kept.find(tx, UploadId(upload_id), planner.user_id, desk.event_id, now=clock.now())
    if upload is None:
        return gone(f"/organizer/events/{desk.event_id}/program/files")
    schedule, zone = await read(upload, desk.time_zone)
    plan = await actions.compare(tx, desk.event_id, schedule, zone)
    return await _preview(request, tx, desk, upload, plan)


async def _preview(
    request: AnyRequest,
    tx: Tx,
    desk: Desk,
    upload: Upload,
    plan: Plan,
    *,
    times: Form[Times] | None = None,
    stale: bool = False,
    status: int = 200,
) -> Response[Any]:
    seen = previews.shown(plan, request.query_params)
    start = {"time_zone": plan.zone, "wall_clock": "1" if upload.wall_clock else ""}
    return show(
        "import.html",
        desk,
        status,
        upload=upload,
        plan=plan,
        report=actions.report(plan, desk.event_id, dry_run=True),
        seen=seen,
        kept=urlencode({"part": seen.part, "q": seen.q}),
        parts=previews.PARTS,
        times=times or Form[Times](start),
        zones=ZONES,
        outside=await actions.outside(tx, desk.event_id, plan),
        signed_up=sum(each.signup_count for each in plan.vanished),
        stale=stale,
    )


@post("/events/{event_id:str}/program/files/{upload_id:str}/times", status_code=303)
async def change_times(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    planner: Given[Planner],
    clock: Given[Clock],
    upload_id: FromPath[str],
) -> Response[Any]:
    """Read the file's times in another zone."""
    upload = await kept.hold(tx, UploadId(upload_id), planner.user_id, desk.event_id, now=clock.now())
    if upload is None:
        return gone(f"/organizer/events/{desk.event_id}/program/files")
    form = await forms.read(request, Times)
    wanted = retimed(upload, form)
    try:
        await read(wanted, desk.time_zone)
    except Refused as refused:
        forms.take(form, refused)
        plan = await actions.compare(tx, desk.event_id, *await read(upload, desk.time_zone))
        return await _preview(request, tx, desk, upload, plan, times=form, status=422)
    await uploads.set_times(tx, planner.user_id, wanted)
    return go(f"/organizer/events/{desk.event_id}/program/files/{upload.id}")


@post("/events/{event_id:str}/program/files/{upload_id:str}/bring", status_code=303)
async def bring(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    planner: Given[Planner],
    clock: Given[Clock],
    upload_id: FromPath[str],
) -> Response[Any]:
    """Bring the file in, all of it, as its preview said; else show what it would do by now."""
    base, now = f"/organizer/events/{desk.event_id}/program", clock.now()
    upload = await kept.hold(tx, UploadId(upload_id), planner.user_id, desk.event_id, now=now)
    if upload is None:
        return gone(f"{base}/files")
    got = (await forms.read(request, Decision)).got or Decision("")
    schedule, zone = await read(upload, desk.time_zone)
    await actions.lock(tx, desk.event_id)
    plan = await actions.compare(tx, desk.event_id, schedule, zone)
    try:
        told = await actions.carry_out(
            tx, planner, plan, remove_vanished=got.remove_vanished, publish=got.publish, looked_at=got.mark, now=now
        )
    except Refused as refused:
        if refused.reason is not errors.CHANGED_MEANWHILE:
            raise
        return await _preview(request, tx, desk, upload, plan, stale=True, status=409)
    await kept.drop(tx, upload.id, planner.user_id)
    return go(base, Flash(said(told)))


def said(told: Report) -> str:
    """What an import did, in a sentence."""
    words = [ngettext("%(n)d activity is new", "%(n)d activities are new", told.created) % {"n": told.created}]
    if told.updated:
        words.append(gettext("%(n)d changed") % {"n": told.updated})
    if told.removed:
        words.append(gettext("%(n)d removed") % {"n": told.removed})
    if told.unchanged:
        words.append(gettext("%(n)d stayed as they were") % {"n": told.unchanged})
    return f"{', '.join(words)}."


@post("/events/{event_id:str}/program/files/{upload_id:str}/drop", status_code=303)
async def put_away(
    tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], upload_id: FromPath[str]
) -> Response[Any]:
    """Forget the file; nothing was changed."""
    await kept.drop(tx, UploadId(upload_id), planner.user_id)
    words = gettext("The file is put away; nothing was changed.")
    return go(f"/organizer/events/{desk.event_id}/program/files", Flash(words, "info"))


HANDLERS: Final = (files_page, send, preview_page, change_times, bring, put_away)
