"""The ledger's writer inside a web process: empties the buffer every half second, and once more when it stops."""

import asyncio
from contextlib import suppress
from typing import Final

from revento.access import actions
from revento.access.buffer import LOST, Buffer
from revento.kernel import log
from revento.kernel.db import Database, Unreachable

PAUSE_S: Final = 0.5  # a killed process loses at most this much, and what one batch takes
_logger: Final = log.logger("ledger")


async def run(db: Database, buffer: Buffer, stop: asyncio.Event) -> None:
    """Flushes until told to stop; then flushes what is left."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE_S)
        await flush(db, buffer)


async def flush(db: Database, buffer: Buffer) -> int:
    """Writes all that the buffer holds; how many requests. What cannot be written now waits for the next time.

    A batch that can never be written is given up and counted, so that those after it are written.
    """
    written = 0
    while reads := buffer.take():
        try:
            async with db.tx() as tx:
                await actions.write(tx, reads)
        except Unreachable as error:
            buffer.put_back(reads)
            _logger.warning("ledger_waits", reads=len(buffer), error=str(error))
            break
        except Exception as error:
            LOST.inc(len(reads))
            _logger.error("ledger_lost", reads=len(reads), exc_info=error)
            continue
        written += len(reads)
    return written
