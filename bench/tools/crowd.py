"""Data in the size of real conventions, made by PostgreSQL itself: events of thousands of people and activities."""

from datetime import datetime

import psycopg
from tests.api import world as worlds
from tests.api.world import World

from revento.kernel.db import Database

FIELDS = ("favorite_track", "diet", "t_shirt", "arrives_on", "about_me")  # shared; `phone` is not
_FIELD = """
    INSERT INTO form_fields (event_id, key, label, type, is_shared, position, created_at, updated_at)
    VALUES (%(event)s, %(key)s, %(key)s, 'text', true, 9, %(now)s, %(now)s) ON CONFLICT DO NOTHING"""
_USERS = """
    INSERT INTO users (id, email, name, email_verified_at, created_at, updated_at)
    SELECT 'usr_' || n, n || '@example.org', 'Person ' || n, %(now)s, %(now)s, %(now)s
      FROM (SELECT %(mark)s || lpad(n::text, 24, '0') AS n FROM generate_series(%(first)s::int, %(last)s::int) n) x"""
_APPLICATIONS = """
    INSERT INTO applications (event_id, id, user_id, role, status, answers, submitted_at, registered_at,
                              last_reviewed_at, last_reviewer_id, last_review_action, created_at, updated_at)
    SELECT %(event)s, 'app_' || x, 'usr_' || x,
           (ARRAY['participant', 'host', 'staff', 'volunteer', 'guest'])[1 + n %% 5],
           CASE WHEN n %% 3 = 0 THEN 'pending' ELSE 'approved' END,
           jsonb_build_object('favorite_track', 'Track ' || n %% 7, 'diet', 'vegetarian, no "nuts"', 't_shirt', 'L',
                              'arrives_on', '2026-07-10', 'phone', '+49 170 ' || n,
                              'about_me', 'Plays since ' || 1980 + n %% 40 || ', likes long campaigns, short queues.'),
           at, CASE WHEN n %% 3 > 0 THEN at + interval '1 day' END, CASE WHEN n %% 3 > 0 THEN at + interval '1 day' END,
           CASE WHEN n %% 3 > 0 THEN %(reviewer)s END, CASE WHEN n %% 3 > 0 THEN 'approved' END, at, at
      FROM (SELECT n, %(mark)s || lpad(n::text, 24, '0') AS x,
                   %(now)s - interval '60 days' + n * interval '7 seconds' AS at
              FROM generate_series(%(first)s::int, %(last)s::int) n) r"""
_PARTICIPANTS = """
    INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
    SELECT event_id, 'ptp' || substr(id, 4), user_id, id, 'Person ' || ltrim(substr(id, 7), '0'), created_at, updated_at
      FROM applications WHERE event_id = %(event)s AND id BETWEEN 'app_' || %(mark)s || lpad(%(first)s::text, 24, '0')
                                                           AND 'app_' || %(mark)s || lpad(%(last)s::text, 24, '0')"""
_ACTIVITIES = """
    INSERT INTO activities (event_id, id, title, description, is_published, starts_at, ends_at, capacity, signup_count,
                            created_at, updated_at)
    SELECT %(event)s, 'act_' || %(mark)s || lpad(n::text, 24, '0'), 'Round ' || n,
           repeat('A description of a round, as long as people write them. ', 6), true,
           %(now)s + n %% 96 * interval '30 minutes', %(now)s + (n %% 96 + 4) * interval '30 minutes', 12, n %% 12,
           %(now)s - n * interval '1 second', %(now)s
      FROM generate_series(%(first)s::int, %(last)s::int) n"""


async def fill(db: Database, world: World, event_id: str, mark: str, people: range, activities: range) -> None:
    """More people and activities for an event; `mark` is two characters that tell the ids of events apart."""
    now: datetime = world.now
    async with db.tx() as tx:
        for key in FIELDS:
            await tx.run(_FIELD, event=event_id, key=key, now=now)
        first, last = people.start, people.stop - 1
        await tx.run(_USERS, mark=mark, first=first, last=last, now=now)
        told = {"event": event_id, "mark": mark, "first": first, "last": last}
        await tx.run(_APPLICATIONS, **told, reviewer=world.organizer_id, now=now)
        await tx.run(_PARTICIPANTS, **told)
        await tx.run(_ACTIVITIES, event=event_id, mark=mark, first=activities.start, last=activities.stop - 1, now=now)


def settle(url: str) -> None:
    """As autovacuum would leave it: visibility maps and statistics."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


async def raised(world: World) -> str:
    """A token whose budgets the operator raised so far that a benchmark stays within them; every request counts."""
    await worlds.change(
        world,
        """INSERT INTO rate_limits (id, integration_id, kind, per_hour, per_minute, in_flight, set_by, set_at)
           VALUES ('lim_bench', %(integration)s, 'installation', 100000000, 10000000, 1000, %(user)s, %(now)s)
           ON CONFLICT DO NOTHING""",
        integration=world.integration_id,
        user=world.organizer_id,
        now=world.now,
    )
    return await worlds.installation_token(world)
