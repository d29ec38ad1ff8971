"""A copy of one event that stays right: a full load, then webhooks, and the pull feed for what got lost on the way.

The pattern that most integrations are. Snapshots make it simple: every message carries the whole thing, so an older one
is told by `updated_at` and dropped, and applying one twice does no harm.
"""

import base64
import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal, Protocol, cast

from revento_sdk.client import Only, Revento
from revento_sdk.errors import Forbidden, NotFound
from revento_sdk.reading import EventApi
from revento_sdk.types import DeletionRequired, Message
from revento_sdk.webhooks import Delivery

Kind = Literal["event", "participant", "activity", "thread", "location", "wave"]
Document = dict[str, Any]

_SNAPSHOTS: Final[Mapping[str, Kind]] = {
    "event.updated": "event",
    "participant.registered": "participant",
    "participant.profile_updated": "participant",
    "activity.updated": "activity",
    "activity.capacity_state_changed": "activity",
}
_ONLY_IN_MESSAGES: Final = ("changed_fields", "previous")


class MirrorStore(Protocol):
    """Where the copy lies: documents by kind and id, and two small facts. Every call is durable when it returns."""

    def get(self, kind: Kind, id: str) -> Document | None: ...
    def put(self, kind: Kind, id: str, document: Document) -> None: ...
    def remove(self, kind: Kind, id: str) -> None: ...
    def ids(self, kind: Kind) -> Iterable[str]: ...
    def fact(self, name: str) -> Any:
        """What was noted under that name; `None` at first."""
        ...

    def note(self, name: str, value: Any) -> None:
        """Remember something small, as JSON."""
        ...

    def clear(self) -> None:
        """Erase everything."""
        ...


