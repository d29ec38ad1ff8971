"""The doors of the reviewer: approve, reject, ask for a revision, undo, reopen, note, assign."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from revento.contract import errors, topics
from revento.contract.errors import Reason, Refused
from revento.contract.topics import Topic
from revento.contract.v1.wire import Wire
from revento.events.applications import queries as applications
from revento.events.applications import shapes
from revento.events.applications.models import Application, Status
from revento.events.participants import actions as participants
from revento.events.reviews import queries, rules
from revento.events.reviews.models import Review
from revento.events.signups import actions as signups
from revento.identity.audit import actions as audit
from revento.identity.organizations import queries as organizations
from revento.identity.proofs import Reviewer
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ApplicationId, OrganizationId, UserId
from revento.kernel.jobs import queue
from revento.webhooks.outbox import actions as outbox

T = TypeVar("T", bound=Wire)
TELL_APPLICANT = "reviews.tell_applicant"


async def approve(
    tx: Tx, reviewer: Reviewer, id: ApplicationId, *, note: str = "", version: int | None = None, now: datetime
) -> Review:
    """Approves and confirms the place; tells integrations at once and the applicant once the undo window is over.

    `version` is the one that the reviewer looked at. Raises `ALREADY_REVIEWED`, `CHANGED_MEANWHILE`, `EVENT_ARCHIVED`.
    """
    application = await applications.lock(tx, reviewer.event_id, id)
    _refuse(rules.why_not_review(application, expected_version=version))
    review = await _decide(tx, reviewer, application, Status.APPROVED, note=note, fields=[], now=now)
    await _tell(tx, reviewer, id, topics.APPLICATION_APPROVED, shapes.approved, now=now)
    await participants.tell_registered(tx, reviewer.event_id, [application.participant_id], now=now)
    return review


async def reject(
    tx: Tx, reviewer: Reviewer, id: ApplicationId, *, note: str = "", version: int | None = None, now: datetime
) -> Review:
    """Rejects; tells as `approve` does, and raises the same."""
    application = await applications.lock(tx, reviewer.event_id, id)
    _refuse(rules.why_not_review(application, expected_version=version))
    review = await _decide(tx, reviewer, application, Status.REJECTED, note=note, fields=[], now=now)
    await _tell(tx, reviewer, id, topics.APPLICATION_REJECTED, shapes.rejected, now=now)
    return review


async def decide_many(
    tx: Tx, reviewer: Reviewer, pending: Sequence[Application], status: Status, *, now: datetime
) -> None:
    """Approves or rejects many that are locked and wait, at once; tells as `approve` does. Raises the same."""
    for each in pending:
        _refuse(rules.why_not_review(each, expected_version=None))
    event_id, ids_, action = reviewer.event_id, [each.id for each in pending], f"application.{status.value}"
    await applications.set_review(tx, event_id, ids_, status, by=reviewer.user_id, now=now)
    made = {ids.new("rvw"): each for each in pending}
    await queries.insert_reviews(tx, event_id, made, reviewer_id=reviewer.user_id, action=status.value, now=now)
    notes = [(reviewer.user_id, id) for id in ids_]
    await audit.note_many(tx, notes, action, event_id=event_id, organization_id=reviewer.organization_id, now=now)
    letters = [{"event_id": event_id, "review_id": review, "id": each.id} for review, each in made.items()]
    await queue.defer_many(tx, TELL_APPLICANT, letters, at=now + rules.UNDO_FOR)
    decided = await applications.lock_many(tx, event_id, ids_)
    if status is Status.APPROVED:
        approved = [shapes.approved(each, by=reviewer.user_id, at=now) for each in decided]
        await _tell_many(tx, reviewer, topics.APPLICATION_APPROVED, approved, now=now)
        await participants.tell_registered(tx, event_id, [each.participant_id for each in decided], now=now)
    else:
        rejected = [shapes.rejected(each, by=reviewer.user_id, at=now) for each in decided]
        await _tell_many(tx, reviewer, topics.APPLICATION_REJECTED, rejected, now=now)


async def ask_revision(
    tx: Tx,
    reviewer: Reviewer,
    id: ApplicationId,
    *,
    note: str,
    fields: list[str] | None = None,
    version: int | None = None,
    now: datetime,
) -> Review:
    """Asks the applicant for changes; `fields` are the keys that need another look. Tells and raises as `approve`."""
    application = await applications.lock(tx, reviewer.event_id, id)
    _refuse(rules.why_not_ask_revision(application, expected_version=version))
    review = await _decide(
        tx, reviewer, application, Status.REVISION_REQUESTED, note=note, fields=fields or [], now=now
    )
    await _tell(tx, reviewer, id, topics.APPLICATION_REVISION_REQUESTED, shapes.revision_requested, now=now)
    return review


async def undo(tx: Tx, reviewer: Reviewer, id: ApplicationId, review_id: str, *, now: datetime) -> Application:
    """Takes one's own newest decision back, within half a minute. The applicant hears of neither.

    An approval that is taken back takes the places in activities with it. Integrations see the restored status on
    their next read. Raises `UNDO_TOO_LATE`, `CHANGED_MEANWHILE`, `NOT_FOUND`.
    """
    application = await applications.lock(tx, reviewer.event_id, id)
    review = await queries.find_review(tx, reviewer.event_id, id, review_id)
    if review is None:
        raise Refused(errors.NOT_FOUND)
    _refuse(rules.why_not_undo(application, review, by=reviewer.user_id, now=now))
    await queries.set_undone(tx, reviewer.event_id, review_id, now=now)
    return await _put_back(tx, reviewer, application, review.previous_status, "application.decision_undone", now=now)


async def reopen(tx: Tx, reviewer: Reviewer, id: ApplicationId, *, now: datetime) -> Application:
    """Makes a decided application pending again, so that it can be decided anew.

    Who was approved gives the places in activities back: they are for approved participants. Raises `WRONG_STATE`.
    """
    application = await applications.lock(tx, reviewer.event_id, id)
    _refuse(rules.why_not_reopen(application))
    return await _put_back(tx, reviewer, application, Status.PENDING, "application.reopened", now=now)


async def add_note(tx: Tx, reviewer: Reviewer, id: ApplicationId, text: str, *, now: datetime) -> None:
    """Leaves a remark for the other reviewers. Raises `NOT_FOUND`, `INVALID_INPUT` when empty."""
    if not text.strip():
        raise Refused(errors.INVALID_INPUT, "Write something first.", field="text")
    await _find(tx, reviewer, id)
    await queries.insert_note(
        tx,
        reviewer.event_id,
        ids.new("note"),
        application_id=id,
        author_id=reviewer.user_id,
        text=text.strip(),
        now=now,
    )


async def assign(tx: Tx, reviewer: Reviewer, id: ApplicationId, to: UserId | None, *, now: datetime) -> None:
    """Gives the application to a colleague, or to nobody. Raises `NOT_FOUND`, also for non-members."""
    if to is not None and await organizations.find_role(tx, to, reviewer.organization_id) is None:
        raise Refused(errors.NOT_FOUND)
    if not await applications.set_assigned(tx, reviewer.event_id, id, to):
        raise Refused(errors.NOT_FOUND)
    await _note(tx, reviewer, "application.assigned", id, now=now)


def _refuse(reason: Reason | None) -> None:
    if reason is not None:
        raise Refused(reason)


async def _find(tx: Tx, reviewer: Reviewer, id: ApplicationId) -> Application:
    application = await applications.find(tx, reviewer.event_id, id)
    if application is None:
        raise Refused(errors.NOT_FOUND)
    return application


async def _decide(
    tx: Tx,
    reviewer: Reviewer,
    application: Application,
    status: Status,
    *,
    note: str,
    fields: list[str],
    now: datetime,
) -> Review:
    event_id, id = reviewer.event_id, application.id
    review_id = ids.new("rvw")
    await applications.set_review(tx, event_id, [id], status, by=reviewer.user_id, now=now)
    await queries.insert_review(
        tx,
        event_id,
        review_id,
        application_id=id,
        reviewer_id=reviewer.user_id,
        action=status.value,
        note=note,
        fields=fields,
        previous_status=application.status,
        now=now,
    )
    await _note(tx, reviewer, f"application.{status.value}", id, now=now)
    await queue.defer(tx, TELL_APPLICANT, at=now + rules.UNDO_FOR, event_id=event_id, review_id=review_id, id=id)
    review = await queries.find_review(tx, event_id, id, review_id)
    assert review is not None
    return review


async def _tell(
    tx: Tx,
    reviewer: Reviewer,
    id: ApplicationId,
    topic: Topic[T],
    shape: Callable[..., T],
    *,
    now: datetime,
) -> None:
    application = await applications.lock(tx, reviewer.event_id, id)
    await outbox.put(
        tx,
        topic,
        event_id=reviewer.event_id,
        organization_id=OrganizationId(application.organization_id),
        data=shape(application, by=reviewer.user_id, at=now),
        now=now,
    )


async def _tell_many(tx: Tx, reviewer: Reviewer, topic: Topic[T], happenings: list[T], *, now: datetime) -> None:
    await outbox.put_many(
        tx,
        topic,
        event_id=reviewer.event_id,
        organization_id=reviewer.organization_id,
        happenings=happenings,
        now=now,
    )


async def _put_back(
    tx: Tx, reviewer: Reviewer, application: Application, status: Status, action: str, *, now: datetime
) -> Application:
    id = application.id
    if application.status is Status.APPROVED:
        await signups.leave_all(tx, application.user_id, reviewer.event_id, application.participant_id, now=now)
    await applications.set_status(tx, reviewer.event_id, id, status, now=now)
    await applications.set_last_review(tx, reviewer.event_id, id)
    await _note(tx, reviewer, action, id, now=now)
    return await applications.lock(tx, reviewer.event_id, id)


async def _note(tx: Tx, reviewer: Reviewer, action: str, id: ApplicationId, *, now: datetime) -> None:
    await audit.note(
        tx,
        reviewer.user_id,
        action,
        id,
        event_id=reviewer.event_id,
        organization_id=reviewer.organization_id,
        now=now,
    )
