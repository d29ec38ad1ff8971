"""Participants: the list with search and filters, one person with her answers, her name and role in the event."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.overview.models import Desk
from revento.events.participants import actions, queries
from revento.identity.proofs import Organizer
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ParticipantId
from revento.web.organizer.desk import PAGE, after, cursor, show
from revento.web.shared import visitor, words
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]


@get("/events/{event_id:str}/participants")
async def participants_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Everybody who has an application, in order of coming; by default those who are in."""
    asked = {name: str(request.query_params.get(name, "")).strip()[:100] for name in ("q", "status", "role")}
    status = (
        asked["status"] if asked["status"] in words.STATUSES else "" if "status" in request.query_params else "approved"
    )
    role = asked["role"] if asked["role"] in words.ROLES else ""
    rows = await queries.page(
        tx,
        desk.event_id,
        after(request.query_params.get("cursor")),
        status=status or None,
        role=role or None,
        search=asked["q"] or None,
        limit=PAGE + 1,
    )
    kept = urlencode({"q": asked["q"], "status": status, "role": role})
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    older = f"?{kept}&{urlencode({'cursor': cursor(last.created_at, last.id)})}" if last else None
    return show(
        "participants_rows.html" if visitor.current().partial else "participants.html",
        desk,
        rows=rows[:PAGE],
        older=older,
        asked=asked | {"status": status, "role": role},
        statuses=words.statuses(),
        roles=words.pairs(words.ROLES),
        role_words=words.translated(words.ROLES),
    )


@post("/events/{event_id:str}/participants/{participant_id:str}/role", status_code=303)
async def change_role(
    request: AnyRequest,
    tx: Given[Tx],
    organizer: Given[Organizer],
    clock: Given[Clock],
    participant_id: FromPath[str],
) -> Response[Any]:
    """Give a participant another role; integrations that may read participants hear of it."""
    role = str((await request.form()).get("role", ""))
    if role not in words.ROLES:
        raise Refused(errors.INVALID_REQUEST, field="role", expected=", ".join(words.ROLES))
    changed = await actions.change_role(tx, organizer, ParticipantId(participant_id), role, now=clock.now())
    said = gettext("%(name)s is now: %(role)s.") % {
        "name": changed.display_name,
        "role": words.translated(words.ROLES)[role],
    }
    return go(f"/organizer/events/{organizer.event_id}/participants", Flash(said))


HANDLERS: Final = (participants_page, change_role)
