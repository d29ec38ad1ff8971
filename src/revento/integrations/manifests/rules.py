"""What a manifest has to keep to, told by JSON path; and what a newer version means for connected events."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Any, Final, cast
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec

from revento.contract import scopes, topics
from revento.contract.manifest import Environment, Manifest
from revento.contract.scopes import TokenKind
from revento.integrations.manifests.models import Change, Comparison
from revento.kernel.config import Network
from revento.webhooks import guard

Wrong = dict[str, str]
LONGEST_NAME: Final = 80
LONGEST_TEXT: Final = 2000
LONGEST_URL: Final = 2048
MOST_ENTRIES: Final = 20
# What we append to a redirect URI ourselves; a client must not be able to confuse the two (checklist, RFC 9700 §4.4).
OURS: Final = frozenset(("code", "state", "iss", "error"))
_BAD: Final = re.compile(r"[\x00-\x20\x7f\\]")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def wrong(manifest: Manifest, *, environment: Environment, allowed: Sequence[Network] = ()) -> Wrong:
    """Everything that is wrong with a manifest, as JSON path → words; empty when nothing is."""
    found: Wrong = {}
    _check_words(found, manifest)
    _check_publisher(found, manifest, environment)
    _check_urls(found, manifest, environment)
    _check_scopes(found, manifest)
    _check_webhooks(found, manifest, environment, allowed)
    return found


def _check_words(found: Wrong, manifest: Manifest) -> None:
    if not manifest.name.strip():
        found["name"] = "Give the integration a name."
    elif len(manifest.name) > LONGEST_NAME or not manifest.name.isprintable():
        found["name"] = f"Use at most {LONGEST_NAME} printable characters."
    if len(manifest.description) > LONGEST_TEXT:
        found["description"] = f"Use at most {LONGEST_TEXT} characters."


def _check_publisher(found: Wrong, manifest: Manifest, environment: Environment) -> None:
    """Who is behind it; a public integration tells everything before it goes to production, not to try things."""
    publisher, public = manifest.publisher, manifest.kind == "public" and environment == "production"
    if not publisher.display_name.strip() or len(publisher.display_name) > LONGEST_NAME:
        found["publisher.display_name"] = f"Name who is behind the integration, in at most {LONGEST_NAME} characters."
    mail = publisher.support_email
    if (mail or public) and (_EMAIL.fullmatch(mail) is None or len(mail) > 254):
        found["publisher.support_email"] = "Expected an e-mail address where people get help."
    for name in ("website_url", "privacy_url", "terms_url"):
        url: str = getattr(publisher, name)
        if not url and public:
            found[f"publisher.{name}"] = "A public integration needs this address."
        elif url:
            _note(found, f"publisher.{name}", why_not_url(url, environment))


def _check_urls(found: Wrong, manifest: Manifest, environment: Environment) -> None:
    if manifest.connect_url is None and manifest.kind != "script":
        found["connect_url"] = "Expected the address where “Connect” sends the organizer's browser."
    for name in ("connect_url", "login_url", "icon_url"):
        url: str | None = getattr(manifest, name)
        if url is not None:
            _note(found, name, why_not_url(url, environment))
    if not manifest.redirect_uris:
        found["redirect_uris"] = "Expected at least one redirect URI."
    _check_entries(found, "redirect_uris", manifest.redirect_uris)
    for place, uri in enumerate(manifest.redirect_uris):
        _note(found, f"redirect_uris[{place}]", why_not_redirect(uri, environment))
    _check_entries(found, "webview_origins", manifest.webview_origins)
    for place, origin in enumerate(manifest.webview_origins):
        _note(found, f"webview_origins[{place}]", why_not_origin(origin, environment))


def _check_entries(found: Wrong, path: str, entries: Sequence[str]) -> None:
    if len(entries) > MOST_ENTRIES:
        found[path] = f"At most {MOST_ENTRIES} entries."
    for place, entry in enumerate(entries):
        if entry in entries[:place]:
            found[f"{path}[{place}]"] = f"{entry} is listed twice."


def _check_scopes(found: Wrong, manifest: Manifest) -> None:
    asked = manifest.scopes
    for part in ("required", "optional"):
        names: list[str] = getattr(asked, part)
        _check_entries(found, f"scopes.{part}", names)
        for place, name in enumerate(names):
            if name not in scopes.BY_NAME:
                found[f"scopes.{part}[{place}]"] = f"{name} is not a scope. Known: {', '.join(scopes.BY_NAME)}."
    for place, name in enumerate(asked.optional):
        if name in asked.required:
            found[f"scopes.optional[{place}]"] = f"{name} is required already; a scope is either required or optional."
    if not manifest.declared_scopes:
        found["scopes"] = "Declare at least one scope."
    _check_purposes(found, manifest)


def _check_purposes(found: Wrong, manifest: Manifest) -> None:
    asked = manifest.scopes
    for name, why in asked.purposes.items():
        if name not in manifest.declared_scopes:
            found[f"scopes.purposes.{name}"] = f"{name} is neither required nor optional."
        elif not why.strip() or len(why) > 300:
            found[f"scopes.purposes.{name}"] = "Say why in 1 to 300 characters."
    if manifest.kind == "public":
        for name in manifest.declared_scopes:
            if name not in asked.purposes:
                found[f"scopes.purposes.{name}"] = (
                    "Say why a public integration needs this, in words for the organizer."
                )


def _check_webhooks(found: Wrong, manifest: Manifest, environment: Environment, allowed: Sequence[Network]) -> None:
    declared = manifest.declared_webhook_event_types
    _check_entries(found, "declared_webhook_event_types", declared)
    for place, name in enumerate(declared):
        path, topic = f"declared_webhook_event_types[{place}]", topics.BY_NAME.get(name)
        if topic is None:
            found[path] = f"{name} is not an event type. Known: {', '.join(topics.BY_NAME)}."
        elif topic.scope is not None and topic.scope.name not in manifest.declared_scopes:
            found[path] = f"{name} needs the scope {topic.scope.name}, which is not declared."
    if manifest.webhook_url is not None:
        _note(found, "webhook_url", why_not_webhook(manifest.webhook_url, environment, allowed))
    elif declared:
        found["webhook_url"] = "Expected the address to which the declared event types are sent."


def _note(found: Wrong, path: str, why: str | None) -> None:
    if why is not None:
        found.setdefault(path, why)


def why_not_url(url: str, environment: Environment) -> str | None:
    """Why an address is not taken: https, or http to this machine in the sandbox."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return "Expected an absolute https:// address."
    if parts.username is not None or parts.password is not None:
        return "The address must not contain a user name or password."
    if parts.scheme == "https":
        return None
    if parts.scheme != "http":
        return "The address must begin with https://."
    if environment == "production":
        return "The address must begin with https://; http://localhost works with sandbox credentials only."
    return (
        None if is_loopback(parts.hostname) else "http:// is for localhost and loopback addresses only; use https://."
    )


