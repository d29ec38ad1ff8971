"""`/events/{event_id}`."""

from revento.events.reading.program import queries
from revento.web.api.call import Call, Content, document


async def get_event(call: Call) -> Content:
    """The event."""
    return document(await queries.find_event(call.reader, call.bearer.event_id))
