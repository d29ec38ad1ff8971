"""Making things happen on purpose: for each webhook type the domain action that tells it, done for real.

Each function does its deed once, to whom it was done least recently, and returns the id of what changed.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.endings import suspend as suspending
from revento.endings.disconnect import disconnect
from revento.events.applications import actions as applications
from revento.events.applications import queries as application_rows
from revento.events.applications.models import Application, Status
from revento.events.events import actions as events
from revento.events.events import queries as event_rows
from revento.events.events.models import Event
from revento.events.participants import actions as participants
from revento.events.participants import queries as participant_rows
from revento.events.program import actions as program
from revento.events.program import queries as program_rows
from revento.events.program.models import Activity, ActivityFacts, Host
from revento.events.reviews import actions as reviews
from revento.events.reviews import queries as review_rows
from revento.events.reviews.models import QueueRow
from revento.identity import proofs
from revento.identity.audit import actions as audit
from revento.identity.organizations import queries as organizations
from revento.identity.permissions import Role
from revento.identity.proofs import Reviewer
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.catalogue.models import Integration
from revento.integrations.credentials import queries as clients
from revento.integrations.installations import actions as installations
from revento.integrations.installations import queries as installation_rows
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, IntegrationId, UserId
from revento.webhooks import testing
from revento.webhooks.console import queries as console

_BEGINNING: Final = (datetime(1, 1, 1, tzinfo=UTC), "")
_MOST: Final = 1000
_MARK: Final = "\n\n*Changed at "
_MOVE: Final = timedelta(minutes=5)
TRIED: Final = "Tried out in the sandbox."


class Moment(msgspec.Struct, frozen=True):
    """Where something is about to happen: the event, an organizer who does it, and when."""

    tx: Tx
    event: Event
    organizer: UserId
    now: datetime
    integration_id: IntegrationId | None = None  # the one that is tried; none: any that is connected

    async def reviewer(self) -> Reviewer:
        """The organizer as a reviewer."""
        return await proofs.as_reviewer(self.tx, self.organizer, self.event.id)


async def at(tx: Tx, event_id: EventId, *, integration_id: IntegrationId | None = None, now: datetime) -> Moment:
    """The moment at an event of the sandbox, for one integration or any.

    Raises `NOT_FOUND`, `WRONG_STATE` for an event of a real organization.
    """
    event = await event_rows.find(tx, event_id)
    if event is None:
        raise Refused(errors.NOT_FOUND, "There is no such event.")
    if not event.is_sandbox:
        raise Refused(errors.WRONG_STATE, "Only events of the sandbox can be made to happen.")
    members = await organizations.list_members(tx, event.organization_id)
    organizer = next((each.user_id for each in members if each.role == Role.OWNER), None)
    if organizer is None:
        raise Refused(errors.WRONG_STATE, "Nobody organizes this event.")
    return Moment(tx, event, organizer, now, integration_id)


async def submit(moment: Moment) -> str:
    """Somebody sends her application again."""
    found = await _one_of(moment, Status.REVISION_REQUESTED, Status.PENDING)
    if found is None:
        found = await _reopened(moment)
    request = applications.Request(found.role, found.display_name, found.answers)
    await applications.resubmit(moment.tx, found.user_id, moment.event.id, found.id, request, now=moment.now)
    return found.id


async def approve(moment: Moment) -> str:
    """A reviewer approves the application that waits longest; when none waits, one is opened again first."""
    found = await _waiting(moment)
    await reviews.approve(moment.tx, await moment.reviewer(), found.id, now=moment.now)
    return found.id


async def register(moment: Moment) -> str:
    """A place is confirmed, which is what an approval does."""
    found = await _waiting(moment)
    await reviews.approve(moment.tx, await moment.reviewer(), found.id, now=moment.now)
    return found.participant_id


async def reject(moment: Moment) -> str:
    """A reviewer rejects an application."""
    found = await _waiting(moment)
    note = "All places are taken this year."
    await reviews.reject(moment.tx, await moment.reviewer(), found.id, note=note, now=moment.now)
    return found.id


async def ask_revision(moment: Moment) -> str:
    """A reviewer asks for changes."""
    found = await _one_of(moment, Status.PENDING) or await _reopened(moment)
    note = "Please tell us more about what you would like to bring."
    await reviews.ask_revision(moment.tx, await moment.reviewer(), found.id, note=note, now=moment.now)
    return found.id


async def rename(moment: Moment) -> str:
    """A participant changes what she is called in the event."""
    people = await participant_rows.page(moment.tx, moment.event.id, _BEGINNING, limit=_MOST)
    if not people:
        raise _nobody()
    someone = min(people, key=lambda each: (each.updated_at, each.id))
    name, mark, _ = someone.display_name.partition(" ✶")
    renamed = name if mark else f"{name} ✶"
    await participants.rename(moment.tx, someone.user_id, moment.event.id, someone.id, renamed, now=moment.now)
    return someone.id


async def move_activity(moment: Moment) -> str:
    """An activity is moved by five minutes."""
    activity = await _activity(moment)
    by = _MOVE if activity.version % 2 else -_MOVE
    facts = msgspec.structs.replace(_facts(activity), starts_at=activity.starts_at + by, ends_at=activity.ends_at + by)
    planner = await proofs.as_planner(moment.tx, moment.organizer, moment.event.id)
    await program.edit_activity(moment.tx, planner, activity.id, facts, now=moment.now)
    return activity.id


async def turn_signups(moment: Moment) -> str:
    """Sign-ups of an activity close, or open again. Another one each time, since one is told at most every 30 s."""
    activity = await _activity(moment)
    facts = msgspec.structs.replace(_facts(activity), signups_open=not activity.signups_open)
    planner = await proofs.as_planner(moment.tx, moment.organizer, moment.event.id)
    await program.edit_activity(moment.tx, planner, activity.id, facts, now=moment.now)
    return activity.id


async def edit_event(moment: Moment) -> str:
    """The event's description says when it was last changed."""
    event = moment.event
    said = event.description.partition(_MARK)[0]
    facts = events.EventFacts(
        title=event.title,
        description=f"{said}{_MARK}{moment.now.astimezone(UTC):%H:%M:%S.%f} UTC.*",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        time_zone=event.time_zone,
        min_age=event.min_age,
        location_name=event.location_name,
        website_url=event.website_url,
    )
    await events.edit(
        moment.tx, await proofs.as_organizer(moment.tx, moment.organizer, event.id), facts, now=moment.now
    )
    return event.id


