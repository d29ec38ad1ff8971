"""`/events/{event_id}/participants` and one of them."""

from revento.events.reading.people import queries
from revento.kernel import ids
from revento.web.api.call import Call, Content, document, listed


async def list_participants(call: Call) -> Content:
    """Everybody with an application."""
    if call.ahead is not None:
        return listed(call, call.ahead.wanted, call.ahead.page)
    wanted = call.wanted()
    filters = wanted.filters
    page = await queries.page(
        call.reader,
        call.bearer.event_id,
        (wanted.after.created_at, wanted.after.id),
        wanted.limit,
        status=filters.get("application_status"),
        role=filters.get("role"),
        updated_since=filters.get("updated_since"),
    )
    return listed(call, wanted, page)


async def get_participant(call: Call) -> Content:
    """One participant."""
    id = call.ids[1]
    known = ids.has_prefix(id, "ptp")
    return document(await queries.find(call.reader, call.bearer.event_id, id) if known else None)
