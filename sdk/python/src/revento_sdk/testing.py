"""For your tests: deliveries that are signed like real ones."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from revento_sdk.types import MessageType
from revento_sdk.webhooks import signature_of, standard_signature_of

SECRET = "whsec_dGhpcyBzZWNyZXQgaXMgZm9yIHRlc3RzIG9ubHkgISEhISE="  # noqa: S105 (opens nothing)
"""A webhook secret for tests."""


def signed_delivery(
    type: MessageType,
    data: Mapping[str, Any],
    *,
    secret: str = SECRET,
    event_id: str | None = "evt_00000000000000000000000001",
    organization_id: str | None = "org_00000000000000000000000001",
    delivery_id: str | None = None,
    sequence: int | None = 1,
    attempt: int = 1,
    timestamp: int | None = None,
) -> tuple[dict[str, str], bytes]:
    """Headers and body of one delivery, as Revento would post it now."""
    message = {
        "id": f"evt_delivery_{uuid.uuid4().hex[:26]}",
        "type": type,
        "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "event_id": event_id,
        "organization_id": organization_id,
        "data": dict(data),
    }
    raw = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    stamp, id = str(int(time.time()) if timestamp is None else timestamp), delivery_id or str(uuid.uuid4())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Revento-Webhooks/1",
        "X-Revento-Event": type,
        "X-Revento-Delivery-Id": id,
        "X-Revento-Timestamp": stamp,
        "X-Revento-Signature": signature_of(secret, stamp, raw),
        "X-Revento-Attempt": str(attempt),
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": standard_signature_of(secret, id, stamp, raw),
    }
    if sequence is not None:
        headers["X-Revento-Sequence"] = str(sequence)
    return headers, raw
