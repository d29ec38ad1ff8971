"""What an organizer is told about a connection."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from revento.contract import limits, topics
from revento.contract.scopes import TokenKind
from revento.integrations.board.models import Connection, ScopeUse
from revento.integrations.manifests import rules as manifests

UNUSED: Final = timedelta(days=limits.INSTALLATION_UNUSED_DAYS)
SOON: Final = timedelta(days=14)


class Grant(msgspec.Struct, frozen=True):
    """One granted scope: when it was last used to read, and whether nobody would miss it."""

    scope: str
    last_at: datetime | None
    requests: int
    people: int
    is_unused: bool
    is_required: bool
    topics: list[str]


class Reconsent(msgspec.Struct, frozen=True):
    """What the manifest in force asks beyond what was granted."""

    required: list[str]
    optional: list[str]


def health(connection: Connection) -> str:
    """A connection in one word, the worst first: a state of `web.shared.states`."""
    if not connection.is_active:
        return "ended"
    if connection.integration_state == "suspended":
        return "suspended"
    if connection.paused_at is not None:
        return "paused"
    if connection.failing_since is not None or connection.endpoint_state in ("paused", "probing"):
        return "failing"
    used = connection.last_used_at is not None or connection.last_success_at is not None
    return "healthy" if used else "unused"


def grants(connection: Connection, uses: Iterable[ScopeUse], *, now: datetime) -> list[Grant]:
    """The granted scopes with their use. One is unused when neither a request nor a webhook type needed it in 60 days.

    A connection younger than that, and its last scope, are left in peace.
    """
    used = {use.scope: use for use in uses if use.installation_id == connection.id}
    young, last_one = now - connection.created_at < UNUSED, len(connection.granted_scopes) == 1
    found: list[Grant] = []
    for scope in connection.granted_scopes:
        use = used.get(scope)
        told = told_by(connection, scope)
        fresh = use is not None and now - use.last_at < UNUSED
        found.append(
            Grant(
                scope=scope,
                last_at=use.last_at if use else None,
                requests=use.requests if use else 0,
                people=use.people if use else 0,
                is_unused=not (fresh or told or young or last_one),
                is_required=scope in connection.manifest.scopes.required,
                topics=told,
            )
        )
    return found


def told_by(connection: Connection, scope: str) -> list[str]:
    """The declared webhook types that reach a connection through this scope."""
    known = (topics.BY_NAME.get(name) for name in connection.manifest.declared_webhook_event_types)
    return [topic.name for topic in known if topic is not None and topic.scope and topic.scope.name == scope]


def reconsent(connection: Connection) -> Reconsent | None:
    """What would be asked anew; `None` when the grant covers what the manifest requires."""
    granted = set(connection.granted_scopes)
    asked = connection.manifest.scopes
    required = [name for name in manifests.of_kind(asked.required, TokenKind.INSTALLATION) if name not in granted]
    optional = [name for name in manifests.of_kind(asked.optional, TokenKind.INSTALLATION) if name not in granted]
    return Reconsent(required, optional) if required else None


def ends_soon(connection: Connection, *, now: datetime) -> bool:
    """Whether the end is within two weeks, so that the page offers to extend."""
    return connection.is_active and connection.ends_at - now <= SOON
