"""SQL of event pages."""

from datetime import datetime

from revento.events.webview_pages.models import Host, Look, Page, PageFacts, Shown, Unseen
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, IntegrationId, PageId

# Serves the organizer's list and every navigation of the event; the primary key leads with event_id.
LIST_PAGES = """
    SELECT w.event_id, w.id, w.kind, w.title, w.url, w.body, w.integration_id, g.name AS integration_name,
           w.requires_auth, w.visibility, w.position, w.is_published, w.looked_at, w.found, w.found_detail,
           w.integration_id IS NOT NULL AND (i.id IS NULL OR g.state = 'suspended') AS is_cut,
           w.created_at, w.updated_at
      FROM webview_pages w
      LEFT JOIN integrations g ON g.id = w.integration_id
      LEFT JOIN installations i ON i.event_id = w.event_id AND i.integration_id = w.integration_id
                             AND i.state = 'active'
     WHERE w.event_id = %(event_id)s AND (%(id)s::text IS NULL OR w.id = %(id)s)
     ORDER BY w.position, w.created_at, w.id
     LIMIT 200
"""


async def list_pages(tx: Tx, event_id: EventId) -> list[Page]:
    """The pages of an event in their order, drafts too."""
    return await tx.all(Page, LIST_PAGES, event_id=event_id, id=None)


async def find(tx: Tx, event_id: EventId, id: PageId) -> Page | None:
    """One page of an event."""
    return await tx.maybe(Page, LIST_PAGES, event_id=event_id, id=id)


INSERT = """
    INSERT INTO webview_pages (event_id, id, kind, title, url, body, integration_id, requires_auth, visibility,
                               position, is_published, created_at, updated_at)
    SELECT %(event_id)s, %(id)s, %(kind)s, %(title)s, %(url)s, %(body)s, %(integration_id)s, %(requires_auth)s,
           %(visibility)s, coalesce(max(position), 0) + 1, %(is_published)s, %(now)s, %(now)s
      FROM webview_pages
     WHERE event_id = %(event_id)s
"""


async def insert(tx: Tx, event_id: EventId, id: PageId, facts: PageFacts, *, now: datetime) -> None:
    """Adds a page behind the others."""
    await tx.run(
        INSERT,
        event_id=event_id,
        id=id,
        kind=facts.kind,
        title=facts.title,
        url=facts.url,
        body=facts.body,
        integration_id=facts.integration_id,
        requires_auth=facts.requires_auth,
        visibility=facts.visibility,
        is_published=facts.is_published,
        now=now,
    )


UPDATE = """
    UPDATE webview_pages
       SET title = %(title)s, url = %(url)s, body = %(body)s, integration_id = %(integration_id)s,
           requires_auth = %(requires_auth)s, visibility = %(visibility)s, is_published = %(is_published)s,
           looked_at = CASE WHEN url IS NOT DISTINCT FROM %(url)s AND requires_auth = %(requires_auth)s
                            THEN looked_at END,
           found = CASE WHEN url IS NOT DISTINCT FROM %(url)s AND requires_auth = %(requires_auth)s THEN found END,
           updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def update(tx: Tx, event_id: EventId, id: PageId, facts: PageFacts, *, now: datetime) -> None:
    """Changes a page. Its kind stays; what was found out about another address is forgotten."""
    await tx.run(
        UPDATE,
        event_id=event_id,
        id=id,
        title=facts.title,
        url=facts.url,
        body=facts.body,
        integration_id=facts.integration_id,
        requires_auth=facts.requires_auth,
        visibility=facts.visibility,
        is_published=facts.is_published,
        now=now,
    )


SET_ORDER = """
    UPDATE webview_pages w SET position = t.n
      FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS t (id, n)
     WHERE w.event_id = %(event_id)s AND w.id = t.id
"""


async def set_order(tx: Tx, event_id: EventId, ids: list[PageId]) -> None:
    """Puts the pages in this order."""
    await tx.run(SET_ORDER, event_id=event_id, ids=ids)


DROP = "DELETE FROM webview_pages WHERE event_id = %(event_id)s AND id = %(id)s"


async def drop(tx: Tx, event_id: EventId, id: PageId) -> int:
    """Removes a page."""
    return await tx.run(DROP, event_id=event_id, id=id)


FORGET_LOOK = """
    UPDATE webview_pages SET looked_at = NULL, found = NULL, found_detail = ''
     WHERE event_id = %(event_id)s AND id = %(id)s AND kind = 'webview'
