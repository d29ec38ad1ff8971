"""What follows a round of probes: kept, warned by mail, then paused."""

from datetime import datetime
from typing import Final

import msgspec

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.contract.v1.notices import Test
from revento.identity.audit import actions as audit
from revento.identity.proofs import Operator
from revento.integrations.examinations import queries, rules
from revento.integrations.examinations.models import Candidate
from revento.integrations.teams import actions as teams
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, MessageId
from revento.kernel.jobs import queue
from revento.kernel.language import Say
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.outbox import shapes

_SAID: Final = {
    "bad_signature": Say("a message signed by a stranger"),
    "stale_timestamp": Say("a message that was signed 15 minutes ago"),
}

_PAUSED: Final = Say(
    "We have paused your webhooks. Messages are kept for 30 days; resume them in your console once it is repaired."
)
_WARNED: Final = Say(
    "Whoever finds the address could write into your system. If it still does in 48 hours, we pause webhooks."
)


class Seen(msgspec.Struct, frozen=True):
    """What a probe got for an answer."""

    probe: str
    status: int | None
    accepted: bool
    detail: str


def body(now: datetime) -> bytes:
    """The probes' body: harmless, and honest to whoever reads it in a log."""
    say = Test(message="An examination by Revento. A sound endpoint refuses this message.")
    return shapes.build(
        topics.WEBHOOK_TEST, MessageId(ids.new("evt_delivery")), say, event_id=None, organization_id=None, at=now
    )


async def begin(tx: Tx, operator: Operator, client_id: ClientId, *, now: datetime) -> None:
    """Has a client's endpoint examined now, as a reviewer's live test. Raises `WRONG_STATE` when it has no endpoint."""
    candidate = await queries.find(tx, client_id, now=now)
    if candidate is None:
        raise Refused(errors.WRONG_STATE, "It has no webhook address to try.")
    await queue.defer(tx, rules.EXAMINE, client_id=client_id)
    await audit.note(
        tx, operator.user_id, "examination.begun", client_id, integration_id=candidate.integration_id, now=now
    )


async def note(
    tx: Tx, candidate: Candidate, seen: list[Seen], *, is_live_test: bool, base_url: str, now: datetime
) -> str:
    """Keeps a round and does what follows: nothing, a warning by mail, or a pause. Which.

    Nothing follows a live test but what its reviewer decides.
    """
    wrong = [each for each in seen if each.accepted]
    step = "none" if is_live_test else rules.step(candidate.warned_at, accepted=bool(wrong), now=now)
    for each in seen:
        await queries.insert(
            tx,
            ids.new("exa"),
            candidate,
            probe=each.probe,
            status=each.status,
            accepted=each.accepted,
            detail=each.detail,
            step=step if each.accepted else "none",
            now=now,
        )
    if step == "paused":
        for no in await queries.list_endpoints(tx, candidate.client_id):
            await endpoints.pause(tx, no, now=now, reason=rules.PAUSED)
    if step != "none":
        await _tell(tx, candidate, [each.probe for each in wrong], step, base_url=base_url, now=now)
    return step


async def _tell(tx: Tx, candidate: Candidate, probes: list[str], step: str, *, base_url: str, now: datetime) -> None:
    paused, url, name = step == "paused", candidate.url, candidate.name
    parts = (
        *(Say("%(url)s accepted %(what)s.", url=url, what=_SAID[probe]) for probe in probes),
        _PAUSED if paused else _WARNED,
        Say("How to verify: %(link)s", link=f"{base_url}/guide/webhooks"),
        Say("Your console: %(link)s", link=f"{base_url}/developer/integrations/{candidate.integration_id}/checklist"),
    )
    subject = Say("%(name)s accepts forged messages", name=name)
    if paused:
        subject = Say("%(name)s accepts forged messages: webhooks paused", name=name)
    await teams.write(tx, candidate.integration_id, subject, *parts, now=now)
    await audit.note(
        tx,
        audit.SYSTEM,
        f"examination.{step}",
        candidate.client_id,
        integration_id=candidate.integration_id,
        now=now,
        probes=probes,
    )
