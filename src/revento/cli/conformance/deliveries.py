"""Deliveries as Revento sends them, and bent ones."""

import hashlib
import hmac
import time
import uuid
from typing import Any, Final

import msgspec

from revento.contract import headers
from revento.kernel import ids
from revento.webhooks import signing

_encode: Final = msgspec.json.encode


class Delivery(msgspec.Struct):
    """Headers and body of one request."""

    headers: dict[str, str]
    body: bytes
    id: str
    message_id: str

    def with_headers(self, **changes: str | None) -> "Delivery":
        """The same with some headers changed (`X_Revento_Event`), or left out when `None`."""
        changed = {name.replace("_", "-"): value for name, value in changes.items()}
        kept = {name: value for name, value in (self.headers | changed).items() if value is not None}
        return Delivery(kept, self.body, self.id, self.message_id)

    def with_body(self, body: bytes) -> "Delivery":
        """The same headers over other bytes."""
        return Delivery(dict(self.headers), body, self.id, self.message_id)


def made(
    secrets: list[str],
    topic: str,
    data: dict[str, Any],
    *,
    event_id: str | None,
    organization_id: str | None = None,
    id: str | None = None,
    sequence: int = 1,
    attempt: int = 1,
    age_s: float = 0,
    surplus: dict[str, Any] | None = None,
) -> Delivery:
    """One genuine delivery, `age_s` seconds old, signed with the first of `secrets` (and the second, as previous)."""
    now = int(time.time())
    message_id, delivery_id = ids.new("evt_delivery"), id or str(uuid.uuid4())
    message: dict[str, Any] = {
        "id": message_id,
        "type": topic,
        "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "event_id": event_id,
        "organization_id": organization_id,
        "data": data,
    }
    body = _encode(message | (surplus or {}))
    signed = signing.headers_for(
        delivery_id=delivery_id,
        topic=topic,
        attempt=attempt,
        sequence=sequence,
        is_replay=False,
        secrets=secrets,
        timestamp=now - int(age_s),
        body=body,
    )
    return Delivery(dict(signed.headers), body, delivery_id, message_id)


def bare_hash(secret: str, content: bytes, algorithm: str = "sha256") -> str:
    """A hexadecimal HMAC of something, for signatures of schemes that are not ours."""
    return hmac.new(secret.encode(), content, getattr(hashlib, algorithm)).hexdigest()


def stamp_of(delivery: Delivery) -> int:
    """The time that was signed."""
    return int(delivery.headers[headers.WEBHOOK_TIMESTAMP])
