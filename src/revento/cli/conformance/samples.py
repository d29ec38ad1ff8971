"""Documents of the API and data of messages, made of the contract's own structs so that no field is missing."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from revento.contract.v1 import event, notices, participant, person, program
from revento.contract.v1.wire import Wire, stamp
from revento.kernel import ids

EVENT: Final = "evt_01k5w4k8q0e2v9h6c3m7t1xyza"
ORGANIZATION: Final = "org_01k5w4k8q0e2v9h6c3m7t1xyzb"
USER: Final = "usr_01k5w4k8q0e2v9h6c3m7t1xyzc"
REVIEWER: Final = "usr_01k5w4k8q0e2v9h6c3m7t1xyzd"
PEOPLE: Final = 60  # two pages of fifty


def _now() -> datetime:
    return datetime.fromtimestamp(int(time.time()), UTC)


def _built(shape: Wire) -> dict[str, Any]:
    return msgspec.to_builtins(shape)


def an_event(event_id: str) -> dict[str, Any]:
    """The connected event."""
    now = _now()
    return _built(
        event.Event(
            id=event_id,
            organization_id=ORGANIZATION,
            title="Conformance Convention",
            description="Played by the conformance kit.",
            publish_status="published",
            starts_at=stamp(now + timedelta(days=30)),
            ends_at=stamp(now + timedelta(days=32)),
            time_zone="Europe/Warsaw",
            min_age="age_all",
            location_name="Loopback Hall",
            website_url=None,
            custom_form_field_definitions=[],
            created_at=stamp(now - timedelta(days=9)),
            updated_at=stamp(now),
        )
    )


def a_participant(event_id: str, number: int) -> dict[str, Any]:
    """One of the event's people."""
    now = _now()
    return _built(
        participant.Participant(
            id=f"ptp_{number:026d}",
            event_id=event_id,
            user_id=f"usr_{number:026d}",
            application_id=f"app_{number:026d}",
            display_name=f"Participant {number}",
            role="participant",
            application_status="approved",
            submitted_at=stamp(now - timedelta(days=3)),
            registered_at=stamp(now - timedelta(days=1)),
            registration_wave_id=None,
            last_reviewed_at=stamp(now - timedelta(days=2)),
            last_reviewer_id=REVIEWER,
            last_review_action="approved",
            custom_form_fields={},
            created_at=stamp(now - timedelta(days=3)),
            updated_at=stamp(now - timedelta(days=1)),
        )
    )


def an_activity(event_id: str, *, version: int = 1) -> dict[str, Any]:
    """One activity; a higher version is newer."""
    now = _now()
    return _built(
        program.Activity(
            id="act_01k5w4k8q0e2v9h6c3m7t1xyze",
            event_id=event_id,
            thread_id=None,
            location_id=None,
            title=f"Opening, version {version}",
            description="",
            status="scheduled",
            starts_at=stamp(now + timedelta(days=30)),
            ends_at=stamp(now + timedelta(days=30, hours=1)),
            min_age="age_all",
            language="en",
            hosts=[],
            capacity=20,
            signup_count=version,
            waitlist_count=0,
            capacity_state="open",
            created_at=stamp(now - timedelta(days=5)),
            updated_at=stamp(now + timedelta(seconds=version)),
        )
    )


def an_approval(event_id: str, *, mark: str = "", participant_id: str | None = None) -> dict[str, Any]:
    """`data` of `application.approved`; `mark` stands among the answers, so that it can be found again."""
    return _built(
        participant.ApplicationApproved(
            id=ids.new("app"),
            participant_id=participant_id or ids.new("ptp"),
            user_id=ids.new("usr"),
            status="approved",
            role="participant",
            custom_form_fields={"favorite_track": mark or "Żagle i gwiazdy"},
            approved_at=stamp(_now()),
            approver_id=REVIEWER,
        )
    )


def a_deletion(participant_id: str | None) -> dict[str, Any]:
    """`data` of `data.deletion_required`, for one person or for the whole event."""
    return _built(
        notices.DeletionRequired(
            deletion_id=ids.new("del"),
            subject="participant" if participant_id else "event",
            participant_id=participant_id,
            user_id=USER if participant_id else None,
            reason="participant_disconnected" if participant_id else "organizer_disconnected",
            deadline_at=stamp(_now() + timedelta(days=30)),
        )
    )


def a_suspension() -> dict[str, Any]:
    """`data` of `integration.suspended`."""
    return _built(
        notices.IntegrationSuspended(integration_id=ids.new("int"), reason="A drill.", suspended_at=stamp(_now()))
    )


def a_profile() -> dict[str, Any]:
    """The person who signs in."""
    return _built(person.Profile(id=USER, name="Kit Person", email="kit@example.com", email_verified=True, locale="en"))


def data(topic: str, event_id: str) -> dict[str, Any]:
    """`data` for a topic that the kit sends."""
    if topic == "activity.updated":
        return an_activity(event_id) | {"changed_fields": ["title"], "previous": {"title": "Opening"}}
    if topic == "webhook.test":
        return {"message": "Hello from the conformance kit."}
    if topic == "integration.suspended":
        return a_suspension()
    return an_approval(event_id)
