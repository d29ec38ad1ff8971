"""What import tests stand on: published schedules, an organization, one call that imports."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from revento.events.importing import actions
from revento.events.importing.models import Report
from revento.events.program import queries as program
from revento.events.program.models import Activity
from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.permissions import Permission
from revento.identity.users import actions as users
from revento.kernel.db import Database
from revento.kernel.ids import EventId, OrganizationId, UserId


def published(name: str) -> bytes:
    """A published schedule. They belong to their events, so they are read where they lie and never copied here."""
    named = os.environ.get("REVENTO_SHARED_DIR")
    above = [parent / "shared" for parent in Path(__file__).resolve().parents]
    folder = next(path for path in ([Path(named)] if named else above) if (path / "data/schedules").is_dir())
    return (folder / "data/schedules" / name).read_bytes()


class Host:
    """An organization whose owner imports."""

    def __init__(self, db: Database, user_id: UserId, organization_id: OrganizationId, now: datetime) -> None:
        self.db, self.user_id, self.organization_id, self.now = db, user_id, organization_id, now

    async def bring(
        self,
        raw: bytes,
        event_id: EventId | None = None,
        *,
        zone: str | None = None,
        remove_vanished: bool = False,
        wall_clock: bool = False,
    ) -> Report:
        """Imports into the event, or a new one."""
        async with self.db.tx() as tx:
            of_event = None
            if event_id is not None:
                of_event = await tx.one(str, "SELECT time_zone FROM events WHERE id = %(id)s", id=event_id)
            schedule, settled = actions.read(raw, time_zone=zone, of_event=of_event, wall_clock=wall_clock)
            if event_id is None:
                member = await proofs.as_organization_member(
                    tx, self.user_id, self.organization_id, Permission.EVENT_EDIT
                )
                event_id = await actions.create_event(tx, member, "Imported", schedule, settled, now=self.now)
            planner = await proofs.as_planner(tx, self.user_id, event_id)
            plan = await actions.compare(tx, event_id, schedule, settled)
            return await actions.carry_out(tx, planner, plan, remove_vanished=remove_vanished, now=self.now)

    async def program(self, event_id: str | None) -> list[Activity]:
        """What stands in the program, by start."""
        async with self.db.tx() as tx:
            return await program.list_activities(tx, EventId(event_id or ""), drafts=True)

    async def count(self, table: str, event_id: str | None, where: str = "true") -> int:
        async with self.db.tx() as tx:
            return await tx.one(int, f"SELECT count(*) FROM {table} WHERE event_id = %(id)s AND {where}", id=event_id)


async def host(db: Database, now: datetime) -> Host:
    async with db.tx() as tx:
        user_id = await users.known_or_new(tx, "ada@example.test", "Ada", now=now)
        organization_id = await organizations.found(tx, user_id, "Importers", now=now)
    return Host(db, user_id, organization_id, now)


def frab(*events: dict[str, Any], zone: str | None = "Europe/Berlin", day: str = "2026-07-10") -> bytes:
    """A frab JSON file with one day; every event names its own room."""
    rooms: dict[str, list[Any]] = {}
    for number, event in enumerate(events):
        made = {"id": number, "title": f"Session {number}", "start": "10:00", "duration": "01:00"} | event
        rooms.setdefault(made.pop("room", "Hall"), []).append(made)
    conference = {"acronym": "made-up", "title": "Made up", "days": [{"index": 1, "date": day, "rooms": rooms}]}
    if zone:
        conference["time_zone_name"] = zone
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()
