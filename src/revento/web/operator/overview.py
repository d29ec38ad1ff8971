"""The desk at a glance: what waits, the oldest first, and what happened lately."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.access.hours import queries as hours
from revento.access.hours.models import Offender
from revento.identity.audit import queries as audit
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.operator.desk import Desk, show
from revento.web.shared.translate import gettext, ngettext

DAY: Final = timedelta(days=1)


class Waiting(msgspec.Struct, frozen=True):
    """One queue: how many wait, since when, where to work on it."""

    icon: str
    href: str
    title: str
    say: str
    count: int
    oldest_at: datetime | None


@get("/")
async def overview(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """Queues by age."""
    offenders = await hours.list_offenders(tx, since=clock.now() - DAY)
    waiting = sorted(
        (queue for queue in [*_queues(desk), _abuse(offenders)] if queue.count),
        key=lambda queue: (queue.oldest_at is None, queue.oldest_at),
    )
    deeds = await audit.page(tx, limit=12)
    return show("overview.html", desk, waiting=waiting, deeds=deeds)


def _abuse(offenders: list[Offender]) -> Waiting:
    said = ngettext("%(n)d integration hammers the API", "%(n)d integrations hammer the API", len(offenders))
    return Waiting(
        "gauge",
        "/operator/abuse",
        said % {"n": len(offenders)},
        gettext("Refused a hundred times within ten minutes. Nothing is done by itself."),
        len(offenders),
        min((each.last_at for each in offenders), default=None),
    )


def _queues(desk: Desk) -> list[Waiting]:
    queues = desk.queues
    said = {
        "verifications": ngettext(
            "%(n)d organization to verify", "%(n)d organizations to verify", queues.verifications
        ),
        "submissions": ngettext("%(n)d integration to review", "%(n)d integrations to review", queues.submissions),
        "overdue": ngettext("%(n)d deletion overdue", "%(n)d deletions overdue", queues.overdue_deletions),
        "paused": ngettext("%(n)d endpoint paused", "%(n)d endpoints paused", queues.paused_endpoints),
    }
    return [
        Waiting(
            "landmark",
            "/operator/organizations?view=pending",
            said["verifications"] % {"n": queues.verifications},
            gettext("They cannot connect integrations until you decide."),
            queues.verifications,
            queues.oldest_verification_at,
        ),
        Waiting(
            "clipboard-check",
            "/operator/submissions",
            said["submissions"] % {"n": queues.submissions},
            gettext("They want to be in the catalogue."),
            queues.submissions,
            queues.oldest_submission_at,
        ),
        Waiting(
            "eraser",
            "/operator/abuse",
            said["overdue"] % {"n": queues.overdue_deletions},
            gettext("Integrations hold data past the deadline for erasing it."),
            queues.overdue_deletions,
            queues.oldest_overdue_at,
        ),
        Waiting(
            "pause",
            "/operator/health",
            said["paused"] % {"n": queues.paused_endpoints},
            gettext("Messages collect; nothing is lost."),
            queues.paused_endpoints,
            queues.oldest_paused_at,
        ),
    ]


HANDLERS: Final = (overview,)
