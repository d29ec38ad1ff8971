"""What is probed, and what follows."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from revento.contract import headers
from revento.webhooks import signing

PROBES: Final = ("bad_signature", "stale_timestamp")
EVERY: Final = timedelta(days=3)
STALE: Final = timedelta(minutes=15)
GRACE: Final = timedelta(hours=48)  # between the warning and the pause
PAUSED: Final = "failed_examination"
TOPIC: Final = "webhook.test"
EXAMINE: Final = "integrations.examine"  # the job that examines one client now


def forged(probe: str, secret: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The headers of a message that a sound endpoint refuses: signed by a stranger, or 15 minutes ago."""
    at = now - STALE if probe == "stale_timestamp" else now
    signer = signing.new_secret() if probe == "bad_signature" else secret
    made = signing.headers_for(
        delivery_id=str(uuid.uuid4()),
        topic=TOPIC,
        attempt=1,
        sequence=0,
        is_replay=False,
        secrets=[signer],
        timestamp=int(at.timestamp()),
        body=body,
    )
    return {name: value for name, value in made.headers.items() if name != headers.WEBHOOK_SEQUENCE}


def step(warned_at: datetime | None, *, accepted: bool, now: datetime) -> str:
    """What follows a round: a warning the first time, a pause when 48 hours later it is still so."""
    if not accepted:
        return "none"
    if warned_at is None:
        return "warned"
    return "paused" if now - warned_at >= GRACE else "none"