"""


async def forget_look(tx: Tx, event_id: EventId, id: PageId) -> int:
    """Forgets what a look found; 0 when there is no such webview."""
    return await tx.run(FORGET_LOOK, event_id=event_id, id=id)


# The address is compared: a page that was changed while its old server was looked at keeps waiting for its own look.
SET_LOOK = """
    UPDATE webview_pages SET looked_at = %(now)s, found = %(found)s, found_detail = %(detail)s
     WHERE event_id = %(event_id)s AND id = %(id)s AND url = %(url)s
"""


async def set_look(tx: Tx, page: Unseen, look: Look, *, now: datetime) -> int:
    """Keeps what a look found; 0 when the page is gone or shows another address by now."""
    return await tx.run(
        SET_LOOK, event_id=page.event_id, id=page.id, url=page.url, found=look.found, detail=look.detail, now=now
    )


FIND_UNSEEN = """
    SELECT event_id, id, url, requires_auth
      FROM webview_pages
     WHERE event_id = %(event_id)s AND id = %(id)s AND kind = 'webview'
"""


async def find_unseen(tx: Tx, event_id: EventId, id: PageId) -> Unseen | None:
    """One webview, to be looked at now."""
    return await tx.maybe(Unseen, FIND_UNSEEN, event_id=event_id, id=id)


# Index webview_pages_looked. What was fine is looked at again after a day, what was not (and could be mended) sooner.
LIST_DUE = """
    SELECT w.event_id, w.id, w.url, w.requires_auth
      FROM webview_pages w
      JOIN events e ON e.id = w.event_id
     WHERE w.kind = 'webview'
       AND (w.looked_at IS NULL OR w.looked_at <= %(fine_before)s
            OR (w.looked_at <= %(bad_before)s AND w.found <> 'shown'))
       AND (w.is_published OR w.looked_at IS NULL)
       AND e.publish_status <> 'archived' AND e.ends_at > %(ended_before)s
     ORDER BY w.looked_at NULLS FIRST, w.id
     LIMIT %(limit)s
"""


async def list_due(
    tx: Tx, *, fine_before: datetime, bad_before: datetime, ended_before: datetime, limit: int
) -> list[Unseen]:
    """Webviews whose last look is too old, the longest unseen first."""
    return await tx.all(
        Unseen, LIST_DUE, fine_before=fine_before, bad_before=bad_before, ended_before=ended_before, limit=limit
    )


# Serves the letters about connections; the primary key leads with event_id.
LIST_SHOWN = """
    SELECT w.title, w.url, e.title AS event_title, e.organization_id
      FROM unnest(%(event_ids)s::text[], %(integration_ids)s::text[]) AS t (event_id, integration_id)
      JOIN webview_pages w ON w.event_id = t.event_id AND w.integration_id = t.integration_id
      JOIN events e ON e.id = w.event_id
     WHERE w.is_published AND e.publish_status <> 'archived'
     ORDER BY e.starts_at, e.id, w.position, w.id
     LIMIT 200
"""


async def list_shown(tx: Tx, event_ids: list[EventId], integration_ids: list[IntegrationId]) -> list[Shown]:
    """The published pages that these integrations show, the first in the first event and so on."""
    return await tx.all(Shown, LIST_SHOWN, event_ids=event_ids, integration_ids=integration_ids)


LIST_HOSTS = """
    SELECT i.integration_id, i.id AS installation_id, c.id AS client_id, g.name, g.state = 'suspended' AS is_suspended,
           ARRAY(SELECT jsonb_array_elements_text(f.document->'webview_origins')) AS webview_origins,
           nullif(f.document->>'login_url', '') AS login_url,
           (f.document->'scopes'->'required' || (f.document->'scopes'->'optional'))
             ?| ARRAY['profile.read', 'event.attendance'] AS asks_people
      FROM installations i
      JOIN clients c ON c.id = i.client_id
      JOIN integrations g ON g.id = i.integration_id
      JOIN manifests f ON f.id = c.manifest_id
     WHERE i.event_id = %(event_id)s AND i.state = 'active'
       AND (%(integration_id)s::text IS NULL OR i.integration_id = %(integration_id)s)
     ORDER BY lower(g.name), g.id
     LIMIT 200
"""


async def list_hosts(tx: Tx, event_id: EventId) -> list[Host]:
    """The connected integrations, with the origins that they may show; index installations_active."""
    return await tx.all(Host, LIST_HOSTS, event_id=event_id, integration_id=None)


async def find_host(tx: Tx, event_id: EventId, integration_id: IntegrationId) -> Host | None:
    """The same for one integration; `None` when it is not connected."""
    return await tx.maybe(Host, LIST_HOSTS, event_id=event_id, integration_id=integration_id)
