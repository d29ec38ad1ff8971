"""SQL of the token audit. Each audience has its own statement, filtered by what is its own (architecture §4.8)."""

from datetime import datetime
from typing import Final, LiteralString

from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, EventId, IntegrationId, UserId
from revento.kernel.reader import join
from revento.oauth.audit.models import About, Entry, Origin, Search

INSERT = """
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                             user_id, family_id, scopes, reason, address, request_id)
    VALUES (%(now)s, %(actor)s, %(action)s, %(client_id)s, %(integration_id)s, %(installation_id)s, %(event_id)s,
            %(organization_id)s, %(user_id)s, %(family_id)s, %(scopes)s, %(reason)s, %(address)s, %(request_id)s)
"""


async def insert(
    tx: Tx,
    *,
    actor: str,
    action: str,
    client_id: str | None,
    integration_id: str | None,
    installation_id: str | None,
    event_id: str | None,
    organization_id: str | None,
    user_id: str | None,
    family_id: str | None,
    scopes: list[str],
    reason: str | None,
    origin: Origin,
    now: datetime,
) -> None:
    """Appends one row."""
    await tx.run(
        INSERT,
        actor=actor,
        action=action,
        client_id=client_id,
        integration_id=integration_id,
        installation_id=installation_id,
        event_id=event_id,
        organization_id=organization_id,
        user_id=user_id,
        family_id=family_id,
        scopes=scopes,
        reason=reason,
        address=origin.address,
        request_id=origin.request_id,
        now=now,
    )


_ENTRIES: Final = """
    SELECT t.id, t.at, t.actor, t.action, t.client_id, t.integration_id, n.name AS integration_name, c.environment,
           t.installation_id, t.event_id, e.title AS event_title, t.organization_id, t.user_id, t.family_id, t.scopes,
           t.reason, t.address, t.request_id
      FROM token_audit t
      LEFT JOIN integrations n ON n.id = t.integration_id
      LEFT JOIN clients c ON c.id = t.client_id
      LEFT JOIN events e ON e.id = t.event_id
"""

# Serves the integrator's overview; index token_audit_by_action.
PAGE_BY_INTEGRATION: Final = join(
    _ENTRIES,
    """
     WHERE t.integration_id = %(integration_id)s
       AND t.action = %(action)s
       AND (%(environment)s::text IS NULL OR c.environment = %(environment)s)
     ORDER BY t.id DESC
     LIMIT %(limit)s
    """,
)


async def page_by_integration(
    tx: Tx, integration_id: IntegrationId, *, action: str, environment: str | None = None, limit: int = 50
) -> list[Entry]:
    """The newest of one kind of entry about an integration's tokens."""
    return await tx.all(
        Entry,
        PAGE_BY_INTEGRATION,
        integration_id=integration_id,
        action=action,
        environment=environment or None,
        limit=limit,
    )


_OF_CLIENT: Final = """
     WHERE t.client_id = %(client_id)s AND t.integration_id = %(integration_id)s
       AND (%(before)s::bigint IS NULL OR t.id < %(before)s)
       AND (%(action)s::text IS NULL OR t.action = %(action)s)
       AND (%(event_id)s::text IS NULL OR t.event_id = %(event_id)s)
"""
_NEWEST: Final = """
     ORDER BY t.id DESC
     LIMIT %(limit)s
"""
# Serves the integrator's token audit; index token_audit_by_client, and of one event also token_audit_by_event.
PAGE_BY_CLIENT: Final = join(_ENTRIES, _OF_CLIENT, _NEWEST)
# The same of one connection, by way of its event.
PAGE_BY_INSTALLATION: Final = join(
    _ENTRIES,
    _OF_CLIENT,
    """
       AND t.installation_id = %(installation_id)s
       AND t.event_id = (SELECT i.event_id FROM installations i WHERE i.id = %(installation_id)s)
    """,
    _NEWEST,
)
# The same of one request; index token_audit_search.
PAGE_BY_REQUEST: Final = join(_ENTRIES, _OF_CLIENT, "       AND t.request_id = %(request_id)s", _NEWEST)
# The same of one address; index token_audit_search, or token_audit_by_client when most rows name it. Where a person
# was is not the integration's business.
PAGE_BY_ADDRESS: Final = join(
    _ENTRIES, _OF_CLIENT, r"       AND t.address = %(address)s AND t.actor NOT LIKE 'usr\_%%'", _NEWEST
)


