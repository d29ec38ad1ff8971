"""Pausing, resuming and pacing endpoints by hand, and noticing when an obstacle is gone."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.webhooks.endpoints import health, queries
from revento.webhooks.fanout import queries as fanout
from revento.webhooks.fanout import rules


async def pause(tx: Tx, no: int, *, now: datetime, reason: str = health.BY_HAND) -> bool:
    """Pauses: messages keep collecting. One that was failing is probed hourly. False when it was paused already."""
    probe = now + health.PROBE_EVERY if reason == health.FAILING else None
    return await queries.set_paused(tx, no, reason=reason, next_probe_at=probe, now=now)


async def resume(tx: Tx, no: int) -> bool:
    """Resumes with a clean record; what was collected is sent, oldest first. False when something else withholds it."""
    return await queries.set_active(tx, no)


async def set_pace(tx: Tx, no: int, *, most_in_flight: int, rate_per_s: float | None) -> bool:
    """How many requests at once (1 to 64) and, when given, per second. False when there is no such endpoint."""
    return await queries.set_pace(tx, no, most_in_flight=most_in_flight, rate_per_s=rate_per_s)


async def recheck_withheld(tx: Tx) -> int:
    """Lets endpoints go again whose obstacle is gone (an address was given, a suspension lifted); how many are left."""
    withheld = await queries.list_withheld(tx)
    if not withheld:
        return 0
    targets = await fanout.list_installations(
        tx, event_ids=[], installation_ids=[one.installation_id for one in withheld if one.installation_id]
    )
    targets += await fanout.list_clients(
        tx, client_ids=[one.client_id for one in withheld if not one.installation_id], integration_ids=[]
    )
    obstacles = {one.endpoint_no: rules.why_withheld(one) for one in targets if one.endpoint_no is not None}
    await fanout.note_obstacles(tx, obstacles)
    return sum(obstacle is not None for obstacle in obstacles.values())
