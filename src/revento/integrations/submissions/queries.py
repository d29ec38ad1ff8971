"""SQL of submissions."""

from datetime import datetime
from typing import Final

from revento.integrations.submissions.models import Comment, Facts, Line, Submission
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, ManifestId, UserId
from revento.kernel.reader import join

FIND = """
    SELECT s.id, s.integration_id, n.name AS integration_name, s.manifest_id, f.document AS manifest, f.version,
           s.state, s.notes, s.demo_url, s.marketing_copy, s.screenshots, s.submitted_by, u.name AS submitted_by_name,
           s.submitted_at, s.decided_at
      FROM submissions s
      JOIN integrations n ON n.id = s.integration_id
      JOIN manifests f ON f.id = s.manifest_id
      JOIN users u ON u.id = s.submitted_by
     WHERE s.id = %(id)s
"""


async def find(tx: Tx, id: str) -> Submission | None:
    """One submission."""
    return await tx.maybe(Submission, FIND, id=id)


LIST_BY_INTEGRATION = """
    SELECT s.id, s.integration_id, n.name AS integration_name, s.manifest_id, f.document AS manifest, f.version,
           s.state, s.notes, s.demo_url, s.marketing_copy, s.screenshots, s.submitted_by, u.name AS submitted_by_name,
           s.submitted_at, s.decided_at
      FROM submissions s
      JOIN integrations n ON n.id = s.integration_id
      JOIN manifests f ON f.id = s.manifest_id
      JOIN users u ON u.id = s.submitted_by
     WHERE s.integration_id = %(integration_id)s
     ORDER BY s.submitted_at DESC, s.id DESC
     LIMIT 50
"""


async def list_by_integration(tx: Tx, integration_id: IntegrationId) -> list[Submission]:
    """An integration's submissions, the newest first."""
    return await tx.all(Submission, LIST_BY_INTEGRATION, integration_id=integration_id)


_LINES: Final = """
    SELECT s.id, s.integration_id, n.name, f.document->'publisher'->>'display_name' AS publisher,
           n.published_at IS NOT NULL AND n.published_at < s.submitted_at AS is_update,
           ARRAY(SELECT jsonb_array_elements_text((f.document->'scopes'->'required')
                                                  || (f.document->'scopes'->'optional'))) AS scopes,
           s.state, s.submitted_at, s.decided_at, r.passed, r.failed
      FROM submissions s
      JOIN integrations n ON n.id = s.integration_id
      JOIN manifests f ON f.id = s.manifest_id
      LEFT JOIN LATERAL (SELECT c.passed, c.failed FROM conformance_reports c
                          WHERE c.integration_id = s.integration_id ORDER BY c.received_at DESC LIMIT 1) r ON true
"""
_NARROWED: Final = """
       AND (%(is_update)s::bool IS NULL
            OR %(is_update)s = (n.published_at IS NOT NULL AND n.published_at < s.submitted_at))
       AND (%(search)s::text IS NULL OR n.name ILIKE '%%' || %(search)s || '%%'
            OR f.document->'publisher'->>'display_name' ILIKE '%%' || %(search)s || '%%'
            OR %(search)s IN (s.id, s.integration_id))
"""
# Serves /operator/submissions; index submissions_waiting.
PAGE_WAITING: Final = join(
    _LINES,
    """
     WHERE s.state = 'submitted' AND (s.submitted_at, s.id) > (%(place_at)s, %(place_id)s)
    """,
    _NARROWED,
    """
     ORDER BY s.submitted_at, s.id
     LIMIT %(limit)s
    """,
)


async def page_waiting(
    tx: Tx, after: tuple[datetime, str], *, search: str | None, is_update: bool | None, limit: int
) -> list[Line]:
    """The review queue, the longest waiting first. `search` is a part of a name or publisher, or a whole id."""
    return await tx.all(
        Line,
        PAGE_WAITING,
        place_at=after[0],
        place_id=after[1],
        search=search,
        is_update=is_update,
        limit=limit,
    )


# Serves the same page for what has left the queue; index submissions_decided.
PAGE_DECIDED: Final = join(
    _LINES,
    """
     WHERE s.state <> 'submitted' AND (s.decided_at, s.id) < (%(place_at)s, %(place_id)s)
       AND s.state = %(state)s
    """,
    _NARROWED,
    """
     ORDER BY s.decided_at DESC, s.id DESC
     LIMIT %(limit)s
    """,
)


async def page_decided(
    tx: Tx, before: tuple[datetime, str], *, state: str, search: str | None, is_update: bool | None, limit: int
) -> list[Line]:
    """What was decided in this way, the newest decision first."""
    return await tx.all(
        Line,
        PAGE_DECIDED,
        place_at=before[0],
        place_id=before[1],
        state=state,
        search=search,
        is_update=is_update,
        limit=limit,
    )


