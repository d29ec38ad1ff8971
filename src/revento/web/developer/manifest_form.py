"""A manifest as a form: fields to JSON, JSON to fields, JSON paths to the fields beside which an error belongs."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from revento.contract import scopes, topics
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext

PUBLISHER: Final = ("display_name", "website_url", "support_email", "privacy_url", "terms_url")
LINES: Final = ("redirect_uris", "webview_origins")
TEXTS: Final = ("name", "description", "kind")
URLS: Final = ("connect_url", "login_url", "webhook_url", "icon_url")
# What a newcomer's sample listens on (contract, last section): the form starts with it.
STARTS: Final = {
    "kind": "public",
    "connect_url": "http://localhost:3000/connect",
    "login_url": "http://localhost:3000/login",
    "redirect_uris": "http://localhost:3000/callback",
    "webhook_url": "http://localhost:3000/webhooks/revento",
    "webview_origins": "http://localhost:3000",
    "topics": ["application.submitted", "application.approved", "data.deletion_required"],
    "scope.event.read": "required",
    "purpose.event.read": "To show the event's name and dates.",
    "scope.participants.read": "required",
    "purpose.participants.read": "To know who takes part.",
}
# What a field is called where its error is summed up.
LABELS: Final = {
    "$": "manifest.json",
    "name": N_("Name"),
    "kind": N_("Kind"),
    "publisher.display_name": N_("Publisher"),
    "publisher.support_email": N_("Where people get help"),
    "publisher.website_url": N_("Website"),
    "publisher.privacy_url": N_("Privacy policy"),
    "publisher.terms_url": N_("Terms"),
    "connect_url": N_("Connect address"),
    "login_url": N_("Login address"),
    "webhook_url": N_("Webhook address"),
    "icon_url": N_("Icon"),
    "redirect_uris": N_("Redirect URIs"),
    "webview_origins": N_("Origins of webview pages"),
    "scopes": N_("Scopes"),
    "topics": N_("Webhook types"),
}
Fields = dict[str, Any]


def to_document(posted: Any) -> dict[str, Any]:
    """The manifest that a posted form means. `posted` is a multi-dict."""
    text: Mapping[str, str] = {name: str(posted.get(name, "")).strip() for name in posted}
    chosen = {each.name: text.get(f"scope.{each.name}", "") for each in scopes.ALL}
    purposes = {name: said for name in chosen if (said := text.get(f"purpose.{name}", "")) and chosen[name]}
    return {
        **{name: text.get(name, "") for name in TEXTS},
        **{name: text.get(name) or None for name in URLS},
        "publisher": {name: text.get(f"publisher.{name}", "") for name in PUBLISHER},
        **{name: [line.strip() for line in text.get(name, "").splitlines() if line.strip()] for name in LINES},
        "declared_webhook_event_types": [str(each) for each in posted.getall("topics", [])],
        "scopes": {
            "required": [name for name, how in chosen.items() if how == "required"],
            "optional": [name for name, how in chosen.items() if how == "optional"],
            "purposes": purposes,
        },
    }


def to_fields(document: dict[str, Any]) -> Fields:
    """What the form shows of a manifest."""
    publisher = cast(dict[str, Any], document.get("publisher") or {})
    asked = cast(dict[str, Any], document.get("scopes") or {})
    fields: Fields = {name: document.get(name) or "" for name in (*TEXTS, *URLS)}
    fields |= {f"publisher.{name}": publisher.get(name) or "" for name in PUBLISHER}
    fields |= {name: "\n".join(document.get(name) or []) for name in LINES}
    fields["topics"] = list(document.get("declared_webhook_event_types") or [])
    for how in ("required", "optional"):
        fields |= {f"scope.{name}": how for name in cast(list[str], asked.get(how) or [])}
    purposes = cast(dict[str, str], asked.get("purposes") or {})
    return fields | {f"purpose.{name}": said for name, said in purposes.items()}


def beside(wrong: dict[str, str]) -> dict[str, str]:
    """Errors by JSON path as errors by field; several about one field are told together."""
    found: dict[str, str] = {}
    for path, say in wrong.items():
        field = _field(path)
        told = say if field == path or path == "$" else f"{path}: {say}"
        found[field] = f"{found[field]} {told}" if field in found else told
    return found


def _field(path: str) -> str:
    if path.startswith("declared_webhook_event_types"):
        return "topics"
    if path.startswith("scopes.purposes."):
        return path.replace("scopes.purposes.", "purpose.", 1)
    if path.startswith("scopes"):
        return "scopes"
    return re.sub(r"\[\d+\].*$", "", path)


def topic_options() -> list[tuple[str, str, str]]:
    """The types that a manifest may declare, with when they fire."""
    return [(each.name, each.name, gettext(each.fires)) for each in topics.ALL]


def labels() -> dict[str, str]:
    """The fields' names in the reader's language."""
    purposes = {f"purpose.{each.name}": gettext("Purpose of %(scope)s") % {"scope": each.name} for each in scopes.ALL}
    return {field: gettext(words) for field, words in LABELS.items()} | purposes
