"""The data ledger: which integration read what of this event, when, and how many people's rows."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from revento.access import actions as kept
from revento.access import queries
from revento.access.models import Entry
from revento.contract.v1.wire import stamp
from revento.events.overview.models import Desk
from revento.integrations.board import queries as board
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.organizer.desk import PAGE, show
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.words import read_words

AnyRequest = Request[Any, Any, Any]
LATEST: Final = timedelta(days=30)
MOST_ROWS: Final = 50_000
# `token` is the family that the page of tokens names too: which consent a read goes back to.
_COLUMNS: Final = (
    *("at", "integration", "read", "endpoint", "scope", "rows", "people", "status", "request_id"),
    *("token_kind", "token"),
)
PERIODS: Final = {"7": N_("Last 7 days"), "30": N_("Last 30 days"), "90": N_("All that is kept")}


class Asked(msgspec.Struct, frozen=True):
    """The filters of an address."""

    integration: str
    people: bool
    days: str
    before: datetime | None

    def query(self) -> str:
        """The same filters for the next page's address, without its position."""
        parts = [f"integration={self.integration}" if self.integration else "", f"days={self.days}"]
        parts.append("people=1" if self.people else "")
        return "&".join(part for part in parts if part)


def _asked(request: AnyRequest) -> Asked:
    params = request.query_params
    days = params.get("days", "30")
    try:
        before = datetime.fromisoformat(params.get("before", ""))
        before = before if before.tzinfo is not None else None
    except ValueError:
        before = None
    integration = params.get("integration", "")
    return Asked(
        integration=integration if integration.isidentifier() else "",
        people=params.get("people", "") == "1",
        days=days if days in PERIODS else "30",
        before=before,
    )


async def _page(tx: Tx, desk: Desk, asked: Asked, *, now: datetime, limit: int) -> list[Entry]:
    return await queries.page_by_event(
        tx,
        desk.event_id,
        since=now - timedelta(days=int(asked.days)),
        until=asked.before or now + timedelta(seconds=1),
        integration_id=asked.integration or None,
        people_only=asked.people,
        limit=limit,
    )


@get("/events/{event_id:str}/integrations/ledger")
async def ledger_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """Reads, the newest first, by integration, period and whether people were in them."""
    now, asked = clock.now(), _asked(request)
    found = await _page(tx, desk, asked, now=now, limit=PAGE + 1)
    names = {each.integration_id: each.name for each in await board.list_connections(tx, desk.event_id)}
    base = f"/organizer/events/{desk.event_id}/integrations/ledger"
    older = f"{base}?{asked.query()}&before={_position(found[PAGE - 1].at)}" if len(found) > PAGE else None
    return show(
        "ledger.html",
        desk,
        reads=found[:PAGE],
        asked=asked,
        integrations=sorted(names.items(), key=lambda pair: pair[1].lower()),
        periods=[(key, gettext(words)) for key, words in PERIODS.items()],
        older=older,
        first=f"{base}?{asked.query()}" if asked.before else None,
        csv_href=f"{base}.csv?{asked.query()}",
        kept_days=kept.KEPT_DAYS,
    )


def _position(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@get("/events/{event_id:str}/integrations/ledger.csv")
async def ledger_csv(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[bytes]:
    """The same as a table for a spreadsheet, up to 50,000 rows."""
    now, asked = clock.now(), _asked(request)
    found = await _page(tx, desk, asked, now=now, limit=MOST_ROWS)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for row in found:
        table.writerow(
            (
                stamp(row.at),
                _plain(row.integration_name or ""),
                read_words(row.endpoint),
                row.endpoint,
                row.scope or "",
                row.rows,
                row.people,
                row.status,
                row.request_id,
                row.token_kind or "",
                row.family_id or "",
            )
        )
    headers = {"Content-Disposition": 'attachment; filename="ledger.csv"', "Cache-Control": "no-store"}
    return Response(text.getvalue().encode(), media_type="text/csv", headers=headers)


def _plain(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


HANDLERS: Final = (ledger_page, ledger_csv)
