"""Ordering a replay, moving all of them on, stopping one."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.contract.limits import DEAD_LETTER_DAYS
from revento.kernel import ids as new_ids
from revento.kernel.db import Tx
from revento.webhooks.claim import queries as claims
from revento.webhooks.fanout import actions as fanout
from revento.webhooks.fanout import queries as targets
from revento.webhooks.fanout import rules
from revento.webhooks.fanout.models import Message
from revento.webhooks.replays import queries
from revento.webhooks.replays.models import Again, Replay, Wish

STATES = ("delivered", "dead", "acknowledged")
RATE_MOST = 1000
STEP_MOST = 1000
# While this many rows are waiting to be sent to one of its receivers, a replay adds none.
BUSY_AT = 200


async def order(
    tx: Tx, client_id: str, wish: Wish, *, by: str, now: datetime, installation_id: str | None = None
) -> str:
    """Orders a replay of finished deliveries, of one connection or all of a client; its id.

    They go out at `rate_per_s` at most, behind live traffic, under new delivery ids and their old sequence numbers, and
    marked as replay. Raises `INVALID_INPUT` when a field makes no sense.
    """
    wish = checked(wish, now)
    total = await queries.count_logged(tx, client_id, installation_id, wish)
    id = new_ids.new("rep")
    await queries.insert(
        tx,
        id,
        wish,
        kind="replay",
        client_id=client_id,
        installation_id=installation_id,
        total=total,
        created_by=by,
        now=now,
    )
    return id


async def backfill(
    tx: Tx, installation_id: str, *, since: datetime, by: str, now: datetime, rate_per_s: int = 50
) -> str:
    """Orders what happened in a connection's event since `since` and before it was made; the replay's id.

    Only what it declares and was granted, as new deliveries marked as replay. Raises `WRONG_STATE` when the connection
    has ended or nothing is declared, `INVALID_INPUT` when there is no such time.
    """
    (target,) = await targets.list_installations(tx, event_ids=[], installation_ids=[installation_id])
    wanted = [
        topic.name
        for topic in topics.ALL
        if topic.scope is not None and rules.why_not(topic, target) in (None, *rules.HELD)
    ]
    if not wanted or target.event_id is None:
        raise Refused(errors.WRONG_STATE, "The connection has ended, or nothing that it was granted is declared.")
    connected_at = await queries.connected_at(tx, installation_id)
    if since >= connected_at:
        say = "The event was connected before that; what came since then was sent. Choose an earlier beginning."
        raise Refused(errors.INVALID_INPUT, fields={"since": say})
    wish = checked(Wish(since=since, until=connected_at, topics=wanted, states=[], rate_per_s=rate_per_s), now)
    total = await queries.count_old(tx, target.event_id, wish)
    id = new_ids.new("rep")
    await queries.insert(
        tx,
        id,
        wish,
        kind="backfill",
        client_id=target.client_id,
        installation_id=installation_id,
        total=total,
        created_by=by,
        now=now,
    )
    return id


async def replay(tx: Tx, endpoint_nos: list[int], ids: list[UUID]) -> list[Again]:
    """Sends these few deliveries once more, marked as replay and under new ids, so that receivers take them again."""
    await targets.await_lock(tx)
    queued = await queries.queue_again(tx, endpoint_nos, ids)
    if queued:
        await claims.ring(tx)
    return queued


async def cancel(tx: Tx, client_ids: list[str], id: str, *, now: datetime) -> bool:
    """Stops a running replay of these clients; what is queued already is still sent. Whether it was running."""
    return await queries.set_cancelled(tx, client_ids, id, now=now)


async def advance(tx: Tx, *, now: datetime) -> int:
    """Moves every running replay on by what its rate allows; how many deliveries were queued.

    The cursor moves in the transaction that queues the rows: a kill repeats nothing and loses nothing.
    """
    running = await queries.lock_running(tx)
    if not running:
        return 0
    await targets.await_lock(tx)
    moved = 0
    for replay in running:
        if await queries.is_busy(tx, replay.client_id, replay.installation_id, most=BUSY_AT):
            await queries.set_moved(tx, replay.id)
            continue
        limit = min(replay.rate_per_s, STEP_MOST)
        moved += await (
            _backfill(tx, replay, limit, now) if replay.kind == "backfill" else _replay(tx, replay, limit, now)
        )
    if moved:
        await claims.ring(tx)
    return moved


async def _replay(tx: Tx, replay: Replay, limit: int, now: datetime) -> int:
    return (await queries.move(tx, replay, limit=limit, now=now)).queued


async def _backfill(tx: Tx, replay: Replay, limit: int, now: datetime) -> int:
    found = await targets.list_installations(tx, event_ids=[], installation_ids=[replay.installation_id or ""])
    if not found or found[0].installation_state != "active":
        await queries.set_cancelled(tx, [replay.client_id], replay.id, now=now)
        return 0
    target = found[0]
    old = await queries.list_old(tx, target.event_id or "", replay, limit=limit)
    planned: list[fanout.Planned] = []
    for one in old:
        why = rules.why_not(topics.BY_NAME[one.topic], target)
        if why is None or why in rules.HELD:
            message = Message(id=one.id, created_at=one.created_at, topic=one.topic, resource_key=one.resource_key)
            planned.append((message, target, why))
    if planned:
        await fanout.deliver(tx, planned, is_replay=True)
    await queries.set_after(
        tx,
        replay.id,
        after_at=old[-1].created_at if old else None,
        after_id=old[-1].id if old else None,
        queued=len(planned),
        is_done=len(old) < limit,
        now=now,
    )
    return len(planned)


def checked(wish: Wish, now: datetime) -> Wish:
    """The wish within what is kept. Raises `INVALID_INPUT` with a sentence for each field."""
    oldest = now - timedelta(days=DEAD_LETTER_DAYS)
    since, until = max(wish.since, oldest), min(wish.until, now)
    wrong: dict[str, str] = {}
    if until <= since:
        wrong["until"] = f"The end must be after the beginning; deliveries are kept {DEAD_LETTER_DAYS} days."
    if unknown := [name for name in wish.topics if name not in topics.BY_NAME]:
        wrong["topics"] = f"There is no event type {unknown[0]}."
    if unknown := [state for state in wish.states if state not in STATES]:
        wrong["states"] = f"There is no state {unknown[0]} to replay; choose among {', '.join(STATES)}."
    if not 1 <= wish.rate_per_s <= RATE_MOST:
        wrong["rate_per_s"] = f"Choose a rate from 1 to {RATE_MOST} per second."
    if wrong:
        raise Refused(errors.INVALID_INPUT, fields=wrong)
    return msgspec.structs.replace(wish, since=since, until=until)