async def suspend(moment: Moment) -> str:
    """The operator suspends an integration that is connected here; one that is suspended already is resumed before."""
    integration = await _on_trial(moment)
    if integration.state == "suspended":
        await suspending.resume(moment.tx, audit.SYSTEM, integration.id, now=moment.now)
    await suspending.suspend(moment.tx, audit.SYSTEM, integration.id, reason=TRIED, now=moment.now)
    return integration.id


async def resume(moment: Moment) -> str:
    """The operator lifts a suspension; where there is none, one is made before."""
    integration = await _on_trial(moment)
    if integration.state != "suspended":
        await suspending.suspend(moment.tx, audit.SYSTEM, integration.id, reason=TRIED, now=moment.now)
    await suspending.resume(moment.tx, audit.SYSTEM, integration.id, now=moment.now)
    return integration.id


async def _on_trial(moment: Moment) -> Integration:
    """The connected integration, when playing a suspension hurts nobody.

    Raises `WRONG_STATE` when it has production credentials, and when an operator has suspended it in earnest.
    """
    connection = await _connection(moment)
    integration = await catalogue.get(moment.tx, connection.integration_id)
    if any(each.environment == "production" for each in await clients.list_clients(moment.tx, integration.id)):
        raise Refused(errors.WRONG_STATE, "It has production credentials; a trial would stop real events as well.")
    if integration.state == "suspended" and integration.suspension_reason != TRIED:
        raise Refused(errors.WRONG_STATE, "The operator has suspended it, and only the operator lifts that.")
    return integration


