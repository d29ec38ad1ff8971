"""The doors of the applicant: apply, apply again, withdraw, keep a draft. The reviewer's are in `reviews`."""

from datetime import datetime
from typing import Any

import msgspec

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.events.applications import queries, rules, shapes
from revento.events.applications.models import Application, Status
from revento.events.forms import queries as forms
from revento.events.forms import rules as form_rules
from revento.events.participants import actions as participants
from revento.events.signups import actions as signups
from revento.events.waves import queries as waves
from revento.events.waves import rules as wave_rules
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer
from revento.kernel import ids
from revento.kernel.db import Tx, UniqueViolation
from revento.kernel.ids import ApplicationId, EventId, OrganizationId, ParticipantId, UserId, WaveId
from revento.webhooks.outbox import actions as outbox


class Request(msgspec.Struct, frozen=True):
    """What a person sends: the role she applies for, her name in the event, her answers by field key."""

    role: str
    display_name: str
    answers: dict[str, Any]


async def apply(
    tx: Tx,
    user_id: UserId,
    event_id: EventId,
    request: Request,
    *,
    id: ApplicationId | None = None,
    participant_id: ParticipantId | None = None,
    now: datetime,
) -> Application:
    """Applies for the first time.

    Raises `INVALID_INPUT` with `fields` (message by key), `NO_OPEN_WAVE`, `WAVE_FULL`, `ALREADY_APPLIED`. Locks the
    wave, so that two people never take the same last place.
    """
    answers = await _checked(tx, event_id, request)
    wave_id = await _place(tx, event_id, request.role, now=now)
    known = id or ApplicationId(ids.new("app"))
    try:
        await queries.insert(
            tx,
            event_id,
            known,
            participant_id or ParticipantId(ids.new("ptp")),
            user_id=user_id,
            display_name=request.display_name,
            role=request.role,
            answers=answers,
            wave_id=wave_id,
            now=now,
        )
    except UniqueViolation as error:
        raise Refused(errors.ALREADY_APPLIED) from error
    return await _submitted(tx, user_id, event_id, known, now=now)


async def enter(tx: Tx, organizer: Organizer, requests: dict[UserId, Request], *, now: datetime) -> list[Application]:
    """An organizer puts people on the list, by their accounts: pending, without a wave, with what answers there are.

    All at once, in a dozen round trips. Raises `ALREADY_APPLIED`, `EVENT_ARCHIVED`.
    """
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    event_id = organizer.event_id
    rows: list[dict[str, Any]] = [
        {
            "id": ids.new("app"),
            "participant_id": ids.new("ptp"),
            "user_id": user_id,
            "display_name": each.display_name,
            "role": each.role,
            "answers": each.answers,
        }
        for user_id, each in requests.items()
    ]
    try:
        await queries.insert_many(tx, event_id, rows, now=now)
    except UniqueViolation as error:
        raise Refused(errors.ALREADY_APPLIED) from error
    entered = await queries.lock_many(tx, event_id, [ApplicationId(row["id"]) for row in rows])
    await queries.drop_drafts(tx, event_id, list(requests))
    await outbox.put_many(
        tx,
        topics.APPLICATION_SUBMITTED,
        event_id=event_id,
        organization_id=organizer.organization_id,
        happenings=[shapes.submitted(each) for each in entered],
        now=now,
    )
    notes = [(each.user_id, each.id) for each in entered]
    await audit.note_many(tx, notes, "application.submitted", event_id=event_id, now=now)
    return entered


async def resubmit(
    tx: Tx, user_id: UserId, event_id: EventId, id: ApplicationId, request: Request, *, now: datetime
) -> Application:
    """Applies again: after a request for changes, to correct what waits, or to come back after withdrawing.

    Who comes back needs an open wave like anybody else; who only revises keeps her place. Integrations hear of it, and
    of what became another in the participant: `application.submitted` does not say her name. Raises as `apply`, and
    `ALREADY_REVIEWED`, `EVENT_ARCHIVED`, `NOT_FOUND` for somebody else's application.
    """
    application = await _own(tx, user_id, event_id, id)
    if reason := rules.why_not_resubmit(application):
        raise Refused(reason)
    answers = await _checked(tx, event_id, request)
    wave_id = application.registration_wave_id
    if application.status is Status.WITHDRAWN or request.role != application.role:
        wave_id = await _place(tx, event_id, request.role, now=now)
    await queries.set_answers(tx, event_id, id, answers=answers, role=request.role, wave_id=wave_id, now=now)
    await queries.set_display_name(tx, event_id, id, request.display_name.strip(), now=now)
    sent = await _submitted(tx, user_id, event_id, id, now=now)
    if changed := rules.what_changed(application, sent):
        await participants.tell_updated(tx, event_id, application.participant_id, changed, now=now)
    return sent


async def withdraw(tx: Tx, user_id: UserId, event_id: EventId, id: ApplicationId, *, now: datetime) -> Application:
    """Leaves, and gives back the places in activities. There is no webhook for it (contract §4).

    Raises `WRONG_STATE` when withdrawn already, `NOT_FOUND`.
    """
    application = await _own(tx, user_id, event_id, id)
    if reason := rules.why_not_withdraw(application):
        raise Refused(reason)
    await signups.leave_all(tx, user_id, event_id, application.participant_id, now=now)
    await queries.set_status(tx, event_id, id, Status.WITHDRAWN, now=now)
    await audit.note(tx, user_id, "application.withdrawn", id, event_id=event_id, now=now)
    return await queries.lock(tx, event_id, id)


async def keep_draft(
    tx: Tx,
    user_id: UserId,
    event_id: EventId,
    *,
    role: str,
    answers: dict[str, Any],
    display_name: str = "",
    now: datetime,
) -> None:
    """Keeps what the person has typed so far, unchecked; nobody else sees it."""
    await queries.put_draft(tx, event_id, user_id, role=role, display_name=display_name[:200], answers=answers, now=now)


async def _own(tx: Tx, user_id: UserId, event_id: EventId, id: ApplicationId) -> Application:
    application = await queries.lock(tx, event_id, id)
    if application.user_id != user_id:
        raise Refused(errors.NOT_FOUND)
    return application


async def _checked(tx: Tx, event_id: EventId, request: Request) -> dict[str, Any]:
    answers, wrong = form_rules.read_answers(await forms.list_fields(tx, event_id), request.answers)
    if not request.display_name.strip():
        wrong["display_name"] = "Your name in this event: please fill this in."
    if wrong:
        raise Refused(errors.INVALID_INPUT, fields=wrong)
    return answers


async def _place(tx: Tx, event_id: EventId, role: str, *, now: datetime) -> WaveId:
    open_waves = await waves.lock_open(tx, event_id, role, now=now)
    if not open_waves:
        raise Refused(errors.NO_OPEN_WAVE)
    free = next((wave for wave in open_waves if wave_rules.status(wave, now) == "open"), None)
    if free is None:
        raise Refused(errors.WAVE_FULL)
    return free.id


async def _submitted(tx: Tx, user_id: UserId, event_id: EventId, id: ApplicationId, *, now: datetime) -> Application:
    application = await queries.lock(tx, event_id, id)
    await queries.drop_drafts(tx, event_id, [user_id])
    await outbox.put(
        tx,
        topics.APPLICATION_SUBMITTED,
        event_id=event_id,
        organization_id=OrganizationId(application.organization_id),
        data=shapes.submitted(application),
        now=now,
    )
    await audit.note(tx, user_id, "application.submitted", id, event_id=event_id, now=now)
    return application
