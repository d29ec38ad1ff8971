"""SQL of event pages."""

from datetime import datetime

from revento.events.webview_pages.models import Host, Page, PageFacts
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, IntegrationId, PageId

# Serves the organizer's list and every navigation of the event; the primary key leads with event_id.
LIST_PAGES = """
    SELECT w.event_id, w.id, w.kind, w.title, w.url, w.body, w.integration_id, g.name AS integration_name,
           w.requires_auth, w.visibility, w.position, w.is_published, w.created_at, w.updated_at
      FROM webview_pages w
      LEFT JOIN integrations g ON g.id = w.integration_id
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
           updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def update(tx: Tx, event_id: EventId, id: PageId, facts: PageFacts, *, now: datetime) -> None:
    """Changes a page. Its kind stays."""
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


LIST_HOSTS = """
    SELECT i.integration_id, i.id AS installation_id, c.id AS client_id, g.name,
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
