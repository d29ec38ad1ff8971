"""The doors of a table of people: look how it would be taken, then bring them in."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.applications import actions as applications
from revento.events.applications import queries as application_rows
from revento.events.forms import queries as forms
from revento.events.people import rules
from revento.events.people.models import Line, PeopleReport
from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer
from revento.identity.users import actions as users
from revento.identity.users import queries as user_rows
from revento.kernel.db import Tx
from revento.kernel.ids import EventId


async def preview(tx: Tx, event_id: EventId, raw: bytes) -> PeopleReport:
    """What each column is taken for, and who would come in. Writes nothing. Raises `INVALID_INPUT`."""
    mapping, lines, problems = rules.read(raw, await forms.list_fields(tx, event_id))
    known = 0
    for line in lines:
        user = await user_rows.find_by_email(tx, line.email)
        known += user is not None and await application_rows.find_by_user(tx, event_id, user.id) is not None
    return PeopleReport(
        mapping=mapping,
        rows=len(lines),
        created=len(lines) - known,
        known=known,
        skipped=[each for each in problems if each.skipped],
        warnings=[each for each in problems if not each.skipped],
    )


async def bring(tx: Tx, organizer: Organizer, raw: bytes, *, now: datetime) -> PeopleReport:
    """Brings the people in: an account where there is none, an application, and the decision that the table names.

    Who has applied already stays as she is. Told to integrations like anything else. Raises `INVALID_INPUT`,
    `EVENT_ARCHIVED`.
    """
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    mapping, lines, problems = rules.read(raw, await forms.list_fields(tx, organizer.event_id))
    created = sum([await _bring(tx, organizer, line, now=now) for line in lines])
    await audit.note(
        tx,
        organizer.user_id,
        "participants.imported",
        organizer.event_id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
        created=created,
    )
    return PeopleReport(
        mapping=mapping,
        rows=len(lines),
        created=created,
        known=len(lines) - created,
        skipped=[each for each in problems if each.skipped],
        warnings=[each for each in problems if not each.skipped],
    )


async def _bring(tx: Tx, organizer: Organizer, line: Line, *, now: datetime) -> bool:
    user_id = await users.known_or_new(tx, line.email, line.name, now=now)
    if await application_rows.find_by_user(tx, organizer.event_id, user_id) is not None:
        return False
    request = applications.Request(line.role, line.name, line.answers)
    application = await applications.enter(tx, organizer, user_id, request, now=now)
    if line.status != "pending":
        reviewer = await proofs.as_reviewer(tx, organizer.user_id, organizer.event_id)
        decide = reviews.approve if line.status == "approved" else reviews.reject
        await decide(tx, reviewer, application.id, now=now)
    return True