async def require_deletion(moment: Moment) -> str:
    """An organizer disconnects an integration, which has to erase what it holds; then she connects it again."""
    connection = await _connection(moment)
    manager = await proofs.as_integration_manager(moment.tx, moment.organizer, moment.event.id)
    client = await clients.find_client(moment.tx, connection.client_id)
    await disconnect(moment.tx, manager, connection.id, why=TRIED, now=moment.now)
    if client is not None:
        await installations.connect(moment.tx, manager, client, connection.granted_scopes, now=moment.now)
    return connection.id


async def send_test(moment: Moment) -> str:
    """Somebody presses "Send a test" for an integration that is connected here."""
    connection = await _connection(moment)
    endpoints = await console.list_endpoints(moment.tx, installation_id=connection.id)
    endpoint = endpoints[0] if endpoints else None
    return await testing.send(moment.tx, connection.client_id, endpoint, "A test from the sandbox.", now=moment.now)


async def _connection(moment: Moment) -> Installation:
    found = [
        each
        for each in await installation_rows.list_by_event(moment.tx, moment.event.id)
        if each.is_active and moment.integration_id in (None, each.integration_id)
    ]
    if not found and moment.integration_id is not None:
        raise Refused(errors.WRONG_STATE, "Connect the integration to this event first.")
    if not found:
        raise Refused(errors.WRONG_STATE, "No integration is connected to this event; `revento connect` connects one.")
    return found[-1]


async def _waiting(moment: Moment) -> Application:
    return await _one_of(moment, Status.PENDING, Status.REVISION_REQUESTED) or await _reopened(moment)


async def _one_of(moment: Moment, *statuses: Status) -> Application | None:
    for status in statuses:
        rows = await review_rows.page_queue(moment.tx, moment.event.id, _BEGINNING, status=status, limit=1)
        if rows:
            return await application_rows.lock(moment.tx, moment.event.id, rows[0].id)
    return None


async def _reopened(moment: Moment) -> Application:
    """The application whose decision is the oldest, pending again."""
    rows: list[QueueRow] = []
    for status in (Status.REJECTED, Status.APPROVED):
        rows += await review_rows.page_queue(moment.tx, moment.event.id, _BEGINNING, status=status, limit=_MOST)
    if not rows:
        raise _nobody()
    oldest = min(rows, key=lambda each: (each.last_reviewed_at or _BEGINNING[0], each.id))
    return await reviews.reopen(moment.tx, await moment.reviewer(), oldest.id, now=moment.now)


async def _activity(moment: Moment) -> Activity:
    found = [
        each for each in await program_rows.list_activities(moment.tx, moment.event.id) if each.status == "scheduled"
    ]
    if not found:
        raise Refused(errors.WRONG_STATE, "This event has no published activity.")
    return min(found, key=lambda each: (each.updated_at, each.id))


def _facts(activity: Activity) -> ActivityFacts:
    known = {name: getattr(activity, name) for name in ActivityFacts.__struct_fields__ if name != "hosts"}
    return ActivityFacts(**known, hosts=tuple(Host(each.display_name, each.participant_id) for each in activity.hosts))


def _nobody() -> Refused:
    return Refused(errors.WRONG_STATE, "Nobody has applied for this event; `revento sandbox reset` brings people.")


DEEDS: Final[dict[str, Callable[[Moment], Awaitable[str]]]] = {
    topics.APPLICATION_SUBMITTED.name: submit,
    topics.APPLICATION_APPROVED.name: approve,
    topics.APPLICATION_REJECTED.name: reject,
    topics.APPLICATION_REVISION_REQUESTED.name: ask_revision,
    topics.PARTICIPANT_REGISTERED.name: register,
    topics.PARTICIPANT_PROFILE_UPDATED.name: rename,
    topics.ACTIVITY_UPDATED.name: move_activity,
    topics.ACTIVITY_CAPACITY_STATE_CHANGED.name: turn_signups,
    topics.EVENT_UPDATED.name: edit_event,
    topics.DELETION_REQUIRED.name: require_deletion,
    topics.INTEGRATION_SUSPENDED.name: suspend,
    topics.INTEGRATION_RESUMED.name: resume,
    topics.WEBHOOK_TEST.name: send_test,
}
