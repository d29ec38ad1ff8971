"""The audit log: who did what to what; filters, search, the state of its hash chain."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.identity.audit import queries
from revento.identity.audit.models import Entry
from revento.kernel.db import Tx
from revento.web.operator.desk import PAGE, AnyRequest, Desk, show, typed


class Asked(msgspec.Struct, frozen=True):
    """What the filters say."""

    about: str | None
    actor: str | None
    action: str | None
    since: datetime | None
    until: datetime | None
    before: int | None

    def query(self, **more: Any) -> str:
        """The same as the end of an address."""
        named = {
            "q": self.about,
            "actor": self.actor,
            "action": self.action,
            "since": self.since.date().isoformat() if self.since else None,
            "until": (self.until - timedelta(days=1)).date().isoformat() if self.until else None,
        } | more
        return urlencode({key: value for key, value in named.items() if value})


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _asked(request: AnyRequest) -> Asked:
    until, before = _day(typed(request, "until")), typed(request, "before") or ""
    return Asked(
        about=typed(request, "q"),
        actor=typed(request, "actor"),
        action=typed(request, "action"),
        since=_day(typed(request, "since")),
        until=until + timedelta(days=1) if until else None,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )


@get("/audit")
async def audit_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """The newest deeds first."""
    asked = _asked(request)
    rows = await queries.page(
        tx,
        before=asked.before,
        action=asked.action,
        actor=asked.actor,
        about=asked.about,
        since=asked.since,
        until=asked.until,
        limit=PAGE + 1,
    )
    older = f"?{asked.query(before=rows[PAGE - 1].id)}" if len(rows) > PAGE else None
    kinds = await queries.list_kinds(tx)
    return show(
        "audit.html",
        desk,
        part="audit_rows.html",
        rows=[(row, details(row)) for row in rows[:PAGE]],
        older=older,
        asked=asked,
        typed={"since": typed(request, "since") or "", "until": typed(request, "until") or ""},
        kinds=_groups(kinds),
        chain=await queries.chain(tx),
    )


def _groups(kinds: list[str]) -> list[tuple[str, str]]:
    """The kinds of deeds as options: each group with all its kinds (`session.`), then every single one."""
    heads = sorted({f"{kind.partition('.')[0]}." for kind in kinds})
    return [(head, f"{head}*") for head in heads] + [(kind, kind) for kind in kinds]


def details(row: Entry) -> list[tuple[str, str]]:
    """What a row says beyond its columns, as terms and words."""
    return [
        (key, value if isinstance(value, str) else msgspec.json.encode(value).decode())
        for key, value in row.detail.items()
    ]


HANDLERS: Final = (audit_page,)
