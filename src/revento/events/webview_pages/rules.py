"""Who sees a page, and which addresses it may show (contract §7)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from revento.contract import errors
from revento.contract.errors import Reason
from revento.events.webview_pages.models import Host, Page, PageFacts, Viewer

LONGEST_TITLE: Final = 80
LONGEST_URL: Final = 2048
LOOK: Final = "pages.look"  # the job that looks at a webview's server
FINE_FOR: Final = timedelta(days=1)
BAD_FOR: Final = timedelta(hours=1)


def why_not_see(page: Page, viewer: Viewer) -> Reason | None:
    """Whether somebody sees a page. Organizers see all of them, drafts too."""
    if viewer.is_organizer:
        return None
    if not page.is_published:
        return errors.NOT_FOUND
    seen = {
        "everyone": True,
        "participants": viewer.status in ("pending", "approved", "revision_requested"),
        "registered": viewer.is_registered,
        "organizers": False,
    }
    return None if seen[page.visibility] else errors.NOT_FOUND


def seen_by(pages: Sequence[Page], viewer: Viewer) -> list[Page]:
    """Those pages that somebody finds in the event's navigation: published ones that she may see."""
    return [page for page in pages if page.is_published and why_not_see(page, viewer) is None]


def origin_of(url: str) -> str:
    """The origin of an address, in lower case and without the scheme's own port; empty when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def wrong(facts: PageFacts, host: Host | None, *, own_origin: str) -> dict[str, str]:
    """What is wrong with a page, by field."""
    found: dict[str, str] = {}
    if not facts.title.strip() or len(facts.title) > LONGEST_TITLE:
        found["title"] = f"Give the page a title of at most {LONGEST_TITLE} characters."
    if facts.kind == "webview":
        if why := why_not_url(facts.url or "", host, own_origin=own_origin):
            found["url"] = why
        if facts.requires_auth and (why := why_not_sign_in(host)):
            found["requires_auth"] = why
    elif facts.requires_auth or facts.integration_id or facts.url:
        found["kind"] = "A text page has no address and no sign-in."
    elif not facts.body.strip():
        found["body"] = "Write something."
    return found


def why_not_url(url: str, host: Host | None, *, own_origin: str) -> str | None:
    """Why a frame does not show this address: an integration's declared origins, or any https origin but ours."""
    origin = origin_of(url) if _is_plain(url) else ""
    if not origin or "@" in urlsplit(url).netloc:
        return "Expected an address such as https://app.example.com/page."
    if origin == origin_of(own_origin):
        return "Pages of Revento itself are not shown in a frame."
    if host is not None:
        if origin in host.webview_origins:
            return None
        listed = ", ".join(host.webview_origins) or "none"
        return f"{host.name} may only show pages of the origins that its manifest declares: {listed}."
    return None if url.startswith("https://") else "The address must begin with https://."


def _is_plain(url: str) -> bool:
    return 0 < len(url) <= LONGEST_URL and url.isascii() and url.isprintable() and " " not in url and "\\" not in url


def why_not_sign_in(host: Host | None) -> str | None:
    """Why people cannot sign in to a page."""
    if host is None:
        return "Sign-in needs a connected integration; choose one."
    if host.login_url is None or not host.asks_people:
        return f"{host.name} does not offer Login with Revento."
    return None
