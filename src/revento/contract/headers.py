"""Header names of the wire, spelled once (contract §4, §5, §6.2)."""

from typing import Final

REQUEST_ID: Final = "X-Revento-Request-Id"
MEDIA_TYPE_V1: Final = "application/vnd.revento.v1+json"

RATE_LIMIT: Final = "X-RateLimit-Limit"
RATE_REMAINING: Final = "X-RateLimit-Remaining"
RATE_RESET: Final = "X-RateLimit-Reset"

WEBHOOK_EVENT: Final = "X-Revento-Event"
WEBHOOK_DELIVERY_ID: Final = "X-Revento-Delivery-Id"
WEBHOOK_TIMESTAMP: Final = "X-Revento-Timestamp"
WEBHOOK_SIGNATURE: Final = "X-Revento-Signature"
WEBHOOK_SIGNATURE_PREVIOUS: Final = "X-Revento-Signature-Previous"
WEBHOOK_ATTEMPT: Final = "X-Revento-Attempt"
WEBHOOK_SEQUENCE: Final = "X-Revento-Sequence"
WEBHOOK_REPLAY: Final = "X-Revento-Replay"
WEBHOOK_USER_AGENT: Final = "Revento-Webhooks/1"

STANDARD_ID: Final = "webhook-id"
STANDARD_TIMESTAMP: Final = "webhook-timestamp"
STANDARD_SIGNATURE: Final = "webhook-signature"
