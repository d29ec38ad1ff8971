"""A new integration: from a form or from a manifest.json, in one's own sandbox or for a verified organization."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency as Given

from revento.contract import errors, scopes, topics
from revento.contract.errors import Refused
from revento.contract.manifest import Environment, Manifest
from revento.identity import permissions
from revento.identity.organizations import queries as organizations
from revento.identity.permissions import Permission
from revento.identity.sessions.models import SignedIn
from revento.integrations.catalogue import actions
from revento.integrations.catalogue.models import Registered
from revento.integrations.consoles import queries as consoles
from revento.integrations.credentials import queries as clients
from revento.integrations.manifests import actions as manifests
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId
from revento.web.developer import manifest_form
from revento.web.developer.desk import AnyRequest, typed
from revento.web.developer.home import connect_address, own_sandbox
from revento.web.shared import pages
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.translate import gettext

SANDBOX: Final = "sandbox"
# What a newcomer triggers first: it says the most.
FIRST: Final = ("application.approved", "application.submitted", "activity.updated", "event.updated", "webhook.test")


@get("/integrations/new")
async def new_page(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """The form, filled with what a newcomer's sample listens on."""
    publisher = {"publisher.display_name": person.name, "publisher.support_email": person.email}
    form = Form[Any]({**manifest_form.STARTS, **publisher, "where": SANDBOX})
    return await _page(tx, person, form, as_json=typed(request, "as") == "json")


async def _page(tx: Tx, person: SignedIn, form: Form[Any], *, as_json: bool, status: int = 200) -> Response[str]:
    found = await organizations.list_by_user(tx, person.user_id)
    able = [
        (each.id, gettext("For %(name)s, in production: works at once") % {"name": each.name})
        for each in found
        if not each.is_sandbox
        and each.verification_status == "verified"
        and permissions.allows(each.role, Permission.INTEGRATION_MANAGE)
    ]
    return pages.page(
        "developer/new.html",
        status,
        form=form,
        as_json=as_json,
        places=[(SANDBOX, gettext("In the sandbox: try everything, publish later")), *able],
        own=await own_sandbox(tx, person),
        topics=manifest_form.topic_options(),
        labels=manifest_form.labels(),
        scopes=scopes.ALL,
    )


@post("/integrations", status_code=200)
async def create(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], provided: Given[Services]
) -> Response[Any]:
    """Register an integration; the answer shows its secrets, once."""
    posted = await request.form()
    as_json, where = posted.get("as") == "json", str(posted.get("where", SANDBOX))
    form = Form[Any](manifest_form.to_fields(manifest_form.to_document(posted)) | {"where": where})
    environment: Environment = "sandbox" if where == SANDBOX else "production"
    try:
        raw = await document_of(posted)
        manifest = await manifests.read_to_keep(
            raw, environment=environment, allowed=provided.settings.webhook_allow_nets
        )
        organization_id = await _place(tx, person, where, manifest)
        made = await actions.register(
            tx,
            person.user_id,
            manifest,
            environment=environment,
            organization_id=organization_id,
            box=provided.box,
            now=clock.now(),
        )
    except Refused as refused:
        if refused.reason.status not in (409, 422):
            raise
        wrong: dict[str, str] = refused.extra.get("fields") or {"kind": refused.say}
        form.errors |= wrong if as_json else manifest_form.beside(wrong)
        form.values = {**form.values, "document": await text_of(posted)}
        return await _page(tx, person, form, as_json=as_json, status=422)
    return await _created(tx, person, made, environment, base_url=provided.settings.base_url)


async def _created(
    tx: Tx, person: SignedIn, made: Registered, environment: Environment, *, base_url: str
) -> Response[Any]:
    """The credentials, what the quickstart needs beside them, and the next steps in one's own sandbox."""
    client = await clients.find_client(tx, made.client_id)
    assert client is not None
    own = await own_sandbox(tx, person) if environment == SANDBOX else None
    events = await consoles.list_sandbox_events(tx, own.id) if own else []
    event, manifest = next(iter(events), None), client.manifest
    beside = {
        "REVENTO_BASE_URL": base_url,
        "REVENTO_REDIRECT_URI": manifest.redirect_uris[0],
        "SANDBOX_EVENT_ID": event.id if event else None,
    }
    return pages.page(
        "developer/created.html",
        shows_secret=True,
        made=made,
        client=client,
        beside=beside,
        event=event,
        address=connect_address(client, event) if event else None,
        topic=next((topics.BY_NAME[each] for each in FIRST if each in manifest.declared_webhook_event_types), None),
    )


async def _place(tx: Tx, person: SignedIn, where: str, manifest: Manifest) -> OrganizationId | None:
    """The organization that the integration belongs to; none for public ones in the sandbox. Raises `FORBIDDEN`."""
    if where == SANDBOX:
        own = await own_sandbox(tx, person) if manifest.kind != "public" else None
        if manifest.kind != "public" and own is None:
            say = "Open your sandbox first: an in-house integration or a script belongs to an organization."
            raise Refused(errors.INVALID_INPUT, say, fields={"kind": say})
        return own.id if own else None
    role = await organizations.find_role(tx, person.user_id, OrganizationId(where))
    if role is None or not permissions.allows(permissions.Role(role), Permission.INTEGRATION_MANAGE):
        raise Refused(errors.FORBIDDEN)
    return OrganizationId(where)


async def document_of(posted: Any) -> bytes | dict[str, Any]:
    """The manifest of a form: an uploaded file, pasted JSON, or the fields."""
    if posted.get("as") != "json":
        return manifest_form.to_document(posted)
    return (await text_of(posted)).encode()


async def text_of(posted: Any) -> str:
    """The JSON that was uploaded or pasted; the fields' document otherwise."""
    file = posted.get("file")
    if isinstance(file, UploadFile) and (content := await file.read()):
        await file.seek(0)
        return content.decode("utf-8", "replace")
    if "document" in posted:
        return str(posted.get("document", ""))
    return msgspec.json.format(msgspec.json.encode(manifest_form.to_document(posted)), indent=2).decode()


HANDLERS: Final = (new_page, create)
