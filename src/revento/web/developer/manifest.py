"""The manifest: what is in force, older versions, and a change with its consequences before it counts."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract import scopes
from revento.contract.errors import Refused
from revento.contract.manifest import Manifest
from revento.integrations.catalogue import actions, origins
from revento.integrations.catalogue.models import Developer
from revento.integrations.manifests import actions as manifests
from revento.integrations.manifests import queries
from revento.integrations.manifests import rules as manifest_rules
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ManifestId
from revento.web.developer import manifest_form
from revento.web.developer.create import document_of, text_of
from revento.web.developer.desk import AnyRequest, Desk, show, typed
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash
from revento.webhooks.console import queries as deliveries
from revento.webhooks.console.models import TopicUse


def as_json(manifest: Manifest) -> str:
    """A manifest as people read it."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode()


@get("/integrations/{integration_id:str}/manifest")
async def manifest_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """What is in force, and the versions before; `?version=` shows what one changed."""
    versions = await queries.list_versions(tx, desk.console.id, desk.client.environment)
    chosen = typed(request, "version")
    shown = next((each for each in versions if str(each.version) == chosen), None)
    earlier = next((each for each in versions if shown and each.version == shown.version - 1), None)
    return show(
        "manifest.html",
        desk,
        versions=versions,
        shown=shown,
        comparison=manifest_rules.compare(earlier.document, shown.document) if shown and earlier else None,
        text=as_json(shown.document if shown else desk.client.manifest),
        types=await _types(tx, desk),
    )


async def _types(tx: Tx, desk: Desk) -> list[TopicUse]:
    """What became of each declared type, in the manifest's order."""
    declared = desk.client.manifest.declared_webhook_event_types
    use = {each.topic: each for each in await deliveries.list_topic_use(tx, desk.client.id, declared)}
    return [use[name] for name in declared]


@get("/integrations/{integration_id:str}/manifest/edit")
async def edit_page(request: AnyRequest, desk: Given[Desk], developer: Given[Developer]) -> Response[str]:
    """The form of the next version, filled with the one in force."""
    fields = manifest_form.to_fields(msgspec.to_builtins(desk.client.manifest))
    form = Form[Any](fields | {"document": as_json(desk.client.manifest)})
    return _form(desk, form, as_json=typed(request, "as") == "json")


def _form(desk: Desk, form: Form[Any], *, as_json: bool, status: int = 200) -> Response[str]:
    return show(
        "manifest_edit.html",
        desk,
        status,
        form=form,
        as_json=as_json,
        topics=manifest_form.topic_options(),
        labels=manifest_form.labels(),
        scopes=scopes.ALL,
        places=None,
    )


@post("/integrations/{integration_id:str}/manifest", status_code=200)
async def change(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    provided: Given[Services],
) -> Response[Any]:
    """Check the next version and show what it changes and who must consent anew; `confirm` puts it in force."""
    posted = await request.form()
    json = posted.get("as") == "json"
    form = Form[Any](manifest_form.to_fields(manifest_form.to_document(posted)))
    try:
        raw = await document_of(posted)
        manifest = await manifests.read_to_keep(
            raw, environment=desk.client.environment, allowed=provided.settings.webhook_allow_nets
        )
        if posted.get("confirm"):
            _, secret = await actions.update(
                tx, developer.user_id, desk.client, manifest, box=provided.box, now=clock.now()
            )
            return _in_force(desk, secret)
    except Refused as refused:
        if refused.reason.status not in (409, 422):
            raise
        wrong: dict[str, str] = refused.extra.get("fields") or {"kind": refused.say}
        form.errors |= wrong if json else manifest_form.beside(wrong)
        form.values = {**form.values, "document": await text_of(posted)}
        return _form(desk, form, as_json=json, status=422)
    comparison, touched = await manifests.compare(tx, desk.console.id, manifest, environment=desk.client.environment)
    needs_review = desk.client.environment == "production" and desk.console.kind == "public"
    return show(
        "manifest_confirm.html",
        desk,
        comparison=comparison,
        touched=touched,
        hidden=await origins.list_hidden(tx, desk.client, manifest),
        document=as_json(manifest),
        needs_review=needs_review,
    )


def _in_force(desk: Desk, secret: str | None) -> Response[Any]:
    if secret is not None:
        return show("secret_once.html", desk, shows_secret=True, webhook_secret=secret)
    return go(desk.at("/manifest"), Flash(gettext("The new version is in force.")))


@post("/integrations/{integration_id:str}/manifest/restore", status_code=303)
async def restore(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    provided: Given[Services],
) -> Response[Any]:
    """Put an older version in force again, as a new version of its own."""
    id = ManifestId(str((await request.form()).get("manifest_id", "")))
    version = await queries.find(tx, desk.console.id, id)
    if version is None:
        return go(desk.at("/manifest"), Flash(gettext("There is no such version."), "bad"))
    try:
        await actions.update(tx, developer.user_id, desk.client, version.document, box=provided.box, now=clock.now())
    except Refused as refused:
        return go(desk.at("/manifest"), Flash(gettext(refused.say), "bad"))
    return go(desk.at("/manifest"), Flash(gettext("Version %(n)d is in force again.") % {"n": version.version}))


HANDLERS: Final = (manifest_page, edit_page, change, restore)
