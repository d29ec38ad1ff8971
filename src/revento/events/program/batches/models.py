"""What a batch brings."""

import msgspec

from revento.contract.v1.program import ActivityStatus
from revento.events.program.models import ActivityFacts
from revento.kernel.ids import ActivityId


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """One activity of a batch: what an organizer would decide, and where it came from."""

    id: ActivityId
    facts: ActivityFacts
    status: ActivityStatus = "scheduled"
    is_published: bool = True
    tags: tuple[str, ...] = ()
    source_dialect: str | None = None
    source_key: str | None = None
    source_names: tuple[str, ...] = ()
    source_slot: str | None = None
