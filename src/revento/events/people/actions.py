"""The doors of a table of people: look how it would be taken, then bring them in."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.applications import actions as applications
from revento.events.applications import queries as application_rows
from revento.events.applications.models import Status
from revento.events.events import queries as events
from revento.events.forms import queries as forms
from revento.events.people import rules
from revento.events.people.models import Line, PeopleReport, Table
from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer, Reviewer
from revento.identity.users import actions as users
from revento.kernel.db import Tx
from revento.kernel.ids import EventId

Progress = Callable[[int, int], None]  # done, of how many
_AT_ONCE: Final = 250  # people


async def preview(tx: Tx, event_id: EventId, raw: bytes, *, status: str = "approved") -> PeopleReport:
    """What each column is taken for, and who would come in. Writes nothing.

    Raises `INVALID_INPUT`, `EVENT_ARCHIVED`, `NoRow` where there is no such event.
    """
    if (await events.get(tx, event_id)).archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    table = rules.read(raw, await forms.list_fields(tx, event_id), status=status)
    return _report(table, await _new(tx, event_id, table), dry_run=True)


async def bring(
    tx: Tx,
    organizer: Organizer,
    raw: bytes,
    *,
    status: str = "approved",
    progress: Progress | None = None,
    now: datetime,
) -> PeopleReport:
    """Brings the people in: an account where there is none, an application, and the decision that the table names.

    Who has applied already stays as she is. Told to integrations like anything else. Raises `INVALID_INPUT`,
    `EVENT_ARCHIVED`.
    """
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    table = rules.read(raw, await forms.list_fields(tx, organizer.event_id), status=status)
    new = await _new(tx, organizer.event_id, table)
    reviewer = await proofs.as_reviewer(tx, organizer.user_id, organizer.event_id)
    for start in range(0, len(new), _AT_ONCE):
        some = new[start : start + _AT_ONCE]
        await _bring(tx, organizer, reviewer, some, now=now)
        if progress is not None:
            progress(start + len(some), len(new))
    await audit.note(
        tx,
        organizer.user_id,
        "participants.imported",
        organizer.event_id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
        created=len(new),
    )
    return _report(table, new, dry_run=False)


async def _new(tx: Tx, event_id: EventId, table: Table) -> list[Line]:
    """Those of the table who have not applied for this event yet."""
    known = set(await application_rows.list_applied(tx, event_id, [each.email for each in table.lines]))
    return [each for each in table.lines if each.email not in known]


async def _bring(tx: Tx, organizer: Organizer, reviewer: Reviewer, some: list[Line], *, now: datetime) -> None:
    """Some of them together: one by one they would take two dozen round trips each."""
    accounts = await users.known_or_new_many(tx, {each.email: each.name for each in some}, now=now)
    requests = {accounts[each.email]: applications.Request(each.role, each.name, each.answers) for each in some}
    entered = await applications.enter(tx, organizer, requests, now=now)
    wanted = {accounts[each.email]: each.status for each in some}
    for status in (Status.APPROVED, Status.REJECTED):
        decided = [each for each in entered if wanted[each.user_id] == status.value]
        await reviews.decide_many(tx, reviewer, decided, status, now=now)


def _report(table: Table, new: Sequence[Line], *, dry_run: bool) -> PeopleReport:
    return PeopleReport(
        mapping=table.mapping,
        rows=len(table.lines),
        created=len(new),
        known=len(table.lines) - len(new),
        statuses=dict(Counter(each.status for each in new)),
        skipped=[each for each in table.problems if each.skipped],
        warnings=[each for each in table.problems if not each.skipped],
        dry_run=dry_run,
    )
