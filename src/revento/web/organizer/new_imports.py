"""A new event made from a file: sent, looked at, made with everything in it or not at all."""

import asyncio
from pathlib import PurePosixPath
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.archiving import actions as archives
from revento.events.archiving import box
from revento.events.importing import actions, dialects
from revento.events.importing.models import Plan
from revento.events.importing.uploads import actions as uploads
from revento.events.importing.uploads import queries as kept
from revento.events.importing.uploads.models import Upload
from revento.identity import proofs
from revento.identity.permissions import Permission
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId, UploadId
from revento.web.organizer import previews, restores
from revento.web.organizer.events import ZONES, own_organizations
from revento.web.organizer.imports import MOST_BYTES, AnyRequest, Times, gone, read, retimed, said, sent_file
from revento.web.shared import forms, pages
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

HERE: Final = "/organizer/events/import"


class Made(msgspec.Struct):
    """The event that the file becomes."""

    mark: str
    title: Annotated[str, msgspec.Meta(max_length=200)]
    organization_id: str
    publish: bool = False


@get("/events/import")
async def send_page(tx: Given[Tx], person: Given[SignedIn]) -> Response[Any]:
    """Where the file is sent from."""
    if not await own_organizations(tx, person):
        return go("/organizer/organizations/new", Flash(gettext("An event belongs to an organization."), "info"))
    return pages.page("organizer/import_new.html", form=Form[Times]())


@post("/events/import", status_code=303, request_max_body_size=MOST_BYTES)
async def send(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock]) -> Response[Any]:
    """Take a file and show which event it would become."""
    form = Form[Times]()
    name, content = await sent_file(request)
    try:
        uploads.check(content)
        await asyncio.to_thread(archives.read if box.is_archive(content) else dialects.read, content)
        id = await uploads.keep(tx, person.user_id, None, name=name, content=content, now=clock.now())
    except Refused as refused:
        forms.take(form, refused)
        return pages.page("organizer/import_new.html", 422, form=form)
    return go(f"{HERE}/{id}")


@get("/events/import/{upload_id:str}")
async def preview_page(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], upload_id: FromPath[str]
) -> Response[Any]:
    """Which event the file would become; first of all in which time zone, when it does not say."""
    upload = await kept.find(tx, UploadId(upload_id), person.user_id, None, now=clock.now())
    if upload is None:
        return gone(HERE)
    if box.is_archive(upload.content):
        return await restores.preview(tx, person, upload)
    return await _preview(request, tx, person, upload)


async def _preview(
    request: AnyRequest,
    tx: Tx,
    person: SignedIn,
    upload: Upload,
    *,
    form: Form[Made] | None = None,
    times: Form[Times] | None = None,
    status: int = 200,
) -> Response[Any]:
    plan, asks = await _plan(tx, upload)
    if plan is None:
        return pages.page(
            "organizer/import_zone.html", status, upload=upload, asks=asks, zones=ZONES, times=times or Form[Times]()
        )
    seen = previews.shown(plan, request.query_params)
    start = {"time_zone": plan.zone, "wall_clock": "1" if upload.wall_clock else ""}
    title = plan.schedule.title or PurePosixPath(upload.name).stem
    return pages.page(
        "organizer/import_event.html",
        status,
        upload=upload,
        plan=plan,
        report=actions.report(plan, None, dry_run=True),
        seen=seen,
        kept=urlencode({"part": seen.part, "q": seen.q}),
        parts=previews.PARTS,
        form=form or Form[Made]({"title": title[:200]}),
        times=times or Form[Times](start),
        zones=ZONES,
        organizations=[(each.id, each.name) for each in await own_organizations(tx, person)],
    )


async def _plan(tx: Tx, upload: Upload) -> tuple[Plan | None, str]:
    """What the file would bring; else why it cannot be said yet: nobody knows its time zone."""
    try:
        schedule, zone = await read(upload, None)
    except Refused as refused:
        if refused.reason is not errors.TIME_ZONE_NEEDED:
            raise
        return None, refused.say
    return await actions.compare(tx, None, schedule, zone), ""


@post("/events/import/{upload_id:str}/times", status_code=303)
async def change_times(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], upload_id: FromPath[str]
) -> Response[Any]:
    """Read the file's times in this zone."""
    upload = await kept.hold(tx, UploadId(upload_id), person.user_id, None, now=clock.now())
    if upload is None:
        return gone(HERE)
    form = await forms.read(request, Times)
    wanted = retimed(upload, form)
    try:
        await read(wanted, None)
    except Refused as refused:
        forms.take(form, refused)
        return await _preview(request, tx, person, upload, times=form, status=422)
    await uploads.set_times(tx, person.user_id, wanted)
    return go(f"{HERE}/{upload.id}")


@post("/events/import/{upload_id:str}/make", status_code=303)
async def make(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], upload_id: FromPath[str]
) -> Response[Any]:
    """Make the event, as a draft with the whole program in it."""
    now = clock.now()
    upload = await kept.hold(tx, UploadId(upload_id), person.user_id, None, now=now)
    if upload is None:
        return gone(HERE)
    form = await forms.read(request, Made)
    plan, _ = await _plan(tx, upload)
    if (got := form.got) is None or plan is None:
        return await _preview(request, tx, person, upload, form=form, status=422)
    organization_id = OrganizationId(got.organization_id)
    member = await proofs.as_organization_member(tx, person.user_id, organization_id, Permission.EVENT_EDIT)
    try:
        event_id = await actions.create_event(tx, member, got.title, plan.schedule, plan.zone, now=now)
    except Refused as refused:
        forms.take(form, refused)
        return await _preview(request, tx, person, upload, form=form, status=422)
    planner = await proofs.as_planner(tx, person.user_id, event_id)
    await actions.lock(tx, event_id)
    told = await actions.carry_out(
        tx, planner, plan, remove_vanished=False, publish=got.publish, looked_at=got.mark, now=now
    )
    await kept.drop(tx, upload.id, person.user_id)
    there = gettext("%(title)s is there, as a draft that only your team sees.") % {"title": got.title}
    return go(f"/organizer/events/{event_id}/program", Flash(f"{there} {said(told)}"))


@post("/events/import/{upload_id:str}/drop", status_code=303)
async def put_away(tx: Given[Tx], person: Given[SignedIn], upload_id: FromPath[str]) -> Response[Any]:
    """Forget the file; there is no event."""
    await kept.drop(tx, UploadId(upload_id), person.user_id)
    return go(HERE, Flash(gettext("The file is put away; nothing was changed."), "info"))


HANDLERS: Final = (send_page, send, preview_page, change_times, make, put_away, restores.restore)
