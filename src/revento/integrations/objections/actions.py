"""Objecting to an organizer's integration, and answering (issue: she decides, the participant sees the answer)."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.events import queries as events
from revento.identity.audit import actions as audit
from revento.identity.proofs import IntegrationManager
from revento.identity.users import queries as users
from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.integrations.objections import queries
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail

LONGEST = 2000


async def object_to(
    tx: Tx, user_id: UserId, installation: Installation, reason: str, *, base_url: str, now: datetime
) -> str:
    """Objects to an integration that an organizer connected; the organizers get a letter. Returns the objection's id.

    That the person takes part in the event is the caller's check. Raises `WRONG_STATE` when the connection has ended,
    `INVALID_INPUT` without a reason.
    """
    if not installation.is_active:
        raise Refused(errors.WRONG_STATE)
    if not reason.strip():
        raise Refused(errors.INVALID_INPUT, "Say what you object to.", field="reason")
    id = ids.new("obj")
    await queries.insert(
        tx,
        id,
        event_id=installation.event_id,
        user_id=user_id,
        installation_id=installation.id,
        reason=reason.strip()[:LONGEST],
        now=now,
    )
    event = await events.get(tx, installation.event_id)
    link = f"{base_url}/organizer/events/{event.id}/integrations/objections"
    for manager in await installations.managers(tx, installation.organization_id):
        await mail.write(
            tx,
            manager.email,
            Say("An objection in %(event)s", event=event.title),
            Say("a participant of %(event)s objects to an integration.", event=event.title),
            Say("Answer: %(link)s", link=link),
            hello=manager.name,
            now=now,
        )
    return id


async def answer(tx: Tx, manager: IntegrationManager, id: str, words: str, *, base_url: str, now: datetime) -> None:
    """Answers an objection; the participant gets a letter. Raises `NOT_FOUND`, `INVALID_INPUT` without words."""
    if not words.strip():
        raise Refused(errors.INVALID_INPUT, "Write an answer.", field="answer")
    said = words.strip()[:LONGEST]
    person = await queries.set_answer(tx, manager.event_id, id, answer=said, by=manager.user_id, now=now)
    if person is None:
        raise Refused(errors.NOT_FOUND)
    await audit.note(
        tx,
        manager.user_id,
        "objection.answered",
        id,
        now=now,
        organization_id=manager.organization_id,
        event_id=manager.event_id,
    )
    user, event = await users.get(tx, UserId(person)), await events.get(tx, manager.event_id)
    if user.deleted_at is None:
        await mail.write(
            tx,
            user.email,
            Say("An answer to your objection: %(event)s", event=event.title),
            Say("the organizers of %(event)s answer:", event=event.title),
            said,
            f"{base_url}/account/data",
            hello=user.name,
            now=now,
        )
