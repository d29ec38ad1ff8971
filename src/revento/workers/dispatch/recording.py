"""Recording what came of tries: many at once, health before rows, so that nothing overtakes a pause."""

import asyncio
import time
from typing import Final

import msgspec

from revento.kernel import log
from revento.kernel.db import Database
from revento.kernel.reader import Away, Leaser
from revento.webhooks.claim import queries as claims
from revento.webhooks.claim.models import Claimed, Tried
from revento.webhooks.endpoints import queries as endpoints
from revento.webhooks.endpoints.health import Health
from revento.webhooks.endpoints.queries import Hour
from revento.workers.dispatch.counting import Counts
from revento.workers.dispatch.lanes import Lane, Lanes

BATCH: Final = 500
GATHER_S: Final = 0.01
GATHER_BUSY_S: Final = 0.04  # while results come in numbers: four times as many per commit, still soon
BUSY: Final = 50
BACKLOG_MOST: Final = 2000
RETRY_S: Final = 0.5
HOURS_EVERY_S: Final = 5.0

_log = log.logger("webhooks.recording")


class Recorder:
    """Results wait here until they are written."""

    def __init__(self, db: Database, leaser: Leaser, lanes: Lanes, counts: Counts) -> None:
        self._db, self._leaser, self._lanes, self._counts = db, leaser, lanes, counts
        self._tried: list[Tried] = []
        self._returned: list[Claimed] = []
        self._any = asyncio.Event()
        self._hours_at = 0.0
        self._wrote = 0
        self.failing = False

    async def finish(self) -> None:
        """Writes everything that is left, the hourly figures included."""
        self._hours_at = 0.0
        await self.flush()
        while not self.is_empty:
            await self.flush()

    @property
    def is_full(self) -> bool:
        """Whether no more should be claimed: too much is unwritten, or the last write failed."""
        return self.failing or len(self._tried) > BACKLOG_MOST

    @property
    def is_empty(self) -> bool:
        """Whether everything is written."""
        return not self._tried and not self._returned

    def tokens(self) -> set[int]:
        """The leases of what is not written yet."""
        return {one.token for one in self._tried} | {row.token for row in self._returned}

    def add(self, tried: Tried) -> None:
        """A try to record."""
        self._tried.append(tried)
        self._any.set()

    def give_back(self, rows: list[Claimed]) -> None:
        """Unstarted rows to return, no attempt spent."""
        if rows:
            self._returned.extend(rows)
            self._any.set()

    async def run(self) -> None:
        """Writes for ever: at most 500 results together. While the database is away, keeps and retries."""
        while True:
            if not await self._is_time():
                continue
            if len(self._tried) < BATCH:
                await asyncio.sleep(GATHER_BUSY_S if self._wrote >= BUSY else GATHER_S)
            await self.flush()

    async def _is_time(self) -> bool:
        """Waits for something to write: a result, or hourly figures that no result came after."""
        try:
            async with asyncio.timeout(HOURS_EVERY_S):
                await self._any.wait()
        except TimeoutError:
            return self._counts.has_hours
        return True

    async def flush(self) -> None:
        """Writes one batch; on failure keeps it and waits a little."""
        tried, self._tried = self._tried[:BATCH], self._tried[BATCH:]
        returned, self._returned = self._returned, []
        if not self._tried:
            self._any.clear()
        try:
            await self._write(tried, returned)
            self.failing, self._wrote = False, len(tried)
        except Away as error:
            self._keep(tried, returned)
            _log.warning("results_wait_for_the_database", results=len(self._tried), error=str(error))
            await asyncio.sleep(RETRY_S)
        except Exception:
            _log.exception("results_could_not_be_written", results=len(tried))
            await self._write_singly(tried)
            self._returned = returned + self._returned

    def _keep(self, tried: list[Tried], returned: list[Claimed]) -> None:
        self.failing = True
        self._tried = tried + self._tried
        self._returned = returned + self._returned
        self._any.set()

    async def _write(self, tried: list[Tried], returned: list[Claimed]) -> None:
        changed = self._changed_health()
        hours = self._counts.take_hours() if time.monotonic() >= self._hours_at else []
        try:
            if tried and not (changed or returned or hours):
                mine = await claims.finish_alone(self._leaser, tried)
            else:
                mine = await self._write_all(tried, returned, changed, hours)
        except BaseException:
            self._counts.restore_hours(hours)
            raise
        if hours:
            self._hours_at = time.monotonic() + HOURS_EVERY_S
        self._counts.lost_leases += len(tried) - mine
        for lane, health in changed.values():
            lane.saved = health
        self._lanes.forget_idle()

    async def _write_all(
        self, tried: list[Tried], returned: list[Claimed], changed: dict[int, tuple[Lane, Health]], hours: list[Hour]
    ) -> int:
        async with self._db.tx() as tx:
            if changed:
                healths = {no: (lane.receiver.version, health) for no, (lane, health) in changed.items()}
                await endpoints.set_health(tx, healths)
            mine = await claims.finish(tx, tried) if tried else 0
            if returned:
                await claims.give_back(tx, returned, state=0)
            if hours:
                await endpoints.add_hours(tx, hours)
        return mine

    def _changed_health(self) -> dict[int, tuple[Lane, Health]]:
        return {no: (lane, lane.health) for no, lane in self._lanes.by_no.items() if lane.is_dirty}

    async def _write_singly(self, tried: list[Tried]) -> None:
        # One bad row must not hold up the others: each alone, without what the receiver said. A hopeless one is left to
        # its lease, which makes it ready again.
        for one in tried:
            bare = msgspec.structs.replace(one, answer=None, detail=None)
            try:
                async with self._db.tx() as tx:
                    await claims.finish(tx, [bare])
            except Exception:
                _log.exception("result_lost", endpoint_no=one.endpoint_no, no=one.no)
