"""Decisions about decisions. Each says why not, for the page, the action and the API alike."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import errors
from revento.contract.errors import Reason
from revento.events.applications.models import Application, Status
from revento.events.reviews.models import Review

UNDO_FOR: Final = timedelta(seconds=30)
_OPEN: Final = frozenset((Status.PENDING, Status.REVISION_REQUESTED))


def why_not_review(application: Application, *, expected_version: int | None) -> Reason | None:
    """A decision needs an open application that nobody touched since the reviewer looked."""
    if application.event_archived:
        return errors.EVENT_ARCHIVED
    if application.status not in _OPEN:
        return errors.ALREADY_REVIEWED
    if expected_version is not None and expected_version != application.version:
        return errors.CHANGED_MEANWHILE
    return None


def why_not_ask_revision(application: Application, *, expected_version: int | None) -> Reason | None:
    """As for a review; and one open request for changes is enough."""
    if application.status is Status.REVISION_REQUESTED:
        return errors.ALREADY_REVIEWED
    return why_not_review(application, expected_version=expected_version)


def why_not_undo(application: Application, review: Review, *, by: str, now: datetime) -> Reason | None:
    """Only one's own newest decision, and only for half a minute."""
    if application.event_archived:
        return errors.EVENT_ARCHIVED
    if review.undone_at is not None or review.reviewer_id != by or application.last_reviewed_at != review.at:
        return errors.CHANGED_MEANWHILE
    return errors.UNDO_TOO_LATE if now - review.at > UNDO_FOR else None


def why_not_reopen(application: Application) -> Reason | None:
    """A decision that was taken can be taken again; a withdrawn application is its owner's."""
    if application.event_archived:
        return errors.EVENT_ARCHIVED
    return errors.WRONG_STATE if application.status in (Status.PENDING, Status.WITHDRAWN) else None
