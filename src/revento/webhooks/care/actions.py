"""One round of care: pause what has failed for five days, and write to the people behind what is in trouble."""

from collections import defaultdict
from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.language import Hole, Say, Says
from revento.kernel.mail import actions as mail
from revento.webhooks.care import queries, rules
from revento.webhooks.care.models import Troubled
from revento.webhooks.care.rules import Step
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.endpoints import health

_WORDS = {
    Step.WARN: Say(
        "Every delivery to these receivers has failed since then. We keep trying, and nothing is lost yet. After five "
        "days of nothing but failures we pause a receiver; its messages are kept and it is probed every hour."
    ),
    Step.PAUSE: Say(
        "Five days of nothing but failures: we have paused these receivers. Messages are kept for 30 days. Every hour "
        "we try the oldest one; the first success resumes everything, in order. You can also resume by hand."
    ),
    Step.TELL_PAUSED: Say(
        "These receivers answered 410 Gone, which tells us to stop. Messages are kept for 30 days. Resume by hand once "
        "the receiver is back."
    ),
}


SHOWN = 20  # receivers named in one letter


async def round(tx: Tx, *, base_url: str, now: datetime) -> int:
    """Does what is due for every endpoint in trouble; how many letters were written.

    A letter a client and step, whatever the number of its connections. Safe to run at any time, twice too.
    """
    troubled = await queries.list_troubled(
        tx, warned_before=now - health.WARN_EVERY, pause_before=now - health.PAUSE_AFTER
    )
    steps: dict[tuple[str, Step], list[Troubled]] = defaultdict(list)
    for one in troubled:
        step = rules.due(one, now=now)
        if step is not None:
            steps[one.client_id, step].append(one)
    letters = 0
    for (_, step), group in steps.items():
        if step is Step.PAUSE:
            for one in group:
                await endpoints.pause(tx, one.no, now=now, reason=health.FAILING)
        letters += await _write(tx, step, group, base_url=base_url, now=now)
        await queries.set_warned(tx, [one.no for one in group], now=now)
    return letters


async def _write(tx: Tx, step: Step, group: list[Troubled], *, base_url: str, now: datetime) -> int:
    first = group[0]
    since = min((one.failing_since for one in group if one.failing_since), default=now)
    days = max(1, (now - since).days)
    name = first.integration_name + (" (sandbox)" if first.environment == "sandbox" else "")
    more = len(group) - SHOWN
    parts = (
        Say("%(name)s: %(url)s", name=name, url=first.url or Say("no address")),
        (*map(_line, group[:SHOWN]), *([Says("… and %(n)s more", "… and %(n)s more", more)] if more > 0 else [])),
        _WORDS[step],
        Say("The delivery log: %(link)s", link=f"{base_url}/developer/integrations/{first.integration_id}/deliveries"),
    )
    recipients = await queries.list_recipients(tx, first.integration_id)
    for recipient in recipients:
        await mail.write(tx, recipient, _subject(step, name, days), *parts, now=now)
    return len(recipients)


def _subject(step: Step, name: str, days: int) -> Say:
    if step is not Step.WARN:
        return Say("Webhooks to %(name)s are paused", name=name)
    if days == 1:
        return Say("Webhooks to %(name)s have been failing for a day", name=name)
    return Say("Webhooks to %(name)s have been failing for %(days)s days", name=name, days=days)


def _line(one: Troubled) -> Say:
    since = one.failing_since or one.paused_at
    last: Hole = f"HTTP {one.last_status}" if one.last_status else (one.last_error or Say("no answer"))
    return Say(
        "- %(where)s: since %(since)s UTC, last: %(last)s",
        where=one.event_title or Say("integration level"),
        since=f"{since:%Y-%m-%d %H:%M}",
        last=last,
    )
