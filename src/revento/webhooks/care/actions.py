"""One round of care: pause what has failed for five days, and write to the people behind what is in trouble."""

from collections import defaultdict
from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.mail import actions as mail
from revento.webhooks.care import queries, rules
from revento.webhooks.care.models import Troubled
from revento.webhooks.care.rules import Step
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.endpoints import health

_SUBJECTS = {
    Step.WARN: "Webhooks to {name} have been failing for {days}",
    Step.PAUSE: "Webhooks to {name} are paused",
    Step.TELL_PAUSED: "Webhooks to {name} are paused",
}
_WORDS = {
    Step.WARN: (
        "Every delivery to these receivers has failed since then. We keep trying, and nothing is lost yet. After five "
        "days of nothing but failures we pause a receiver; its messages are kept and it is probed every hour."
    ),
    Step.PAUSE: (
        "Five days of nothing but failures: we have paused these receivers. Messages are kept for 30 days. Every hour "
        "we try the oldest one; the first success resumes everything, in order. You can also resume by hand."
    ),
    Step.TELL_PAUSED: (
        "These receivers answered 410 Gone, which tells us to stop. Messages are kept for 30 days. Resume by hand once "
        "the receiver is back."
    ),
}


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
    subject = _SUBJECTS[step].format(name=name, days="a day" if days == 1 else f"{days} days")
    parts = [
        f"{name}: {first.url or 'no address'}",
        "\n".join(_line(one) for one in group[:20]) + (f"\n… and {len(group) - 20} more" if len(group) > 20 else ""),
        _WORDS[step],
        f"The delivery log: {base_url}/developer/integrations/{first.integration_id}/deliveries",
    ]
    recipients = await queries.list_recipients(tx, first.integration_id)
    for recipient in recipients:
        await mail.write(tx, recipient, subject, "\n\n".join(parts) + "\n", now=now)
    return len(recipients)


def _line(one: Troubled) -> str:
    since = one.failing_since or one.paused_at
    what = f"HTTP {one.last_status}" if one.last_status else (one.last_error or "no answer")
    return f"- {one.event_title or 'integration level'}: since {since:%Y-%m-%d %H:%M} UTC, last: {what}"
