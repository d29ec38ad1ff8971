"""One statement for all who ask the same thing at the same moment (docs/adr/013).

Most of what a small statement costs is not its rows: it is the message there and back, starting and ending an executor,
and for a write the transaction and its flush to disk. While one is under way, whoever asks the same waits, and all who
wait go with the next one. Nobody is kept waiting for company, so a lone caller pays nothing; the busier it gets, the
less each one costs.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Any, Final

import asyncpg

Record = Sequence[Any]
_MOST: Final = 64  # callers in one statement: bounds how long it takes and how much it holds
_Waiting = tuple[Sequence[Any], asyncio.Future[list[Record]]]


class Together:
    """A statement that takes an array per parameter, an element per caller.

    The last column of each row says whose it is: her place in the arrays, from 1, as `WITH ORDINALITY` counts.
    """

    def __init__(self, run: Callable[[Sequence[Any]], Awaitable[list[Record]]]) -> None:
        self._run = run
        self._waiting: deque[_Waiting] = deque()
        self._going: asyncio.Task[None] | None = None

    async def ask(self, params: Sequence[Any]) -> list[Record]:
        """This caller's rows. Raises what the statement raises; another caller's bad parameters are not her trouble."""
        turn: asyncio.Future[list[Record]] = asyncio.get_running_loop().create_future()
        self._waiting.append((params, turn))
        if self._going is None:
            self._going = asyncio.create_task(self._go(), context=Context())  # nobody's request in its log lines
        return await turn

    async def _go(self) -> None:
        try:
            while self._waiting:
                asked = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
                await self._settle([one for one in asked if not one[1].done()])
        finally:
            self._going = None

    async def _settle(self, asked: list[_Waiting]) -> None:
        if not asked:
            return
        try:
            rows = await self._run(list(zip(*[params for params, _ in asked], strict=True)))
        except Exception as error:
            if len(asked) > 1 and isinstance(error, asyncpg.PostgresError):
                for one in asked:  # it changed nothing, and shows who is to blame when each goes alone
                    await self._settle([one])
            else:
                _tell(asked, error)
            return
        found: list[list[Record]] = [[] for _ in asked]
        for row in rows:
            found[row[-1] - 1].append(row)
        for (_, turn), own in zip(asked, found, strict=True):
            if not turn.done():
                turn.set_result(own)


def _tell(asked: list[_Waiting], error: Exception) -> None:
    for _, turn in asked:
        if not turn.done():
            turn.set_exception(error)
