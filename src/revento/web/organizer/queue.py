"""The review queue as an address asks for it: filters, the place in the list, the saved views."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from revento.events.applications.models import Status
from revento.events.overview.models import Desk
from revento.events.reviews import queries
from revento.events.reviews.models import QueueRow
from revento.events.saved_views.models import SavedView
from revento.identity.sessions.models import SignedIn
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.web.organizer.desk import PAGE, after, cursor
from revento.web.shared import words
from revento.web.shared.states import look
from revento.web.shared.translate import gettext


class Asked(msgspec.Struct, frozen=True):
    """What the filters say; nothing where they say nothing we know."""

    q: str | None = None
    status: Status | None = None
    role: str | None = None
    mine: UserId | None = None
    cursor: str | None = None

    def query(self) -> str:
        """The same as the end of an address, the place in the list left out."""
        named = {"q": self.q, "status": self.status, "role": self.role, "mine": "yes" if self.mine else None}
        return urlencode({key: value for key, value in named.items() if value})

    def at(self, path: str) -> str:
        """This view of the queue, or of one of it."""
        query = self.query()
        return f"{path}?{query}" if query else path


def asked(query: dict[str, Any], person: SignedIn) -> Asked:
    """The filters of an address, unknown values dropped."""
    status, role = str(query.get("status", "")), str(query.get("role", ""))
    return Asked(
        q=str(query.get("q", "")).strip()[:100] or None,
        status=Status(status) if status in words.STATUSES else None,
        role=role if role in words.ROLES else None,
        mine=person.user_id if query.get("mine") else None,
        cursor=str(query.get("cursor", "")) or None,
    )


def kept(query: object, person: SignedIn) -> Asked:
    """The filters that a form of the queue carries along, so that whatever came of it the queue is the same."""
    return asked(dict(parse_qsl(str(query or ""))), person)


async def page(tx: Tx, desk: Desk, wanted: Asked, *, limit: int = PAGE) -> tuple[list[QueueRow], str | None]:
    """One page of the queue, and the address of the next."""
    rows = await queries.page_queue(
        tx,
        desk.event_id,
        after(wanted.cursor),
        status=wanted.status,
        role=wanted.role,
        search=wanted.q,
        assigned_to=wanted.mine,
        limit=limit + 1,
    )
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    more = "&".join(
        part for part in (wanted.query(), urlencode({"cursor": cursor(last.submitted_at, last.id)})) if part
    )
    return rows[:limit], f"?{more}"


async def views(tx: Tx, desk: Desk, base: str, saved: list[SavedView]) -> list[tuple[str, str, int | None]]:
    """The tabs above the queue: all, each state that occurs, mine, and the views that the person has kept."""
    counted = {each.status: each.count for each in await queries.count_by_status(tx, desk.event_id)}
    tabs: list[tuple[str, str, int | None]] = [(base, gettext("All"), sum(counted.values()))]
    tabs += [(f"{base}?status={key}", look(key).words, n) for key in words.STATUSES if (n := counted.get(Status(key)))]
    tabs.append((f"{base}?mine=yes", gettext("Assigned to me"), None))
    return tabs + [(f"{base}?{view.query}", view.name, None) for view in saved]
