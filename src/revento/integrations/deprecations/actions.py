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
from revento.kernel.language import Day, Say, Says

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
    day = Day(announcement.sunset_at)
    for caller in callers:
        parts = (
            announcement.title,
            announcement.description,
            Say("It goes away on %(day)s.", day=day),
            Says(
                "%(name)s called it %(n)s time in the last 30 days.",
                "%(name)s called it %(n)s times in the last 30 days.",
                caller.requests,
                name=caller.name,
            ),
            Say("What to do: %(link)s", link=announcement.link),
            Say("Your console: %(link)s", link=f"{base_url}/developer/integrations/{caller.integration_id}"),
        )
        subject = Say("Going away on %(day)s: %(what)s", day=day, what=announcement.title)
        await teams.write(tx, caller.integration_id, subject, *parts, now=now)
    return id, len(callers)


async def withdraw(tx: Tx, operator: Operator, id: str, *, now: datetime) -> None:
    """Takes an announcement back. Raises `NOT_FOUND` when there is none that holds."""
    if not await queries.set_withdrawn(tx, id, now=now):
        raise Refused(errors.NOT_FOUND)
    await audit.note(tx, operator.user_id, "deprecation.withdrawn", id, now=now)
