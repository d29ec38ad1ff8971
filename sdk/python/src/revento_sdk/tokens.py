"""Tokens and where they are kept. A store needs three verbs; the third, compare-and-swap, makes refreshing safe."""

import dataclasses
import json
import sqlite3
import threading
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """One connection's pair. Times are epoch seconds."""

    access_token: str
    refresh_token: str
    expires_at: float
    refresh_expires_at: float
    scope: str
    event_id: str
    organization_id: str | None = None
    user_id: str | None = None
    revision: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Another one after each change, never used twice: what `swap` compares."""
    refreshing_until: float = 0.0
    """Somebody is refreshing this pair, and has until then: nobody else may spend the refresh token."""

    @property
    def key(self) -> str:
        """What the pair is stored under: the event, for a person's token with the person."""
        return key_of(self.event_id, self.user_id)

    def __repr__(self) -> str:
        return f"<Tokens of {self.key}, revision {self.revision}>"

    def changed(self, **fields: Any) -> "Tokens":
        """The same with other fields, and a revision of its own."""
        return dataclasses.replace(self, revision=uuid.uuid4().hex, **fields)


def key_of(event_id: str, user_id: str | None = None) -> str:
    """Where a connection's tokens are: one per event, for Login with Revento one per event and person."""
    return f"{event_id}/{user_id}" if user_id else event_id


def from_answer(answer: dict[str, Any], now: float) -> Tokens:
    """The pair in the token endpoint's answer."""
    return Tokens(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        expires_at=now + answer["expires_in"],
        refresh_expires_at=now + answer["refresh_expires_in"],
        scope=answer["scope"],
        event_id=answer["event_id"],
        organization_id=answer.get("organization_id"),
        user_id=answer.get("user_id"),
    )


class TokenStore(Protocol):
    """Where a `Revento` keeps tokens. Each call is durable when it returns, and safe from several threads."""

    def get(self, key: str) -> Tokens | None:
        """What is stored now."""
        ...

    def put(self, key: str, tokens: Tokens) -> None:
        """Store after a fresh consent, whatever was there."""
        ...

    def swap(self, key: str, old: Tokens, new: Tokens | None) -> bool:
        """Replace, or remove, if what is stored still has `old.revision`; tell whether it had. Must be atomic."""
        ...


class AsyncTokenStore(Protocol):
    """The same for `AsyncRevento`, which also takes a plain `TokenStore`."""

    def get(self, key: str) -> Awaitable[Tokens | None]: ...
    def put(self, key: str, tokens: Tokens) -> Awaitable[None]: ...
    def swap(self, key: str, old: Tokens, new: Tokens | None) -> Awaitable[bool]: ...


class MemoryTokenStore:
    """For tests and one-off scripts: gone with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Tokens] = {}

    def get(self, key: str) -> Tokens | None:
        return self._kept.get(key)

    def put(self, key: str, tokens: Tokens) -> None:
        with self._lock:
            self._kept[key] = tokens

    def swap(self, key: str, old: Tokens, new: Tokens | None) -> bool:
        with self._lock:
            now = self._kept.get(key)
            if now is None or now.revision != old.revision:
                return False
            if new is None:
                del self._kept[key]
            else:
                self._kept[key] = new
            return True


class SqliteTokenStore:
    """One file, for any number of threads and processes of one machine.

    `seal` and `open` encrypt what lies in it, for instance `Fernet(key).encrypt` and `.decrypt` of `cryptography`.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        seal: Callable[[bytes], bytes] = bytes,
        open: Callable[[bytes], bytes] = bytes,
    ) -> None:
        Path(path).touch(mode=0o600)
        self._seal, self._open = seal, open
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS tokens (key TEXT PRIMARY KEY, revision TEXT, sealed BLOB)")

    def get(self, key: str) -> Tokens | None:
        with self._lock:
            row = self._db.execute("SELECT sealed FROM tokens WHERE key = ?", (key,)).fetchone()
        return Tokens(**json.loads(self._open(row[0]))) if row else None

    def put(self, key: str, tokens: Tokens) -> None:
        with self._lock:
            row = (key, tokens.revision, self._sealed(tokens))
            self._db.execute("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", row)

    def swap(self, key: str, old: Tokens, new: Tokens | None) -> bool:
        with self._lock:
            if new is None:
                done = self._db.execute("DELETE FROM tokens WHERE key = ? AND revision = ?", (key, old.revision))
            else:
                statement = "UPDATE tokens SET revision = ?, sealed = ? WHERE key = ? AND revision = ?"
                done = self._db.execute(statement, (new.revision, self._sealed(new), key, old.revision))
            return done.rowcount == 1

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _sealed(self, tokens: Tokens) -> bytes:
        return self._seal(json.dumps(dataclasses.asdict(tokens)).encode())
