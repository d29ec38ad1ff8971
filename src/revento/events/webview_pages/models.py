"""Rows of event pages."""

from datetime import datetime
from typing import Literal

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, EventId, InstallationId, IntegrationId, PageId

Kind = Literal["text", "webview"]
Visibility = Literal["everyone", "participants", "registered", "organizers"]


class Page(Row, frozen=True):
    """One page of an event. `url` is a webview's, `body` (Markdown) a text page's."""

    event_id: EventId
    id: PageId
    kind: Kind
    title: str
    url: str | None
    body: str
    integration_id: IntegrationId | None
    integration_name: str | None
    requires_auth: bool
    visibility: Visibility
    position: int
    is_published: bool
    created_at: datetime
    updated_at: datetime


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an organizer says about a page."""

    kind: Kind
    title: str
    url: str | None = None
    body: str = ""
    integration_id: IntegrationId | None = None
    requires_auth: bool = False
    visibility: Visibility = "participants"
    is_published: bool = False


class Host(Row, frozen=True):
    """A connected integration that may show pages: the origins that its manifest declares."""

    integration_id: IntegrationId
    installation_id: InstallationId
    client_id: ClientId
    name: str
    webview_origins: list[str]
    login_url: str | None
    asks_people: bool


class Viewer(msgspec.Struct, frozen=True):
    """How somebody stands to the event. `status` is that of her application, `None` without one."""

    is_organizer: bool = False
    status: str | None = None
    is_registered: bool = False
