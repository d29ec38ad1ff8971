"""A process that must not outlive the one that started it."""

import os
import signal
import threading
import time
from typing import Final

_LOOK_S: Final = 0.5
_STOP_S: Final = 10.0


def follow(parent: int) -> None:
    """Stops this process soon after `parent`, which started it, is gone: politely first, after 10 s for good.

    A thread that looks at the parent's id works on every POSIX system, also when the parent was killed.
    """
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_S)
    os._exit(1)
