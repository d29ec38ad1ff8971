"""Applications as webhooks show them (contract §6.5). Only shared answers leave the house."""

from datetime import datetime
from typing import Any

from revento.contract.v1 import participant as wire
from revento.contract.v1.wire import stamp
from revento.events.applications.models import Application


def _shared(application: Application) -> dict[str, Any]:
    return {key: application.answers.get(key) for key in application.shared_keys}


def _common(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "participant_id": application.participant_id,
        "user_id": application.user_id,
        "status": application.status.value,
        "role": application.role,
        "custom_form_fields": _shared(application),
    }


def submitted(application: Application) -> wire.ApplicationSubmitted:
    """`data` of `application.submitted`."""
    return wire.ApplicationSubmitted(**_common(application), submitted_at=stamp(application.submitted_at))


def approved(application: Application, *, by: str, at: datetime) -> wire.ApplicationApproved:
    """`data` of `application.approved`."""
    return wire.ApplicationApproved(**_common(application), approved_at=stamp(at), approver_id=by)


def rejected(application: Application, *, by: str, at: datetime) -> wire.ApplicationRejected:
    """`data` of `application.rejected`."""
    return wire.ApplicationRejected(**_common(application), rejected_at=stamp(at), rejecter_id=by)


def revision_requested(application: Application, *, by: str, at: datetime) -> wire.ApplicationRevisionRequested:
    """`data` of `application.revision_requested`, without the note."""
    return wire.ApplicationRevisionRequested(**_common(application), revision_requested_at=stamp(at), requester_id=by)
