"""The pre-launch checklist, filled from evidence, and what the examinations after listing saw."""

from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency as Given

from revento.contract.errors import Refused
from revento.integrations.catalogue.models import Developer
from revento.integrations.conformance import actions, rules
from revento.integrations.conformance import queries as reports
from revento.integrations.examinations import queries as examinations
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.developer.desk import AnyRequest, Desk, show
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash


@get("/integrations/{integration_id:str}/checklist")
async def checklist_page(tx: Given[Tx], desk: Given[Desk], settings: Given[Settings]) -> Response[str]:
    """Each line with the requests that prove it."""
    return await _page(tx, desk, Form(), base_url=settings.base_url)


async def _page(tx: Tx, desk: Desk, form: Form[Any], *, base_url: str, status: int = 200) -> Response[str]:
    kept, items = await actions.checklist(tx, desk.console.id)
    return show(
        "checklist.html",
        desk,
        status,
        kept=kept,
        items=items,
        ready=rules.is_ready(items),
        recent=await reports.list_recent(tx, desk.console.id),
        seen=await examinations.list_by_integration(tx, desk.console.id),
        form=form,
        base_url=base_url,
        local=_local(desk),
    )


def _local(desk: Desk) -> str:
    """Where the integration listens, as the kit takes it."""
    address = urlsplit(desk.client.manifest.webhook_url or desk.client.manifest.redirect_uris[0])
    return f"{address.scheme}://{address.netloc}"


@post("/integrations/{integration_id:str}/checklist", status_code=303)
async def upload(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    provided: Given[Services],
) -> Response[Any]:
    """Take in the file that `revento check --report` wrote."""
    file, form = (await request.form()).get("report"), Form[Any]()
    raw = await file.read() if isinstance(file, UploadFile) else b""
    try:
        passed, failed = await actions.receive(
            tx, desk.client.id, desk.console.id, raw, by=developer.user_id, box=provided.box, now=clock.now()
        )
    except Refused as refused:
        form.errors |= refused.extra.get("fields") or {"report": refused.say}
        return await _page(tx, desk, form, base_url=provided.settings.base_url, status=422)
    said = gettext("Taken in: %(passed)d checks passed, %(failed)d failed.") % {"passed": passed, "failed": failed}
    return go(desk.at("/checklist"), Flash(said, "warn" if failed else "ok"))


HANDLERS: Final = (checklist_page, upload)
