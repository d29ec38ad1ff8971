"""The doors through which deprecations come and go."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.identity.proofs import Operator
from revento.integrations.deprecations import queries, rules
from revento.integrations.deprecations.models import Announcement
from revento.integrations.teams import actions as teams
from revento.kernel import ids
from revento.kernel.db import Tx

RECENT: Final = timedelta(days=30)  # who called it lately gets the mail


async def announce(
    tx: Tx, operator: Operator, announcement: Announcement, *, base_url: str, now: datetime
) -> tuple[str, int]:
    """Announces that something goes away and writes to the teams that called it lately; its id and how many teams.

    Raises `INVALID_INPUT` with `fields`; a sunset nearer than six months is refused.
    """
    if wrong := rules.wrong(announcement, now=now):
        raise Refused(errors.INVALID_INPUT, fields=wrong)
    id = ids.new("dep")
    await queries.insert(tx, id, announcement, by=operator.user_id, now=now)
    await audit.note(
        tx, operator.user_id, "deprecation.announced", id, now=now, title=announcement.title, path=announcement.path
    )
    callers = [each for each in await queries.list_callers(tx, since=now - RECENT) if each.deprecation_id == id]
    for caller in callers:
        body = (
            f"{announcement.title}\n\n{announcement.description}\n\nIt goes away on {announcement.sunset_at:%d %B %Y}. "
            f"{caller.name} called it {caller.requests} times in the last 30 days.\n\nWhat to do: {announcement.link}\n"
            f"Your console: {base_url}/developer/integrations/{caller.integration_id}\n"
        )
        subject = f"Going away on {announcement.sunset_at:%d %B %Y}: {announcement.title}"
        await teams.write(tx, caller.integration_id, subject, body, now=now)
    return id, len(callers)


async def withdraw(tx: Tx, operator: Operator, id: str, *, now: datetime) -> None:
    """Takes an announcement back. Raises `NOT_FOUND` when there is none that holds."""
    if not await queries.set_withdrawn(tx, id, now=now):
        raise Refused(errors.NOT_FOUND)
    await audit.note(tx, operator.user_id, "deprecation.withdrawn", id, now=now)
