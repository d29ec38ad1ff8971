"""What a launch token says."""

import msgspec

from revento.kernel.ids import ClientId, EventId, PageId, UserId


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """Who opens which page of which event, in which role."""

    client_id: ClientId
    user_id: UserId
    event_id: EventId
    page_id: PageId
    role: str
