"""The program: as one document, as lists, and one activity."""

from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from revento.events.reading.program import queries
from revento.kernel import ids
from revento.web.api.call import Call, Content, document, listed

_encode: Final = msgspec.json.encode


async def get_program(call: Call) -> Content:
    """The whole program; an activity stands on the local date on which it starts."""
    head = await queries.program(call.reader, call.bearer.event_id)
    if head is None:
        return document(None)
    updated_at, threads, locations = head
    zone = ZoneInfo(call.bearer.time_zone)
    activities = await queries.list_activities(call.reader, call.bearer.event_id)
    days = [
        b'{"date":"%s","activities":[%s]}' % (day.isoformat().encode(), b",".join([one.row for one in found]))
        for day, found in groupby(activities, lambda one: one.starts_at.astimezone(zone).date())
    ]
    return document(
        b'{"event_id":%s,"time_zone":%s,"updated_at":%s,"threads":[%s],"locations":[%s],"days":[%s]}'
        % (
            _encode(call.bearer.event_id),
            _encode(call.bearer.time_zone),
            _encode(updated_at),
            threads,
            locations,
            b",".join(days),
        ),
        rows=len(activities),
    )


async def list_activities(call: Call) -> Content:
    """Published activities."""
    wanted = call.wanted()
    filters = wanted.filters
    page = await queries.page_activities(
        call.reader,
        call.bearer.event_id,
        (wanted.after.created_at, wanted.after.id),
        wanted.limit,
        thread_id=filters.get("thread_id"),
        location_id=filters.get("location_id"),
        status=filters.get("status"),
        day=filters.get("day"),
        updated_since=filters.get("updated_since"),
    )
    return listed(call, wanted, page)


async def get_activity(call: Call) -> Content:
    """One published activity."""
    id = call.ids[1]
    known = ids.has_prefix(id, "act")
    return document(await queries.find_activity(call.reader, call.bearer.event_id, id) if known else None)


async def list_threads(call: Call) -> Content:
    """The tracks."""
    wanted = call.wanted()
    after = (wanted.after.created_at, wanted.after.id)
    since = wanted.filters.get("updated_since")
    page = await queries.page_threads(call.reader, call.bearer.event_id, after, wanted.limit, updated_since=since)
    return listed(call, wanted, page)


async def list_locations(call: Call) -> Content:
    """The tree of places."""
    wanted = call.wanted()
    after = (wanted.after.created_at, wanted.after.id)
    since = wanted.filters.get("updated_since")
    page = await queries.page_locations(call.reader, call.bearer.event_id, after, wanted.limit, updated_since=since)
    return listed(call, wanted, page)


async def list_registration_waves(call: Call) -> Content:
    """When people of which role may apply."""
    wanted = call.wanted()
    after = (wanted.after.created_at, wanted.after.id)
    since = wanted.filters.get("updated_since")
    page = await queries.page_waves(
        call.reader, call.bearer.event_id, after, wanted.limit, updated_since=since, now=call.now
    )
    return listed(call, wanted, page)
