"""Cause 6 of contract §2.5: a participant cuts the connection to an integration, or deletes the account."""

from collections.abc import Sequence
from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.erasing import actions as events
from revento.events.erasing import queries as traces
from revento.events.erasing.models import Trace
from revento.identity.audit import actions as audit
from revento.identity.erasing import actions as identity
from revento.identity.erasing.actions import PSEUDONYM
from revento.identity.users import queries as users
from revento.integrations.deletions import actions as deletions
from revento.integrations.deletions.models import Deletion
from revento.integrations.erasing import queries as records
from revento.integrations.grants import queries as grants
from revento.integrations.grants.models import Grant
from revento.integrations.installations import queries as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, GrantId, ParticipantId, UserId
from revento.oauth.families import actions as families
from revento.webhooks.erasing import actions as messages

CUT = "participant_disconnected"
DELETED = "account_deleted"


async def cut(tx: Tx, user_id: UserId, id: GrantId, *, now: datetime) -> Deletion:
    """Ends one's own sign-in to an integration: its user tokens die at once, and it has to erase what it holds.

    Returns the duty that this opens. Raises `NOT_FOUND`, `WRONG_STATE` when it has ended.
    """
    grant = await grants.lock(tx, user_id, id)
    if grant is None:
        raise Refused(errors.NOT_FOUND)
    if grant.ended_at is not None:
        raise Refused(errors.WRONG_STATE)
    found = {trace.event_id: trace.participant_id for trace in await traces.list_traces(tx, user_id)}
    await _end_grant(tx, grant, CUT, now=now)
    connection = await installations.get(tx, grant.installation_id)
    return await _open(tx, connection, user_id, found.get(grant.event_id), CUT, now=now)


async def delete_account(tx: Tx, user_id: UserId, *, now: datetime) -> list[Deletion]:
    """Erases a person, or leaves a pseudonym, in every row that names her; ends her user tokens; opens duties.

    Every connection of her events hears `data.deletion_required`. Her places in activities go to who waits. What
    stays are ids without a name, so that what others did with her stays whole. Raises `OWNS_ORGANIZATION`.
    """
    user = await users.lock(tx, user_id)
    if user.deleted_at is not None:
        raise Refused(errors.WRONG_STATE)
    if await identity.still_owned(tx, user):
        raise Refused(errors.OWNS_ORGANIZATION)
    known = await traces.list_traces(tx, user_id)
    # Connections before consents: in this order the log of reads notes when they were last used.
    told = [(trace, each) for trace in known for each in await _connections(tx, trace)]
    duties = await _end_grants(tx, user_id, known, now=now)
    duties += [await _open(tx, each, user_id, trace.participant_id, DELETED, now=now) for trace, each in told]
    names = {user.name} | {trace.display_name for trace in known}
    await events.erase(tx, user, known, pseudonym=PSEUDONYM, now=now)
    await records.drop_personal(tx, user_id)
    await messages.erase(
        tx,
        [trace.event_id for trace in known],
        [key for trace in known for key in (trace.application_id, trace.participant_id)],
        names,
        pseudonym=PSEUDONYM,
    )
    await identity.erase(tx, user, names, now=now)
    return duties


async def _end_grants(tx: Tx, user_id: UserId, known: Sequence[Trace], *, now: datetime) -> list[Deletion]:
    """Ends what she signed in to; a duty for each of these where her events alone would open none."""
    events_of_hers, duties = {trace.event_id for trace in known}, list[Deletion]()
    for id in await records.list_active_grants(tx, user_id):
        grant = await grants.lock(tx, user_id, GrantId(id))
        if grant is None:
            continue
        await _end_grant(tx, grant, DELETED, now=now)
        if grant.event_id not in events_of_hers:
            connection = await installations.get(tx, grant.installation_id)
            duties.append(await _open(tx, connection, user_id, None, DELETED, now=now))
    return duties


async def _end_grant(tx: Tx, grant: Grant, reason: str, *, now: datetime) -> None:
    await grants.set_ended(tx, grant.id, reason, now=now)
    await families.revoke_by_grant(tx, grant.id, reason, actor=grant.user_id, now=now)
    await audit.note(
        tx,
        grant.user_id,
        "integration.signed_out",
        grant.id,
        now=now,
        event_id=grant.event_id,
        integration_id=grant.integration_id,
        reason=reason,
    )


async def _connections(tx: Tx, trace: Trace) -> list[Installation]:
    """The connections of the event, locked: each gets a duty. An ended one has one for the whole event already."""
    return await installations.lock_active_by_event(tx, EventId(trace.event_id))


async def _open(
    tx: Tx,
    connection: Installation,
    user_id: UserId,
    participant_id: ParticipantId | None,
    reason: str,
    *,
    now: datetime,
) -> Deletion:
    return await deletions.open_for_participant(
        tx, connection, user_id=user_id, participant_id=participant_id, reason=reason, now=now
    )
