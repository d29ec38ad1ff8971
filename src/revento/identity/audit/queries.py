"""SQL of the audit log."""

from datetime import datetime
from typing import Any

from revento.identity.audit.models import Chain, Entry, Seal, Sealed
from revento.kernel.db import Json, Tx
from revento.kernel.ids import UserId

INSERT = """
    INSERT INTO audit_log (at, actor, action, subject, organization_id, event_id, integration_id, address, request_id,
                           detail)
    VALUES (%(now)s, %(actor)s, %(action)s, %(subject)s, %(organization_id)s, %(event_id)s, %(integration_id)s,
            %(address)s, %(request_id)s, %(detail)s)
"""


async def insert(
    tx: Tx,
    *,
    actor: str,
    action: str,
    subject: str,
    organization_id: str | None,
    event_id: str | None,
    integration_id: str | None,
    address: str | None,
    request_id: str | None,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Appends one row."""
    await tx.run(
        INSERT,
        now=now,
        actor=actor,
        action=action,
        subject=subject,
        organization_id=organization_id,
        event_id=event_id,
        integration_id=integration_id,
        address=address,
        request_id=request_id,
        detail=Json(detail),
    )


async def insert_many(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Appends many, in one round trip."""
    await tx.run_many(INSERT, [row | {"detail": Json(row["detail"])} for row in rows])


# Serves /operator/audit; newest first. The filters lean on audit_log_by_actor, _by_action, _by_subject, _by_…; without
# any, the primary key alone.
PAGE = """
    SELECT a.id, a.at, a.actor, u.name AS actor_name, a.action, a.subject, a.organization_id, a.event_id,
           a.integration_id, a.address, a.request_id, a.detail, v.name AS acted_by_name
      FROM audit_log a
      LEFT JOIN users u ON u.id = a.actor
      LEFT JOIN users v ON v.id = a.detail->>'acted_by'
     WHERE (%(before)s::bigint IS NULL OR a.id < %(before)s)
       AND (%(action)s::text IS NULL OR a.action LIKE %(action)s || '%%')
       AND (%(actor)s::text IS NULL OR a.actor = %(actor)s)
       AND (%(about)s::text IS NULL OR %(about)s IN (a.subject, a.organization_id, a.event_id, a.integration_id,
                                                     a.request_id, a.address, a.detail->>'acted_by'))
       AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s)
     ORDER BY a.id DESC
     LIMIT %(limit)s
"""


async def page(
    tx: Tx,
    *,
    before: int | None = None,
    action: str | None = None,
    actor: str | None = None,
    about: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> list[Entry]:
    """Deeds, the newest first. `action` is a beginning (`organization.`); `about` any id, request id or address."""
    return await tx.all(
        Entry,
        PAGE,
        before=before,
        action=action,
        actor=actor,
        about=about,
        since=since,
        until=until,
        limit=limit,
    )


# Serves the person's own page; index audit_log_done_for.
LIST_DONE_FOR = """
    SELECT a.id, a.at, a.actor, u.name AS actor_name, a.action, a.subject, a.organization_id, a.event_id,
           a.integration_id, a.address, a.request_id, a.detail, v.name AS acted_by_name
      FROM audit_log a
      JOIN users u ON u.id = a.actor
      LEFT JOIN users v ON v.id = a.detail->>'acted_by'
     WHERE a.actor = %(user_id)s AND a.detail ? 'acted_by'
     ORDER BY a.id DESC
     LIMIT %(limit)s
"""


async def list_done_for(tx: Tx, user_id: UserId, *, limit: int) -> list[Entry]:
    """What operators did in this person's name, the newest first."""
    return await tx.all(Entry, LIST_DONE_FOR, user_id=user_id, limit=limit)


KINDS = """
    WITH RECURSIVE kinds AS (
        (SELECT action FROM audit_log ORDER BY action USING ~<~ LIMIT 1)
        UNION ALL
        SELECT (SELECT a.action FROM audit_log a WHERE a.action ~>~ k.action ORDER BY a.action USING ~<~ LIMIT 1)
          FROM kinds k WHERE k.action IS NOT NULL
    )
    SELECT action FROM kinds WHERE action IS NOT NULL ORDER BY action
"""


async def list_kinds(tx: Tx) -> list[str]:
    """Every kind of deed that occurs, found by hopping along the index audit_log_by_action."""
    return await tx.all(str, KINDS)


# A writer holds ROW EXCLUSIVE before it takes an id; whoever gets SHARE sees no id below the newest still to come.
LOCK = "LOCK TABLE audit_log IN SHARE MODE"
PATIENCE = "SET LOCAL lock_timeout = '200ms'"
NEWEST = "SELECT coalesce(max(id), 0) FROM audit_log"


async def newest_settled(tx: Tx) -> int:
    """The newest id below which nothing is still being written. Stops writers for a moment: commit at once.

    Raises `LockNotAvailable` when a writer takes longer than 200 ms.
    """
    await tx.run(PATIENCE)
    await tx.run(LOCK)
    return await tx.one(int, NEWEST)


LAST_SEAL = """
    SELECT id, first_id, last_id, rows, previous_hash, hash, sealed_at FROM audit_seals ORDER BY id DESC LIMIT 1
"""


async def last_seal(tx: Tx) -> Seal | None:
    """The end of the chain."""
    return await tx.maybe(Seal, LAST_SEAL)


LIST_SEALS = """
    SELECT id, first_id, last_id, rows, previous_hash, hash, sealed_at
      FROM audit_seals
     WHERE id > %(after)s
     ORDER BY id
     LIMIT %(limit)s
"""


async def list_seals(tx: Tx, after: int, *, limit: int) -> list[Seal]:
    """Seals in the order of the chain."""
    return await tx.all(Seal, LIST_SEALS, after=after, limit=limit)


LIST_SEALED = """
    SELECT id, at, actor, action, subject, organization_id, event_id, integration_id, address, request_id,
           detail::text AS detail
      FROM audit_log
     WHERE id BETWEEN %(first)s AND %(last)s
     ORDER BY id
     LIMIT %(limit)s
"""


async def list_sealed(tx: Tx, first: int, last: int, *, limit: int) -> list[Sealed]:
    """Rows as a seal covers them, in order of id."""
    return await tx.all(Sealed, LIST_SEALED, first=first, last=last, limit=limit)


INSERT_SEAL = """
    INSERT INTO audit_seals (first_id, last_id, rows, previous_hash, hash, sealed_at)
    VALUES (%(first_id)s, %(last_id)s, %(rows)s, %(previous_hash)s, %(hash)s, %(now)s)
"""


async def insert_seal(
    tx: Tx, *, first_id: int, last_id: int, rows: int, previous_hash: bytes, hash: bytes, now: datetime
) -> None:
    """Appends a link. Raises `UniqueViolation` when somebody else has sealed the same rows."""
    await tx.run(
        INSERT_SEAL,
        first_id=first_id,
        last_id=last_id,
        rows=rows,
        previous_hash=previous_hash,
        hash=hash,
        now=now,
    )


CHAIN = """
    SELECT (SELECT count(*) FROM audit_seals) AS seals, coalesce(s.last_id, 0) AS last_id, s.hash AS last_hash,
           s.sealed_at AS last_sealed_at,
           (SELECT count(*) FROM audit_log WHERE id > coalesce(s.last_id, 0)) AS unsealed
      FROM (SELECT 1) one
      LEFT JOIN LATERAL (SELECT last_id, hash, sealed_at FROM audit_seals ORDER BY id DESC LIMIT 1) s ON true
"""


async def chain(tx: Tx) -> Chain:
    """How far the chain reaches."""
    return await tx.one(Chain, CHAIN)


LIST_SUBJECTS = "SELECT DISTINCT subject FROM audit_log WHERE action = %(action)s AND at >= %(since)s"


async def list_subjects(tx: Tx, action: str, *, since: datetime) -> list[str]:
    """What something was done to since then; for reports that are made once."""
    return await tx.all(str, LIST_SUBJECTS, action=action, since=since)
