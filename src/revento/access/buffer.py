"""What was read and is not written yet: bounded, in memory, filled on the request path and emptied off it."""

from collections import deque
from typing import Final

from prometheus_client import Counter

from revento.access.models import Read

MOST: Final = 20_000  # about 12 MB; at the rate of one process some five seconds
LOST: Final = Counter(
    "revento_access_log_lost_total", "Requests that never reached the access log: the buffer was full"
)


class Buffer:
    """Reads in the order in which they ended. When it is full the newest are lost and counted, never the request."""

    def __init__(self, *, most: int = MOST) -> None:
        self._reads: deque[Read] = deque()
        self._most = most

    def note(self, read: Read) -> None:
        """Remembers a request until the next flush."""
        if len(self._reads) >= self._most:
            LOST.inc()
            return
        self._reads.append(read)

    def take(self, most: int = 5_000) -> list[Read]:
        """The oldest, taken out."""
        return [self._reads.popleft() for _ in range(min(most, len(self._reads)))]

    def put_back(self, reads: list[Read]) -> None:
        """They could not be written; they come first next time, as far as there is room."""
        room = self._most - len(self._reads)
        LOST.inc(max(0, len(reads) - room))
        self._reads.extendleft(reversed(reads[-room:] if room > 0 else []))

    def __len__(self) -> int:
        return len(self._reads)
