"""A new event made from the archive of one: what it holds and who will be in it, then all of it or nothing."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.events.archiving import actions as archives
from revento.events.importing.uploads import queries as kept
from revento.events.importing.uploads.models import Upload
from revento.identity import proofs
from revento.identity.permissions import Permission
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId, UploadId
from revento.web.organizer.events import own_organizations
from revento.web.organizer.imports import AnyRequest, gone
from revento.web.shared import forms, pages
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash


class Wanted(msgspec.Struct):
    """Whose the event becomes, under which title, and whether people see it at once."""

    title: Annotated[str, msgspec.Meta(max_length=200)]
    organization_id: str
    keep_state: bool = False


async def preview(
    tx: Tx, person: SignedIn, upload: Upload, form: Form[Wanted] | None = None, *, status: int = 200
) -> Response[Any]:
    """What the archive holds, and who will get what."""
    label, archive = await asyncio.to_thread(archives.read, upload.content)
    return pages.page(
        "organizer/import_archive.html",
        status,
        upload=upload,
        numbers=await archives.numbers(tx, label, archive),
        form=form or Form[Wanted]({"title": archive.event.title}),
        organizations=[(each.id, each.name) for each in await own_organizations(tx, person)],
    )


@post("/events/import/{upload_id:str}/restore", status_code=303)
async def restore(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], upload_id: FromPath[str]
) -> Response[Any]:
    """Make the event of the archive."""
    now = clock.now()
    upload = await kept.hold(tx, UploadId(upload_id), person.user_id, None, now=now)
    if upload is None:
        return gone("/organizer/events/import")
    form = await forms.read(request, Wanted)
    if (got := form.got) is None:
        return await preview(tx, person, upload, form, status=422)
    owner = OrganizationId(got.organization_id)
    member = await proofs.as_organization_member(tx, person.user_id, owner, Permission.EVENT_EDIT)
    label, archive = await asyncio.to_thread(archives.read, upload.content)
    told = await archives.restore(tx, member, label, archive, title=got.title, as_draft=not got.keep_state, now=now)
    await kept.drop(tx, upload.id, person.user_id)
    said = gettext("%(title)s is there, with %(n)d people and %(m)d activities.") % {
        "title": got.title,
        "n": told.numbers.people,
        "m": told.numbers.activities,
    }
    return go(f"/organizer/events/{told.event_id}", Flash(said))
