"""The doors through which event pages change."""

from datetime import datetime

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.webview_pages import queries, rules
from revento.events.webview_pages.models import Page, PageFacts
from revento.identity.audit import actions as audit
from revento.identity.permissions import Permission
from revento.identity.proofs import PageEditor
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import PageId
from revento.kernel.jobs import queue


async def create(tx: Tx, editor: PageEditor, facts: PageFacts, *, own_origin: str, now: datetime) -> PageId:
    """Adds a page behind the others.

    Raises `INVALID_INPUT` by field, `FORBIDDEN` without `webview_page.create` (and `integration.manage` for sign-in),
    `EVENT_ARCHIVED`.
    """
    _need(editor, Permission.PAGE_CREATE)
    checked = await _checked(tx, editor, facts, own_origin=own_origin)
    id = PageId(ids.new("wvp"))
    await queries.insert(tx, editor.event_id, id, checked, now=now)
    await _ask_look(tx, editor, id, checked)
    await _note(tx, editor, "page.created", id, checked, now=now)
    return id


async def edit(tx: Tx, editor: PageEditor, id: PageId, facts: PageFacts, *, own_origin: str, now: datetime) -> None:
    """Changes a page; its kind stays. Raises as above, and `NOT_FOUND`."""
    page = await _find(tx, editor, id)
    if page.requires_auth:
        _need(editor, Permission.INTEGRATION_MANAGE)
    checked = await _checked(tx, editor, msgspec.structs.replace(facts, kind=page.kind), own_origin=own_origin)
    await queries.update(tx, editor.event_id, id, checked, now=now)
    await _ask_look(tx, editor, id, checked)
    await _note(tx, editor, "page.edited", id, checked, now=now)


async def put(tx: Tx, editor: PageEditor, id: PageId, facts: PageFacts, *, now: datetime) -> None:
    """Makes a text page under this id, or makes it what it was: the sandbox's. Raises as `create`."""
    checked = await _checked(tx, editor, facts, own_origin="")
    known = await queries.find(tx, editor.event_id, id) is not None
    await (queries.update if known else queries.insert)(tx, editor.event_id, id, checked, now=now)
    await _note(tx, editor, "page.edited" if known else "page.created", id, checked, now=now)


async def look_again(tx: Tx, editor: PageEditor, id: PageId) -> None:
    """Has a webview's server looked at anew, within seconds. Raises `NOT_FOUND`, also for a text page."""
    if not await queries.forget_look(tx, editor.event_id, id):
        raise Refused(errors.NOT_FOUND)
    await queue.defer(tx, rules.LOOK, once=f"{rules.LOOK}:{id}", event_id=editor.event_id, page_id=id)


async def move(tx: Tx, editor: PageEditor, id: PageId, *, up: bool) -> None:
    """Swaps a page with its neighbour in the navigation; at the end of the list nothing changes. Raises `NOT_FOUND`."""
    await _find(tx, editor, id)
    order = [page.id for page in await queries.list_pages(tx, editor.event_id)]
    here = order.index(id)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    await queries.set_order(tx, editor.event_id, order)


async def drop(tx: Tx, editor: PageEditor, id: PageId, *, now: datetime) -> Page:
    """Removes a page; returns what it was. Raises `NOT_FOUND`, `EVENT_ARCHIVED`."""
    page = await _find(tx, editor, id)
    _refuse_archived(editor)
    await queries.drop(tx, editor.event_id, id)
    await _note(tx, editor, "page.dropped", id, None, now=now, title=page.title)
    return page


async def _ask_look(tx: Tx, editor: PageEditor, id: PageId, facts: PageFacts) -> None:
    """Every time that a webview is saved its server is looked at: she sees what people will see."""
    if facts.kind == "webview":
        await queue.defer(tx, rules.LOOK, once=f"{rules.LOOK}:{id}", event_id=editor.event_id, page_id=id)


async def _find(tx: Tx, editor: PageEditor, id: PageId) -> Page:
    page = await queries.find(tx, editor.event_id, id)
    if page is None:
        raise Refused(errors.NOT_FOUND)
    return page


async def _checked(tx: Tx, editor: PageEditor, facts: PageFacts, *, own_origin: str) -> PageFacts:
    _refuse_archived(editor)
    if facts.requires_auth:
        _need(editor, Permission.INTEGRATION_MANAGE)
    host = None
    if facts.integration_id is not None:
        host = await queries.find_host(tx, editor.event_id, facts.integration_id)
        if host is None:
            say = "This integration is not connected to the event."
            raise Refused(errors.INVALID_INPUT, say, fields={"integration_id": say})
    if wrong := rules.wrong(facts, host, own_origin=own_origin):
        raise Refused(errors.INVALID_INPUT, fields=wrong)
    return msgspec.structs.replace(facts, title=facts.title.strip(), url=facts.url or None)


def _refuse_archived(editor: PageEditor) -> None:
    if editor.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)


def _need(editor: PageEditor, permission: Permission) -> None:
    if not editor.may(permission):
        raise Refused(errors.FORBIDDEN)


async def _note(
    tx: Tx, editor: PageEditor, action: str, id: PageId, facts: PageFacts | None, *, now: datetime, title: str = ""
) -> None:
    await audit.note(
        tx,
        editor.user_id,
        action,
        id,
        now=now,
        organization_id=editor.organization_id,
        event_id=editor.event_id,
        integration_id=facts.integration_id if facts else None,
        title=facts.title if facts else title,
        url=facts.url if facts else None,
    )
