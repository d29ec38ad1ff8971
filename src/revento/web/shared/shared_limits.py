"""The same budgets for several web processes: counted in Valkey by one script, so that they stay exact (contract §5.2).

A process that dies leaves its places in flight taken for a minute at most. Valkey lost: requests pass, a metric and a
log line say so, and for a second nobody waits for it again.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, TypeVar, cast

import valkey.asyncio as client
from prometheus_client import Counter
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff
from valkey.exceptions import ValkeyError

from revento.contract import errors
from revento.contract.errors import Reason
from revento.contract.limits import ANONYMOUS_PER_MINUTE, Budget
from revento.kernel import ids, log
from revento.web.shared.limits import HOUR_S, Verdict, network_of

T = TypeVar("T")
LOST: Final = Counter("revento_limit_store_lost_total", "Requests that passed uncounted: the limit store was away")
_WAIT_S: Final = 1.0  # a busy loop is no loss
_REST_S: Final = 1.0
_CONNECTIONS: Final = 32
_logger: Final = log.logger("limits")

# KEYS: hour, minute, flight. ARGV: now in ms, per hour, per minute, in flight, ticket, 1 to count or 0 to look.
# Gives: 0 passed 1 hour 2 minute 3 flight; counted this hour; ms when the hour is over; ms to wait.
_ENTER: Final = """
local now = tonumber(ARGV[1])
local opened = tonumber(redis.call('HGET', KEYS[1], 'from') or '-1')
local counted = tonumber(redis.call('HGET', KEYS[1], 'count') or '0')
if opened < 0 or now >= opened + 3600000 then opened = now counted = 0 end
local over = opened + 3600000
if ARGV[6] == '0' then return {0, counted, over, 0} end
if counted >= tonumber(ARGV[2]) then return {1, counted, over, over - now} end
local last = redis.call('LINDEX', KEYS[2], tonumber(ARGV[3]) - 1)
if last and tonumber(last) > now - 60000 then return {2, counted, over, tonumber(last) + 60000 - now} end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 60000)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[4]) then return {3, counted, over, 0} end
redis.call('HSET', KEYS[1], 'from', opened, 'count', counted + 1)
redis.call('PEXPIRE', KEYS[1], 3660000)
redis.call('LPUSH', KEYS[2], now)
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[3]) - 1)
redis.call('PEXPIRE', KEYS[2], 61000)
redis.call('ZADD', KEYS[3], now, ARGV[5])
redis.call('PEXPIRE', KEYS[3], 61000)
return {0, counted + 1, over, 0}
"""
# KEYS: failures. ARGV: now in ms, most. Gives the ms to wait, 0 when it was counted.
_STRANGER: Final = """
local now = tonumber(ARGV[1])
local last = redis.call('LINDEX', KEYS[1], tonumber(ARGV[2]) - 1)
if last and tonumber(last) > now - 60000 then return tonumber(last) + 60000 - now end
redis.call('LPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
redis.call('PEXPIRE', KEYS[1], 61000)
return 0
"""
_REFUSALS: Final[dict[int, tuple[Reason, str | None]]] = {
    1: (errors.RATE_LIMIT_EXCEEDED, "hour"),
    2: (errors.RATE_LIMIT_EXCEEDED, "minute"),
    3: (errors.CONCURRENT_LIMIT_EXCEEDED, None),
}


class Shared:
    """Budgets in Valkey (or anything that speaks its protocol), which is lost when it keeps silent for `wait_s`."""

    def __init__(self, url: str, *, wait_s: float = _WAIT_S) -> None:
        self._client = client.Valkey.from_url(  # pyright: ignore[reportUnknownMemberType]
            _spelled(url),
            socket_timeout=wait_s,
            socket_connect_timeout=wait_s,
            retry=Retry(NoBackoff(), 0),
            max_connections=_CONNECTIONS,
        )
        self._turns = asyncio.Semaphore(_CONNECTIONS)
        self._enter: Any = self._client.register_script(_ENTER)
        self._stranger: Any = self._client.register_script(_STRANGER)
        self._tickets: dict[str, deque[str]] = {}
        self._rests_until = 0.0

    async def enter(self, family: str, budget: Budget, now: datetime) -> Verdict:
        """See `Limits.enter`."""
        ticket = ids.encode(ids.uuid7())
        told = await self._ask(lambda: self._run(family, budget, now, ticket))
        if told is None:
            return _uncounted(budget, now)
        if told[0] == 0:
            self._tickets.setdefault(family, deque()).append(ticket)
        return _verdict(told, budget)

    async def leave(self, family: str) -> None:
        """See `Limits.leave`. What was let in while Valkey was away has no place to give back."""
        tickets = self._tickets.get(family)
        if tickets:
            ticket = tickets.popleft()
            if not tickets:
                del self._tickets[family]
            await self._ask(lambda: cast(Awaitable[int], self._client.zrem(_keys(family)[2], ticket)))

    async def peek(self, family: str, budget: Budget, now: datetime) -> Verdict:
        """See `Limits.peek`."""
        told = await self._ask(lambda: self._run(family, budget, now, ""))
        return _uncounted(budget, now) if told is None else _verdict(told, budget)

    async def stranger(self, address: str, now: datetime) -> int | None:
        """See `Limits.stranger`."""
        keys = [f"revento:stranger:{network_of(address)}"]
        args = [int(now.timestamp() * 1000), ANONYMOUS_PER_MINUTE]
        wait = await self._ask(lambda: cast(Awaitable[int], self._stranger(keys=keys, args=args)))
        return max(1, math.ceil(wait / 1000)) if wait else None

    async def close(self) -> None:
        """See `Limits.close`."""
        await self._client.aclose()

    def _run(self, family: str, budget: Budget, now: datetime, ticket: str) -> Awaitable[list[int]]:
        at = int(now.timestamp() * 1000)
        args = [at, budget.per_hour, budget.per_minute, budget.in_flight, ticket, int(bool(ticket))]
        return self._enter(keys=_keys(family), args=args)

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The store's answer, `None` when it is away. Many at once wait for a connection: a rush is no loss."""
        async with self._turns:
            if time.monotonic() < self._rests_until:
                LOST.inc()
                return None
            try:
                return await question()
            except (ValkeyError, OSError, TimeoutError) as error:
                LOST.inc()
                self._rests_until = time.monotonic() + _REST_S
                _logger.warning("limit_store_lost", error=str(error) or type(error).__name__)
                return None


def _spelled(url: str) -> str:
    return url.replace("rediss://", "valkeys://", 1).replace("redis://", "valkey://", 1)


def _keys(family: str) -> list[str]:
    return [f"revento:limits:{{{family}}}:{part}" for part in ("hour", "minute", "flight")]


def _verdict(told: list[int], budget: Budget) -> Verdict:
    outcome, counted, over, wait = told
    reason, window = _REFUSALS.get(outcome, (None, None))
    remaining = max(0, budget.per_hour - counted)
    retry_after = max(1, math.ceil(wait / 1000)) if wait else None
    return Verdict(budget.per_hour, remaining, math.ceil(over / 1000), reason, window, retry_after)


def _uncounted(budget: Budget, now: datetime) -> Verdict:
    return Verdict(budget.per_hour, budget.per_hour, math.ceil(now.timestamp()) + HOUR_S)
