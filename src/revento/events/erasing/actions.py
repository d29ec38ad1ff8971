"""Erasing a person from her events."""

from collections.abc import Sequence
from datetime import datetime

from revento.events.erasing import queries
from revento.events.erasing.models import Trace
from revento.events.signups import actions as signups
from revento.identity.users.models import User
from revento.kernel.db import Tx


async def erase(tx: Tx, user: User, traces: Sequence[Trace], *, pseudonym: str, now: datetime) -> None:
    """Gives her places back, empties her applications and leaves a pseudonym where her name stood.

    `traces` come from `queries.list_traces`, read before anything was erased.
    """
    for trace in traces:
        await signups.leave_all(tx, user.id, trace.event_id, trace.participant_id, now=now)
    names = sorted({user.name} | {trace.display_name for trace in traces})
    await queries.pseudonymise(tx, user.id, pseudonym=pseudonym, now=now)
    await queries.pseudonymise_hosts(tx, [trace.event_id for trace in traces], names, pseudonym=pseudonym)
    await queries.drop_personal(tx, user.id)