def why_not_redirect(uri: str, environment: Environment) -> str | None:
    """Why a redirect URI is not taken: absolute, https, no fragment, nothing in its query that we append ourselves."""
    if why := why_not_url(uri, environment):
        return why
    if "#" in uri:
        return "A redirect URI must not contain a fragment (#…)."
    if "*" in uri:
        return "Redirect URIs are compared byte for byte; * stands for nothing."
    own = sorted(OURS & {name for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)})
    return f"The query must not contain {', '.join(own)}: these are ours to append." if own else None


def why_not_origin(origin: str, environment: Environment) -> str | None:
    """Why something is not an origin: scheme, host and port, nothing behind."""
    if why := why_not_url(origin, environment):
        return why
    parts = urlsplit(origin)
    if parts.path or parts.query or parts.fragment or origin.endswith(("#", "?")):
        return "Expected an origin such as https://app.example.com, without path or slash behind."
    return None if origin == origin.lower() else "Write the origin in lower case."


def why_not_webhook(url: str, environment: Environment, allowed: Sequence[Network]) -> str | None:
    """Why webhooks cannot go there: the guard's rule; loopback, where the operator allows it, for the sandbox only."""
    return guard.why_not_url(url, _allowed(environment, allowed))


async def why_not_reach(url: str, environment: Environment, allowed: Sequence[Network]) -> str | None:
    """The same, and its name may not lead to what is refused (a second at most)."""
    return await guard.why_not_reach(url, _allowed(environment, allowed))


def _allowed(environment: Environment, allowed: Sequence[Network]) -> Sequence[Network]:
    return [net for net in allowed if not net.is_loopback] if environment == "production" else allowed


def origin_of(url: str) -> str:
    """The origin of an address, in lower case and without the scheme's own port."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its spelling: `localhost` or a loopback address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _split(url: str) -> SplitResult | None:
    if len(url) > LONGEST_URL or _BAD.search(url) or not url.isascii():
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def of_kind(names: Iterable[str], kind: TokenKind) -> list[str]:
    """Those scopes that tokens of this kind carry."""
    return [name for name in names if name in scopes.BY_NAME and scopes.BY_NAME[name].kind is kind]


def compare(before: Manifest, after: Manifest) -> Comparison:
    """What a newer version changes, and which scopes it asks that the older did not."""
    changes: list[Change] = []
    _walk(changes, "", msgspec.to_builtins(before), msgspec.to_builtins(after))
    known, asked = set(before.declared_scopes), set(after.declared_scopes)
    must, may = set(after.scopes.required), set(after.scopes.optional)
    known_topics = set(before.declared_webhook_event_types)
    return Comparison(
        changes=changes,
        asks_more=scopes.in_order(must - set(before.scopes.required)),
        offers_more=scopes.in_order(may - known),
        asks_less=scopes.in_order(known - asked),
        new_topics=[name for name in after.declared_webhook_event_types if name not in known_topics],
    )


def _walk(changes: list[Change], path: str, before: Any, after: Any) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        one, other = cast(dict[str, Any], before), cast(dict[str, Any], after)
        for name in dict.fromkeys((*one, *other)):
            _walk(changes, f"{path}.{name}" if path else name, one.get(name), other.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        first, second = cast(list[str], before), cast(list[str], after)
        changes.extend(Change(path, gone, None) for gone in first if gone not in second)
        changes.extend(Change(path, None, new) for new in second if new not in first)
    elif before != after:
        changes.append(Change(path, _said(before), _said(after)))


def _said(value: Any) -> str | None:
    return None if value is None else str(value)