async def page_by_client(
    tx: Tx,
    client_id: ClientId,
    integration_id: IntegrationId,
    search: Search,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What happened to a client's tokens, the newest first; `before` is the last id of the page before."""
    asked = {
        "client_id": client_id,
        "integration_id": integration_id,
        "before": before,
        "action": search.action,
        "event_id": search.event_id,
        "limit": limit,
    }
    if search.request_id is not None:
        return await tx.all(Entry, PAGE_BY_REQUEST, request_id=search.request_id, **asked)
    if search.installation_id is not None:
        return await tx.all(Entry, PAGE_BY_INSTALLATION, installation_id=search.installation_id, **asked)
    if search.address is not None:
        return await tx.all(Entry, PAGE_BY_ADDRESS, address=search.address, **asked)
    return await tx.all(Entry, PAGE_BY_CLIENT, **asked)


# Serves the organizer's token audit; index token_audit_by_event.
PAGE_BY_EVENT: Final = join(
    _ENTRIES,
    """
     WHERE t.event_id = %(event_id)s
       AND (%(before)s::bigint IS NULL OR t.id < %(before)s)
       AND (%(action)s::text IS NULL OR t.action = %(action)s)
       AND (%(integration_id)s::text IS NULL OR t.integration_id = %(integration_id)s)
     ORDER BY t.id DESC
     LIMIT %(limit)s
    """,
)


async def page_by_event(
    tx: Tx,
    event_id: EventId,
    *,
    before: int | None = None,
    action: str | None = None,
    integration_id: str | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What happened to the tokens of an event, newest first."""
    return await tx.all(
        Entry,
        PAGE_BY_EVENT,
        event_id=event_id,
        before=before,
        action=action or None,
        integration_id=integration_id or None,
        limit=limit,
    )


# Serves the integrator's search across her consoles; index token_audit_search.
LIST_OF_REQUEST: Final = join(
    _ENTRIES,
    """
      JOIN integration_members m ON m.integration_id = t.integration_id AND m.user_id = %(user_id)s
     WHERE t.request_id = %(request_id)s
    """,
    _NEWEST,
)


async def list_of_request(tx: Tx, user_id: UserId, request_id: str, *, limit: int = 20) -> list[Entry]:
    """What a request did to tokens of integrations that the person works on, the newest first."""
    return await tx.all(Entry, LIST_OF_REQUEST, user_id=user_id, request_id=request_id, limit=limit)


_OF_ALL: Final = """
     WHERE (%(before)s::bigint IS NULL OR t.id < %(before)s)
       AND (%(action)s::text IS NULL OR t.action = %(action)s)
"""
# Serves the operator's token audit; the primary key, backwards.
PAGE: Final = join(_ENTRIES, _OF_ALL, _NEWEST)
# The same about one thing: by an index where there is one (token_audit_by_client, _by_event, _search); anything else is
# looked for in every row.
PAGES_ABOUT: Final[dict[About, LiteralString]] = {
    About.CLIENT: join(_ENTRIES, _OF_ALL, "       AND t.client_id = %(about)s", _NEWEST),
    About.EVENT: join(_ENTRIES, _OF_ALL, "       AND t.event_id = %(about)s", _NEWEST),
    About.INSTALLATION: join(
        _ENTRIES,
        _OF_ALL,
        """
       AND t.installation_id = %(about)s
       AND t.event_id = (SELECT i.event_id FROM installations i WHERE i.id = %(about)s)
        """,
        _NEWEST,
    ),
    About.REQUEST: join(_ENTRIES, _OF_ALL, "       AND t.request_id = %(about)s", _NEWEST),
    About.ADDRESS: join(_ENTRIES, _OF_ALL, "       AND t.address = %(about)s", _NEWEST),
    About.ANYTHING: join(
        _ENTRIES,
        _OF_ALL,
        """
       AND %(about)s IN (t.actor, t.client_id, t.integration_id, t.installation_id, t.event_id, t.organization_id,
                         t.user_id, t.family_id, t.request_id, t.address)
        """,
        _NEWEST,
    ),
}


async def page(
    tx: Tx,
    *,
    before: int | None = None,
    action: str | None = None,
    about: tuple[About, str] | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Everybody's, for operators. `about` is an id, address or request id that a row names, and which of them it is."""
    asked = {"before": before, "action": action or None, "limit": limit}
    if about is None:
        return await tx.all(Entry, PAGE, **asked)
    return await tx.all(Entry, PAGES_ABOUT[about[0]], about=about[1], **asked)
