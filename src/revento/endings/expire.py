"""An installation ends by itself 90 days after its event (contract §3.1), after two letters."""

from datetime import datetime

from revento.endings import connection
from revento.events.events import queries as events
from revento.events.events.models import Event
from revento.identity.audit.actions import SYSTEM
from revento.integrations.catalogue import queries as integrations
from revento.integrations.installations import actions as managing
from revento.integrations.installations import queries as installations
from revento.integrations.installations import rules
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.language import Day, Say
from revento.kernel.mail import actions as mail

REASON = "installation_expired"


async def look(tx: Tx, *, base_url: str, now: datetime) -> tuple[int, int, int]:
    """Ends what is over, warns 14 and 3 days before, offers removal of what nobody used for 60 days.

    Returns how many ended, were warned about, were offered. Running it again at once does nothing more.
    """
    first, last = rules.WARNINGS
    await installations.follow_events(tx, after=rules.AFTER_EVENT, soon=now + first)
    ended = warned = 0
    for found in await installations.list_ending(tx, before=now + first):
        locked = await installations.lock(tx, found.event_id, found.id)
        if locked is None or not locked.is_active:
            continue
        if locked.ends_at <= now:
            await connection.end(tx, locked, REASON, actor=SYSTEM, now=now)
            ended += 1
        elif locked.warned_at is None or locked.warned_at < locked.ends_at - last <= now:
            await _warn(tx, locked, base_url, now=now)
            warned += 1
    unused = await installations.list_unused(tx, since=now - rules.UNUSED)
    for found in unused:
        await _offer(tx, found, base_url, now=now)
    return ended, warned, len(unused)


async def _warn(tx: Tx, found: Installation, base_url: str, *, now: datetime) -> None:
    event, name = await events.get(tx, found.event_id), await _name(tx, found)
    day = Day(found.ends_at, event.time_zone)
    say = Say(
        "%(name)s loses its access to %(event)s on %(day)s, 90 days after the event. One click lets it stay longer:",
        name=name,
        event=event.title,
        day=day,
    )
    subject = Say("%(name)s: access ends on %(day)s", name=name, day=day)
    await _write(tx, found, event, subject, say, base_url, now=now)
    await installations.set_warned(tx, found.id, now=now)


async def _offer(tx: Tx, found: Installation, base_url: str, *, now: datetime) -> None:
    event, name = await events.get(tx, found.event_id), await _name(tx, found)
    known = {"name": name, "event": event.title}
    say = Say(
        "%(name)s has not used its access to %(event)s for 60 days. If you don't need it, disconnect it:", **known
    )
    await _write(tx, found, event, Say("%(name)s is not used in %(event)s", **known), say, base_url, now=now)
    await installations.set_unused_told(tx, found.id, now=now)


async def _name(tx: Tx, found: Installation) -> str:
    return (await integrations.get(tx, found.integration_id)).name


async def _write(
    tx: Tx, found: Installation, event: Event, subject: Say, say: Say, base_url: str, *, now: datetime
) -> None:
    link = f"{base_url}/organizer/events/{event.id}/integrations/{found.id}"
    for manager in await managing.managers(tx, found.organization_id):
        await mail.write(tx, manager.email, subject, (say, link), hello=manager.name, now=now)
