"""A no costs nothing but itself: the connection that it was found out on stays in the pool."""

from pathlib import Path

from revento.kernel.clock import Clock
from tests import visits
from tests.oauth import given


async def test_promise_a_refused_person_costs_no_connection(database_url: str, clock: Clock, tmp_path: Path) -> None:
    async with visits.opened(database_url, clock, tmp_path) as site:
        con = await given.convention(site.db, clock, site.app.state["services"].box)
        event = f"/organizer/events/{con.event_id}"
        bo, anybody = await site.as_user(con.people["Bo"]), await site.anybody()
        for _ in range(10):
            for path in (f"{event}/settings", f"{event}/program/threads", f"{event}/pages", f"{event}/forms/waves"):
                assert (await bo.post(path, {"title": "x"})).status_code == 403
            signed_out = await anybody.get(f"/events/{con.event_id}/schedule")
            assert (signed_out.status_code, signed_out.headers["location"][:16]) == (303, "/account/sign-in")
        stats = site.db._pool.get_stats()
        assert (stats.get("returns_bad", 0), stats.get("connections_lost", 0)) == (0, 0)
