"""Claiming for the lanes: fair in turn over shards and endpoints, only as much as there is room for."""

import secrets as dice
import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from revento.contract import topics
from revento.kernel import log
from revento.kernel.db import Database, Tx
from revento.kernel.reader import Leaser
from revento.kernel.secrets import Box, CannotOpen
from revento.webhooks import signing
from revento.webhooks.claim import queries
from revento.webhooks.claim.models import Claimed, Receiver
from revento.webhooks.fanout import queries as fanout
from revento.webhooks.fanout import rules
from revento.workers.dispatch.counting import Counts
from revento.workers.dispatch.lanes import Lanes

AHEAD: Final = 8  # rows in memory per place in flight, so that an endpoint need not wait for the next claim
ROWS_MOST: Final = 1024
SUSPECT_ROWS_MOST: Final = 128
BATCH: Final = 256  # as many as the claim itself allows
LEASE_S: Final = 60.0
HELD: Final = 4

_log = log.logger("webhooks.claiming")


class Claimer:
    """Takes rows from the database into the lanes."""

    def __init__(
        self,
        db: Database,
        leaser: Leaser,
        lanes: Lanes,
        counts: Counts,
        box: Box,
        *,
        give_back: Callable[[list[Claimed]], None],
    ) -> None:
        """`give_back` takes rows that were leased and can't be sent, because the database went away in between."""
        self._give_back = give_back
        self._db, self._leaser, self._lanes, self._counts, self._box = db, leaser, lanes, counts, box
        self._after: dict[int, int] = {}
        self._parked = 0
        self._unseal = lru_cache(1024)(self._open_secret)
        self.is_out_of_room = False

    def serve(self, shards: list[int]) -> None:
        """From now on claims from these shards."""
        kept = {shard: after for shard, after in self._after.items() if shard in shards}
        self._after = kept | {shard: 0 for shard in shards if shard not in kept}

    async def healthy(self) -> bool:
        """Claims for endpoints in good health; whether it is worth asking again at once."""
        self._parked = min(ROWS_MOST, self._lanes.parked())
        self.is_out_of_room = not self.has_room
        if self.is_out_of_room or not self._after:
            return False
        limit, begun_inside = BATCH, any(self._after.values())
        rows = await self._claim(self._after, healthy=True, limit=limit)
        is_full = len(rows) >= limit
        self._move_on(rows, is_full=is_full)
        return is_full or begun_inside

    @property
    def has_room(self) -> bool:
        """Whether a whole batch fits: a claim of a few rows costs as much, so it waits until many have gone.

        Rows behind a request that has been out for a second take no room from the others, up to as many again.
        """
        return self._lanes.rows - self._lanes.suspect_rows - self._parked <= ROWS_MOST - BATCH

    async def suspects(self) -> int:
        """Claims for endpoints that failed last time, within their small share; how many rows."""
        room = SUSPECT_ROWS_MOST - self._lanes.suspect_rows
        if room <= 0 or not self._after:
            return 0
        shards = sorted(self._after, key=lambda _: dice.randbits(16))
        return len(await self._claim(dict.fromkeys(shards, 0), healthy=False, limit=min(BATCH, room)))

    async def _claim(self, after: dict[int, int], *, healthy: bool, limit: int) -> list[Claimed]:
        token, busy = dice.randbits(62), self._lanes.busy()
        rows = await queries.claim(
            self._leaser,
            afters=after,
            busy=busy,
            healthy=healthy,
            limit=limit,
            ahead=AHEAD,
            token=token,
            lease_s=LEASE_S,
        )
        if not rows:
            return rows
        try:
            receivers = await self._receivers(rows)
            sendable = await self._sendable(rows, receivers)
        except BaseException:
            self._give_back(rows)
            raise
        self._counts.claims += 1
        self._counts.claimed += len(rows)
        taken = Counter(row.endpoint_no for row in rows)
        self._fill(sendable, receivers, {no: taken[no] + busy.get(no, 0) for no in taken})
        return rows

    def _fill(self, rows: list[Claimed], receivers: dict[int, Receiver], held: dict[int, int]) -> None:
        now = time.monotonic()
        for row in rows:
            lane = self._lanes.by_no.get(row.endpoint_no)
            receiver = receivers[row.endpoint_no]
            if lane is None or lane.receiver is not receiver:
                lane = self._lanes.open(receiver, self._secrets(receiver))
            self._lanes.add(lane, row, at=now)
            lane.has_more = held[row.endpoint_no] >= lane.receiver.in_flight_now * AHEAD

    async def _receivers(self, rows: list[Claimed]) -> dict[int, Receiver]:
        found = await queries.list_leased_receivers(self._leaser, sorted({row.endpoint_no for row in rows}))
        return {one.endpoint_no or 0: one for one in found}

    async def _sendable(self, rows: list[Claimed], receivers: dict[int, Receiver]) -> list[Claimed]:
        """Those rows that may be sent now. Rights may have changed since routing: the others are held or closed."""
        sendable: list[Claimed] = []
        held: list[Claimed] = []
        closed: list[tuple[Claimed, str]] = []
        for row in rows:
            receiver, topic = receivers.get(row.endpoint_no), topics.BY_NAME.get(row.topic)
            if receiver is None or topic is None or row.body is None:
                closed.append((row, "expired"))
            elif (why := rules.why_not(topic, receiver)) is None:
                sendable.append(row)
            elif why in rules.HELD:
                held.append(row)
            else:
                closed.append((row, why.value))
        if closed or held:
            async with self._db.tx() as tx:
                if closed:
                    await queries.cancel(tx, closed)
                if held:
                    await _hold(tx, held, receivers)
        return sendable

    def _move_on(self, rows: list[Claimed], *, is_full: bool) -> None:
        """Where the next claim begins: after the last endpoint served if the limit cut us short, else at the start."""
        order = list(self._after)
        if not is_full:
            self._after = dict.fromkeys(order[1:] + order[:1], 0)
            return
        last = max((order.index(row.shard), row.endpoint_no) for row in rows)
        turned = order[last[0] :] + order[: last[0]]
        self._after = dict.fromkeys(turned, 0) | {turned[0]: last[1]}

    def _secrets(self, receiver: Receiver) -> list[str]:
        """The signing secrets that we can open, current first."""
        opened = (self._unseal(id, sealed) for id, sealed in zip(receiver.secret_ids, receiver.sealed, strict=True))
        return [secret for secret in opened if secret is not None]

    def _open_secret(self, id: str, sealed: bytes) -> str | None:
        try:
            return signing.unseal(self._box, id, sealed)
        except CannotOpen as error:
            _log.error("signing_secret_cannot_be_opened", secret_id=id, reason=str(error))
            return None


async def _hold(tx: Tx, rows: list[Claimed], receivers: dict[int, Receiver]) -> None:
    obstacles = {row.endpoint_no: rules.why_withheld(receivers[row.endpoint_no]) for row in rows}
    await queries.give_back(tx, rows, state=HELD)
    await fanout.note_obstacles(tx, obstacles)
