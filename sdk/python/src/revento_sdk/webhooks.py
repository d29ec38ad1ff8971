"""Receiving webhooks: is it Revento, is it recent, is it new, and what does it say."""

import base64
import binascii
import hashlib
import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, cast

from revento_sdk.errors import ReventoError
from revento_sdk.types import Message

TOLERANCE_S: Final = 300
Why = Literal["missing_header", "malformed_timestamp", "stale_timestamp", "signature_mismatch", "malformed_body"]


class NotGenuine(ReventoError):
    """Refuse the request with 401. `why` is for your log, not for the answer."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Delivery:
    """A genuine delivery. `message["type"]` tells which message it is, also to a type checker."""

    id: str
    """The same on every attempt: process each once (`once`)."""
    message: Message
    raw: bytes
    attempt: int
    sequence: int | None
    """Counts without a gap per connected event; `None` when the message belongs to no event."""
    replay: bool


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 12 else None


class Receiver:
    """Verifies deliveries with one secret, or with several while they are being rotated. Shared by all requests."""

    def __init__(
        self, secrets: str | Sequence[str], *, tolerance: float = TOLERANCE_S, clock: Callable[[], float] = time.time
    ) -> None:
        self._secrets = [secrets] if isinstance(secrets, str) else list(secrets)
        if not all(self._secrets) or not self._secrets:
            raise ValueError("a webhook secret is needed: an empty one would let everybody in")
        self._tolerance, self._clock = tolerance, clock

    def receive(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """The delivery, if `raw` (the body's exact bytes) was signed by Revento within five minutes.

        Raises `NotGenuine`. Header names may come in any case.
        """
        plain = {name.lower(): value for name, value in headers.items()}
        self.verify(plain, raw)
        try:
            message = json.loads(raw)
        except ValueError:
            raise NotGenuine("malformed_body") from None
        if not isinstance(message, dict) or "type" not in message:
            raise NotGenuine("malformed_body")
        return Delivery(
            id=plain["x-revento-delivery-id"],
            message=cast(Message, message),
            raw=raw,
            attempt=_number(plain.get("x-revento-attempt")) or 1,
            sequence=_number(plain.get("x-revento-sequence")),
            replay=plain.get("x-revento-replay") == "true",
        )

    def verify(self, headers: Mapping[str, str], raw: bytes) -> None:
        """Only the check of `X-Revento-Signature`. Raises `NotGenuine`."""
        plain = {name.lower(): value for name, value in headers.items()}
        stamp, signature = plain.get("x-revento-timestamp"), plain.get("x-revento-signature")
        if not stamp or not signature or not plain.get("x-revento-delivery-id"):
            raise NotGenuine("missing_header")
        self._check_age(stamp)
        given = [signature, plain.get("x-revento-signature-previous", "")]
        self._check_any([signature_of(secret, stamp, raw) for secret in self._secrets], given)

    def verify_standard(self, headers: Mapping[str, str], raw: bytes) -> None:
        """The same by the Standard Webhooks headers, for those who have receivers for them. Raises `NotGenuine`."""
        plain = {name.lower(): value for name, value in headers.items()}
        id, stamp = plain.get("webhook-id"), plain.get("webhook-timestamp")
        signatures = plain.get("webhook-signature")
        if not id or not stamp or not signatures:
            raise NotGenuine("missing_header")
        self._check_age(stamp)
        self._check_any(
            [standard_signature_of(secret, id, stamp, raw) for secret in self._secrets], signatures.split(" ")
        )

    def _check_age(self, stamp: str) -> None:
        signed_at = _number(stamp)
        if signed_at is None:
            raise NotGenuine("malformed_timestamp")
        if abs(self._clock() - signed_at) > self._tolerance:
            raise NotGenuine("stale_timestamp")

    def _check_any(self, right: Sequence[str], given: Sequence[str]) -> None:
        # Every pair is compared, so that the time taken tells nothing about which one was right.
        found = [
            hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogateescape"))
            for one in right
            for other in given
        ]
        if not any(found):
            raise NotGenuine("signature_mismatch")


def signature_of(secret: str, stamp: str, raw: bytes) -> str:
    """The value of `X-Revento-Signature`."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def standard_signature_of(secret: str, id: str, stamp: str, raw: bytes) -> str:
    """One entry of `webhook-signature`."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("the secret is not a Standard Webhooks one: whsec_ and base64") from None
    content = f"{id}.{stamp}.".encode() + raw
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


Claim = Literal["first", "done", "busy"]
CLAIM_S: Final = 60.0
"""A claim older than this is of a process that died: the next attempt may have the delivery."""


class Busy(ReventoError):
    """The same delivery is being processed right now. Answer 503: the next attempt finds it done, or not."""


class DeliveryLog(Protocol):
    """Remembers which deliveries were processed. A database row with a unique id will do."""

    def begin(self, delivery_id: str) -> Claim:
        """Claim it, atomically; tells when it is `done` already, or claimed less than a minute ago (`busy`)."""
        ...

    def finish(self, delivery_id: str) -> None:
        """It is processed: for good."""
        ...

    def forget(self, delivery_id: str) -> None:
        """Processing failed: let the next attempt in."""
        ...


class MemoryDeliveryLog:
    """For one process; knows the last `most` deliveries."""

    def __init__(self, most: int = 100_000) -> None:
        self._lock, self._most = threading.Lock(), most
        self._done: dict[str, bool] = {}

    def begin(self, delivery_id: str) -> Claim:
        with self._lock:
            if delivery_id in self._done:
                return "done" if self._done[delivery_id] else "busy"
            while len(self._done) >= self._most:
                del self._done[next(iter(self._done))]
            self._done[delivery_id] = False
            return "first"

    def finish(self, delivery_id: str) -> None:
        with self._lock:
            self._done[delivery_id] = True

    def forget(self, delivery_id: str) -> None:
        with self._lock:
            self._done.pop(delivery_id, None)


class SqliteDeliveryLog:
    """One file for all processes of a machine. Kept as long as Revento retries and replays: 30 days."""

    def __init__(self, path: str | Path, *, keep_days: float = 31, clock: Callable[[], float] = time.time) -> None:
        self._lock, self._keep_s, self._clock = threading.Lock(), keep_days * 86_400, clock
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, at REAL, done INTEGER)")

    def begin(self, delivery_id: str) -> Claim:
        now = self._clock()
        with self._lock:
            self._db.execute("DELETE FROM deliveries WHERE at < ?", (now - self._keep_s,))
            claim = """
                INSERT INTO deliveries VALUES (:id, :now, 0)
                ON CONFLICT (id) DO UPDATE SET at = :now WHERE done = 0 AND at < :now - :claim_s
            """
            if self._db.execute(claim, {"id": delivery_id, "now": now, "claim_s": CLAIM_S}).rowcount == 1:
                return "first"
            row = self._db.execute("SELECT done FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
        return "done" if row and row[0] else "busy"

    def finish(self, delivery_id: str) -> None:
        with self._lock:
            self._db.execute("UPDATE deliveries SET done = 1 WHERE id = ?", (delivery_id,))

    def forget(self, delivery_id: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM deliveries WHERE id = ?", (delivery_id,))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


@contextmanager
def once(log: DeliveryLog, delivery: Delivery) -> Generator[bool]:
    """`with once(log, delivery) as first:` process only `if first`. A raise lets Revento's next attempt in.

    Raises `Busy` when the same delivery is being processed elsewhere at this moment.
    """
    claim = log.begin(delivery.id)
    if claim == "busy":
        raise Busy(delivery.id)
    try:
        yield claim == "first"
    except BaseException:
        if claim == "first":
            log.forget(delivery.id)
        raise
    if claim == "first":
        log.finish(delivery.id)
