"""What must be remembered while the browser is away at Revento: one `Flow` per `state`."""

import threading
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

LIFE_S = 900.0
"""How long a person may take to consent."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One authorization under way."""

    verifier: str
    redirect_uri: str
    scopes: tuple[str, ...]


class FlowStore(Protocol):
    """Keeps flows by state. With several processes, keep them where all of them look."""

    def put(self, state: str, flow: Flow) -> None:
        """Remember for about 15 minutes."""
        ...

    def take(self, state: str) -> Flow | None:
        """Give out once: the second asking gets nothing."""
        ...


class AsyncFlowStore(Protocol):
    """The same for `AsyncRevento`, which also takes a plain `FlowStore`."""

    def put(self, state: str, flow: Flow) -> Awaitable[None]: ...
    def take(self, state: str) -> Awaitable[Flow | None]: ...


class MemoryFlowStore:
    """For one process. Holds at most `most` flows; the oldest go first."""

    def __init__(self, most: int = 10_000) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._flows: dict[str, tuple[float, Flow]] = {}

    def put(self, state: str, flow: Flow) -> None:
        with self._lock:
            while len(self._flows) >= self._most:
                del self._flows[next(iter(self._flows))]
            self._flows[state] = (time.monotonic() + LIFE_S, flow)

    def take(self, state: str) -> Flow | None:
        with self._lock:
            ends_at, flow = self._flows.pop(state, (0.0, None))
        return flow if time.monotonic() < ends_at else None