COUNT_BEFORE = "SELECT count(*) FROM submissions WHERE state = 'submitted' AND submitted_at < %(at)s"


async def count_before(tx: Tx, at: datetime) -> int:
    """How many wait longer than that."""
    return await tx.one(int, COUNT_BEFORE, at=at)


HAS_OPEN = """
    SELECT EXISTS (SELECT 1 FROM submissions WHERE integration_id = %(integration_id)s AND state = 'submitted')
"""


async def has_open(tx: Tx, integration_id: IntegrationId) -> bool:
    """Whether one waits for review."""
    return await tx.one(bool, HAS_OPEN, integration_id=integration_id)


INSERT = """
    INSERT INTO submissions (id, integration_id, manifest_id, notes, demo_url, marketing_copy, screenshots,
                             submitted_by, submitted_at)
    VALUES (%(id)s, %(integration_id)s, %(manifest_id)s, %(notes)s, %(demo_url)s, %(marketing_copy)s,
            %(screenshots)s, %(by)s, %(now)s)
"""


IS_SENT_BACK = """
    SELECT state = 'changes_requested' FROM submissions
     WHERE integration_id = %(integration_id)s ORDER BY submitted_at DESC LIMIT 1
"""


async def is_sent_back(tx: Tx, integration_id: IntegrationId) -> bool:
    """Whether its developers have a reviewer's findings to see to."""
    return await tx.maybe(bool, IS_SENT_BACK, integration_id=integration_id) is True


async def insert(
    tx: Tx, id: str, integration_id: IntegrationId, manifest_id: ManifestId, facts: Facts, *, by: UserId, now: datetime
) -> None:
    """Puts a submission in the queue. Raises `UniqueViolation` when one waits already."""
    await tx.run(
        INSERT,
        id=id,
        integration_id=integration_id,
        manifest_id=manifest_id,
        notes=facts.notes,
        demo_url=facts.demo_url,
        marketing_copy=facts.marketing_copy,
        screenshots=list(facts.screenshots),
        by=by,
        now=now,
    )


DECIDE = """
    UPDATE submissions SET state = %(state)s, decided_by = %(by)s, decided_at = %(now)s
     WHERE id = %(id)s AND state = 'submitted'
"""


async def decide(tx: Tx, id: str, state: str, *, by: UserId, now: datetime) -> int:
    """Takes a submission out of the queue; 0 when it is not in it any more."""
    return await tx.run(DECIDE, id=id, state=state, by=by, now=now)


INSERT_COMMENT = """
    INSERT INTO submission_comments (id, submission_id, author_id, text, request, created_at)
    VALUES (%(id)s, %(submission_id)s, %(author_id)s, %(text)s, %(request)s, %(now)s)
"""


async def insert_comment(
    tx: Tx, id: str, submission_id: str, *, author_id: UserId, text: str, request: str, now: datetime
) -> None:
    """Adds a remark."""
    await tx.run(
        INSERT_COMMENT, id=id, submission_id=submission_id, author_id=author_id, text=text, request=request, now=now
    )


# Indexes submissions_by_integration and submission_comments_by_submission.
LIST_COMMENTS = """
    SELECT c.id, f.version, u.name AS author_name, u.is_operator, c.text, c.request, c.created_at
      FROM submissions s
      JOIN submissions e ON e.integration_id = s.integration_id AND e.submitted_at <= s.submitted_at
      JOIN submission_comments c ON c.submission_id = e.id
      JOIN manifests f ON f.id = e.manifest_id
      JOIN users u ON u.id = c.author_id
     WHERE s.id = %(submission_id)s
     ORDER BY c.created_at, c.id
"""


async def list_comments(tx: Tx, submission_id: str) -> list[Comment]:
    """The remarks about a submission and about those before it, the oldest first."""
    return await tx.all(Comment, LIST_COMMENTS, submission_id=submission_id)


SET_LISTING = """
    UPDATE integrations SET marketing_copy = %(marketing_copy)s, screenshots = %(screenshots)s, updated_at = %(now)s
     WHERE id = %(id)s
"""


async def set_listing(tx: Tx, id: IntegrationId, *, marketing_copy: str, screenshots: list[str], now: datetime) -> None:
    """What the catalogue shows, once approved."""
    await tx.run(SET_LISTING, id=id, marketing_copy=marketing_copy, screenshots=screenshots, now=now)


LIST_OPERATORS = "SELECT email FROM users WHERE is_operator AND deleted_at IS NULL ORDER BY id LIMIT 20"


async def list_operators(tx: Tx) -> list[str]:
    """Whom to tell that something waits."""
    return await tx.all(str, LIST_OPERATORS)
