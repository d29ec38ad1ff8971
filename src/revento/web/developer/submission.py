"""The way into the catalogue: submitting, what the reviewer says, production credentials, publishing."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.contract.manifest import Manifest
from revento.integrations.catalogue.models import Developer
from revento.integrations.conformance import actions as conformance
from revento.integrations.conformance import rules as conformance_rules
from revento.integrations.credentials import queries as clients
from revento.integrations.manifests import actions as manifests
from revento.integrations.manifests import rules as manifest_rules
from revento.integrations.submissions import actions, queries
from revento.integrations.submissions.models import Facts, Submission
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.developer.desk import AnyRequest, Desk, show
from revento.web.developer.manifest import as_json
from revento.web.shared import forms, pages
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

Text = Annotated[str, msgspec.Meta(max_length=4000)]


class Submitted(msgspec.Struct):
    """What the form posts. `document` is the production manifest."""

    document: Annotated[str, msgspec.Meta(max_length=65536)]
    marketing_copy: Text
    demo_url: Annotated[str, msgspec.Meta(max_length=500)]
    notes: Text
    screenshots: Text = ""

    def facts(self) -> Facts:
        """What goes beside the manifest."""
        pictures = tuple(line.strip() for line in self.screenshots.splitlines() if line.strip())
        return Facts(self.notes, self.demo_url, self.marketing_copy, pictures)


class Remark(msgspec.Struct):
    """A remark of the team."""

    text: Text


@get("/integrations/{integration_id:str}/submission")
async def submission_page(tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Where it stands, the place in the queue, the reviewer's comments, the next step."""
    return await _page(tx, desk, None)


async def _page(tx: Tx, desk: Desk, form: Form[Submitted] | None, *, status: int = 200) -> Response[str]:
    history = await queries.list_by_integration(tx, desk.console.id)
    latest = history[0] if history else None
    _, items = await conformance.checklist(tx, desk.console.id)
    return show(
        "submission.html",
        desk,
        status,
        form=form or Form[Submitted](_start(desk, latest)),
        history=history,
        latest=latest,
        latest_document=as_json(latest.manifest) if latest else "",
        comments=await queries.list_comments(tx, latest.id) if latest else [],
        place=await queries.count_before(tx, latest.submitted_at) + 1 if latest else 0,
        comparison=_changed(history),
        items=items,
        ready=conformance_rules.is_ready(items),
        has_production=any(client.environment == "production" for client in desk.clients),
        refusal=_refusal(desk, latest),
    )


def _refusal(desk: Desk, latest: Submission | None) -> str | None:
    if desk.console.kind != "public":
        return gettext("Only public integrations are reviewed. Yours works for its organization as it is.")
    if latest and latest.state == "submitted":
        return gettext("It waits for its review. Take it back to change something and submit again.")
    return None


def _start(desk: Desk, latest: Submission | None) -> dict[str, str]:
    """What the form starts with: the last submission, else the manifest in force."""
    if latest is None:
        return {"document": as_json(desk.client.manifest)}
    return {
        "document": as_json(latest.manifest),
        "marketing_copy": latest.marketing_copy,
        "demo_url": latest.demo_url,
        "notes": latest.notes,
        "screenshots": "\n".join(latest.screenshots),
    }


def _changed(history: list[Submission]) -> Any:
    """What the latest submission changed against the one before."""
    if len(history) < 2:
        return None
    return manifest_rules.compare(history[1].manifest, history[0].manifest)


@post("/integrations/{integration_id:str}/submission", status_code=303)
async def submit(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    provided: Given[Services],
) -> Response[Any]:
    """Put the production manifest in the review queue."""
    form = await forms.read(request, Submitted)
    manifest = await _manifest(form, provided) if form.got is not None else None
    if form.got is not None and manifest is not None:
        try:
            await actions.submit(
                tx,
                developer,
                manifest,
                form.got.facts(),
                base_url=provided.settings.base_url,
                now=clock.now(),
            )
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, form, status=422)
    return go(f"{desk.base}/submission", Flash(gettext("Submitted. You get a mail when somebody has looked.")))


async def _manifest(form: Form[Submitted], provided: Services) -> Manifest | None:
    assert form.got is not None
    try:
        return await manifests.read_to_keep(
            form.got.document.encode(), environment="production", allowed=provided.settings.webhook_allow_nets
        )
    except Refused as refused:
        fields: dict[str, str] = refused.extra.get("fields") or {}
        form.refuse("document", " ".join(f"{path}: {say}" for path, say in fields.items()) or refused.say)
        return None


@post("/integrations/{integration_id:str}/submission/{submission_id:str}/comment", status_code=303)
async def comment(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    settings: Given[Settings],
    submission_id: FromPath[str],
) -> Response[Any]:
    """Answer the reviewer."""
    form = await forms.read(request, Remark)
    if form.got is None:
        return go(f"{desk.base}/submission", Flash(gettext("Write something first."), "bad"))
    await actions.answer(tx, developer, submission_id, form.got.text, base_url=settings.base_url, now=clock.now())
    return go(f"{desk.base}/submission", Flash(gettext("Sent. The reviewers get a mail.")))


@post("/integrations/{integration_id:str}/submission/{submission_id:str}/withdraw", status_code=303)
async def withdraw(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock], submission_id: FromPath[str]
) -> Response[Any]:
    """Take a submission back."""
    try:
        await actions.withdraw(tx, developer, submission_id, now=clock.now())
    except Refused as refused:
        if refused.reason.status != 409:
            raise
        return go(f"{desk.base}/submission", Flash(gettext(refused.say), "bad"))
    return go(f"{desk.base}/submission", Flash(gettext("Taken back.")))


@post("/integrations/{integration_id:str}/submission/production", status_code=200)
async def open_production(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock], provided: Given[Services]
) -> Response[Any]:
    """Make the production credentials; the answer shows them, once."""
    try:
        made = await actions.open_production(tx, developer, box=provided.box, now=clock.now())
    except Refused as refused:
        return go(f"{desk.base}/submission", Flash(gettext(refused.say), "bad"))
    client = await clients.find_client(tx, made.client_id)
    assert client is not None
    beside = {
        "REVENTO_BASE_URL": provided.settings.base_url,
        "REVENTO_REDIRECT_URI": client.manifest.redirect_uris[0],
    }
    return pages.page("developer/production.html", made=made, desk=desk, beside=beside)


@post("/integrations/{integration_id:str}/submission/publish", status_code=303)
async def publish(tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock]) -> Response[Any]:
    """Put it into the catalogue."""
    try:
        await actions.publish(tx, developer, now=clock.now())
    except Refused as refused:
        return go(f"{desk.base}/submission", Flash(gettext(refused.say), "bad"))
    return go(desk.base, Flash(gettext("Published. Organizers find it in the catalogue now.")))


HANDLERS: Final = (submission_page, submit, comment, withdraw, open_production, publish)
