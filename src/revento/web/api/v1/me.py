"""`/me/profile` and `/me/application`: what a person lets an integration know about herself."""

from revento.events.reading.people import queries
from revento.web.api.call import Call, Content, document


async def get_profile(call: Call) -> Content:
    """Name and address of who signed in."""
    assert call.bearer.user_id is not None
    return document(await queries.find_profile(call.reader, call.bearer.user_id))


async def get_application(call: Call) -> Content:
    """Her application for the token's event."""
    assert call.bearer.user_id is not None
    return document(await queries.find_application(call.reader, call.bearer.event_id, call.bearer.user_id))
