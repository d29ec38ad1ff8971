"""Rows of event pages."""

from datetime import datetime
from typing import Literal

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, EventId, InstallationId, IntegrationId, OrganizationId, PageId

Kind = Literal["text", "webview"]
Visibility = Literal["everyone", "participants", "registered", "organizers"]
# What a look at a webview's server found: it lets itself be framed; it forbids that; it leads to another origin, which
# our frame does not open; it answers with an error; or not at all; nothing can be said (sign-in, a private address).
Found = Literal["shown", "refuses", "elsewhere", "fails", "silent", "unknown"]


class Page(Row, frozen=True):
    """One page of an event. `url` is a webview's, `body` (Markdown) a text page's.

    `is_cut`: it shows nothing, because its integration is suspended or not connected.
    """

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
    looked_at: datetime | None
    found: Found | None
    found_detail: str
    is_cut: bool
    created_at: datetime
    updated_at: datetime

    @property
    def stays_empty(self) -> bool:
        """Whether a frame with it would show nothing, and nobody would be told why."""
        return self.found in ("refuses", "elsewhere")


class Look(msgspec.Struct, frozen=True):
    """What a look at a webview's server found, with the header, status, origin or error that shows it."""

    found: Found
    detail: str = ""


class Unseen(Row, frozen=True):
    """A webview whose server is to be looked at."""

    event_id: EventId
    id: PageId
    url: str
    requires_auth: bool


class Shown(Row, frozen=True):
    """A page that an integration shows, and whose it is."""

    title: str
    url: str
    event_title: str
    organization_id: OrganizationId


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
    is_suspended: bool
    webview_origins: list[str]
    login_url: str | None
    asks_people: bool


class Viewer(msgspec.Struct, frozen=True):
    """How somebody stands to the event. `status` is that of her application, `None` without one."""

    is_organizer: bool = False
    status: str | None = None
    is_registered: bool = False
