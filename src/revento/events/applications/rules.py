"""Decisions about one's own application."""

from typing import Final

from revento.contract import errors
from revento.contract.errors import Reason
from revento.events.applications.models import Application, Status

_CHANGEABLE: Final = frozenset((Status.PENDING, Status.REVISION_REQUESTED, Status.WITHDRAWN))


def why_not_resubmit(application: Application) -> Reason | None:
    """After a request for changes, or to correct what nobody has decided yet, or to come back."""
    if application.event_archived:
        return errors.EVENT_ARCHIVED
    return None if application.status in _CHANGEABLE else errors.ALREADY_REVIEWED


def why_not_withdraw(application: Application) -> Reason | None:
    """Anybody may leave, once."""
    if application.event_archived:
        return errors.EVENT_ARCHIVED
    return errors.WRONG_STATE if application.status is Status.WITHDRAWN else None


def what_changed(before: Application, after: Application) -> list[str]:
    """Which fields of the participant, as integrations see her, are others than they were (contract §6.5)."""
    changed = [name for name in ("display_name", "role") if getattr(before, name) != getattr(after, name)]
    shared = any(before.answers.get(key) != after.answers.get(key) for key in after.shared_keys)
    return [*changed, "custom_form_fields"] if shared else changed