class SqliteMirrorStore:
    """One file per event."""

    def __init__(self, path: str | Path) -> None:
        Path(path).touch(mode=0o600)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("CREATE TABLE IF NOT EXISTS document (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")
        self._db.execute("CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT)")

    def get(self, kind: Kind, id: str) -> Document | None:
        return self._value("SELECT body FROM document WHERE kind = ? AND id = ?", kind, id)

    def put(self, kind: Kind, id: str, document: Document) -> None:
        self._run("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", kind, id, json.dumps(document))

    def remove(self, kind: Kind, id: str) -> None:
        self._run("DELETE FROM document WHERE kind = ? AND id = ?", kind, id)

    def ids(self, kind: Kind) -> list[str]:
        with self._lock:
            rows = self._db.execute("SELECT id FROM document WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        return [row[0] for row in rows]

    def fact(self, name: str) -> Any:
        return self._value("SELECT value FROM fact WHERE name = ?", name)

    def note(self, name: str, value: Any) -> None:
        self._run("INSERT OR REPLACE INTO fact VALUES (?, ?)", name, json.dumps(value))

    def clear(self) -> None:
        self._run("DELETE FROM document")
        self._run("DELETE FROM fact")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _run(self, statement: str, *values: Any) -> None:
        with self._lock:
            self._db.execute(statement, values)

    def _value(self, statement: str, *values: Any) -> Any:
        with self._lock:
            row = self._db.execute(statement, values).fetchone()
        return json.loads(row[0]) if row else None


class Mirror:
    """One event's copy. `load` once, `apply` every delivery, `repair` every few minutes. Safe from several threads."""

    def __init__(self, revento: Revento, event_id: str, store: MirrorStore) -> None:
        self._revento, self.event_id, self._store = revento, event_id, store
        self._lock = threading.RLock()

    def load(self) -> None:
        """Read everything, keep what is newer than the copy, and drop what is no longer there.

        What the token has no scope for is left out.
        """
        event = self._revento.event(self.event_id)
        before = {kind: set(self._store.ids(kind)) for kind in _LISTS}
        with _if_granted():
            self._keep("event", cast(Document, event.get()))
        for kind, list_of in _LISTS.items():
            with _if_granted():
                self._load(kind, list_of(event), before[kind])

    def _load(self, kind: Kind, documents: Iterable[Any], before: set[str]) -> None:
        seen: set[str] = set()
        for document in documents:
            self._keep(kind, cast(Document, document))
            seen.add(document["id"])
        # What came by webhook while we read is in `ids` now, but not in `before`: it stays.
        for gone in before - seen:
            self._store.remove(kind, gone)

    def apply(self, delivery: Delivery) -> None:
        """Take one delivery in, in whatever order they come. Those of other events are left alone."""
        if delivery.message["event_id"] == self.event_id:
            with self._lock:
                self._take(delivery.message)
                self._passed(delivery.sequence)

    def missing(self) -> list[int]:
        """Sequence numbers that were skipped so far: lost, or still on their way."""
        position, ahead = self._seen()
        return [number for number in range(position + 1, max(ahead, default=position)) if number not in ahead]

    def repair(self) -> int:
        """Fetch what has not arrived from the pull feed, and apply it; tells how many deliveries that were.

        First what no webhook has brought: after a time of being down that is everything, the newest too. Then what was
        brought, but is missing here. What even the feed does not have any more (30 days) is made good by a full load.
        """
        found = self._pull("open")
        if self.missing():
            found += self._pull("all")
        if self.missing():
            self.load()
            with self._lock:
                _, ahead = self._seen()
                self._store.note("sequence", [max(ahead), []])
        return found

    def _pull(self, only: Only) -> int:
        found, cursor = 0, None
        while True:
            page = self._revento.deliveries(cursor, only=only)
            found += sum(self._take_pulled(item["headers"], base64.b64decode(item["body"])) for item in page["data"])
            if not page["has_more"] or (only == "all" and not self.missing()):
                return found
            cursor = page["next_cursor"]

    def _take_pulled(self, headers: Mapping[str, str], raw: bytes) -> bool:
        plain = {name.lower(): value for name, value in headers.items()}
        message, sequence = cast(Message, json.loads(raw)), int(plain.get("x-revento-sequence", "0"))
        position, ahead = self._seen()
        if message["event_id"] != self.event_id or sequence <= position or sequence in ahead:
            return False
        self.apply(Delivery(plain["x-revento-delivery-id"], message, raw, 1, sequence, replay=False))
        return True

    def _take(self, message: Message) -> None:
        if message["type"] in _SNAPSHOTS:
            document = {name: value for name, value in message["data"].items() if name not in _ONLY_IN_MESSAGES}
            self._keep(_SNAPSHOTS[message["type"]], document)
        elif message["type"].startswith("application."):
            self._refresh_participant(cast("dict[str, Any]", message["data"])["participant_id"])
        elif message["type"] == "data.deletion_required":
            self._erase(message["data"])
            with suppress(NotFound):  # the duty itself is gone: nobody waits for a word any more
                self._revento.confirm_deletion(message["data"]["deletion_id"])

    def _refresh_participant(self, id: str) -> None:
        # An application's message has not all of a participant's fields: read the one that it is about.
        try:
            self._keep("participant", cast(Document, self._revento.event(self.event_id).participant(id)))
        except NotFound:
            self._store.remove("participant", id)

    def _erase(self, duty: DeletionRequired) -> None:
        if duty["subject"] == "event":
            self._store.clear()
            return
        for id in list(self._store.ids("participant")):
            known = self._store.get("participant", id) or {}
            theirs = duty["user_id"] is not None and known.get("user_id") == duty["user_id"]
            if theirs or id == duty["participant_id"]:
                self._store.remove("participant", id)

    def _keep(self, kind: Kind, document: Document) -> None:
        with self._lock:
            known = self._store.get(kind, document["id"])
            if known is None or known["updated_at"] <= document["updated_at"]:
                self._store.put(kind, document["id"], document)

    def _seen(self) -> tuple[int, set[int]]:
        known: tuple[int, list[int]] = self._store.fact("sequence") or (0, [])
        return known[0], set(known[1])

    def _passed(self, sequence: int | None) -> None:
        """Note a sequence number: all up to `position` were seen, and those `ahead` of a gap."""
        if sequence is None:
            return
        known = self._store.fact("sequence")
        position, ahead = self._seen() if known else (sequence - 1, set[int]())
        ahead.add(sequence)
        while position + 1 in ahead:
            position += 1
        self._store.note("sequence", [position, sorted(number for number in ahead if number > position)])


@contextmanager
def _if_granted() -> Generator[None]:
    """Goes on where a scope was not granted."""
    try:
        yield
    except Forbidden as refused:
        if refused.code != "insufficient_scope":
            raise


_LISTS: Final[Mapping[Kind, Callable[[EventApi], Iterable[Any]]]] = {
    "participant": EventApi.participants,
    "activity": EventApi.activities,
    "thread": EventApi.threads,
    "location": EventApi.locations,
    "wave": EventApi.registration_waves,
}
