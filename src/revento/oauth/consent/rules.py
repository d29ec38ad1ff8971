"""Reading authorization requests: client, then redirect URI, then everything else (checklist A, B)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from revento.contract import scopes as table
from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import Client
from revento.kernel import ids
from revento.kernel.ids import EventId
from revento.oauth import pkce
from revento.oauth.consent.models import AuthorizationRequest, Fault

Params = Mapping[str, list[str]]
KNOWN: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "event_id",
    "code_challenge",
    "code_challenge_method",
)
STATE_LENGTH: Final = 4096
LIFE: Final = timedelta(minutes=30)  # how long a consent page may lie open


def only(params: Params, name: str) -> str | None:
    """The one value of a parameter; `None` when it is absent or was sent twice."""
    values = params.get(name, [])
    return values[0] if len(values) == 1 else None


def registered_uri(client: Client, params: Params) -> str | None:
    """The redirect URI that was sent, when it is registered, byte for byte; nothing is normalised before comparing."""
    sent = only(params, "redirect_uri")
    return sent if sent in client.manifest.redirect_uris else None


def state_of(params: Params) -> str | None:
    """What goes back with every answer; not when it was sent twice or is longer than a URL should be."""
    state = only(params, "state")
    return state if state is not None and len(state) <= STATE_LENGTH else None


def read(client: Client, params: Params) -> AuthorizationRequest | Fault:
    """The request, or the first thing that is wrong with it. The client and its redirect URI are proved already."""
    twice = [name for name in KNOWN if len(params.get(name, [])) > 1]
    if twice:
        return Fault("invalid_request", f"{twice[0]} was sent more than once.")
    response_type = only(params, "response_type")
    if response_type is None:
        return Fault("invalid_request", "response_type is missing; it is code.")
    if response_type != "code":
        return Fault("unsupported_response_type", "response_type must be code.")
    if len(only(params, "state") or "") > STATE_LENGTH:
        return Fault("invalid_request", f"state is longer than {STATE_LENGTH} characters.")
    if fault := _why_not_pkce(params):
        return fault
    scopes = [name for name in (only(params, "scope") or "").split(" ") if name]
    kind = table.kind_of(scopes)
    if kind is None or not set(scopes) <= set(client.manifest.declared_scopes):
        return Fault("invalid_scope", _say_scope(client, scopes))
    return _bound(client, params, kind, scopes)


def _why_not_pkce(params: Params) -> Fault | None:
    challenge = only(params, "code_challenge")
    if challenge is None:
        return Fault("invalid_request", "code_challenge is missing; PKCE with S256 is required.")
    if only(params, "code_challenge_method") != pkce.METHOD:
        return Fault("invalid_request", "code_challenge_method must be S256.")
    if not pkce.is_challenge(challenge):
        return Fault("invalid_request", "code_challenge must be 43 base64url characters without padding.")
    return None


def _say_scope(client: Client, scopes: list[str]) -> str:
    if not scopes:
        return "scope is missing."
    if any(name not in table.BY_NAME for name in scopes):
        return "scope names something that does not exist."
    if not set(scopes) <= set(client.manifest.declared_scopes):
        return "scope names something that the manifest does not declare."
    return "scope mixes installation and user scopes."


def _bound(client: Client, params: Params, kind: TokenKind, scopes: list[str]) -> AuthorizationRequest | Fault:
    event_id = only(params, "event_id")
    if event_id is not None and not ids.has_prefix(event_id, "evt"):
        return Fault("invalid_request", "event_id is not the id of an event.")
    if event_id is None and kind is TokenKind.USER:
        return Fault("invalid_request", "event_id is missing; a sign-in is for one event.")
    return AuthorizationRequest(
        client.id,
        only(params, "redirect_uri") or "",
        kind,
        table.in_order(scopes),
        only(params, "state"),
        EventId(event_id) if event_id else None,
        only(params, "code_challenge") or "",
    )


def location(redirect_uri: str, issuer: str, state: str | None, **answer: str) -> str:
    """Where an authorization response goes: the redirect URI as it stands, with `answer`, `state`, `iss` (RFC 9207)."""
    fields = {**answer, **({} if state is None else {"state": state}), "iss": issuer}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(fields, quote_via=quote, safe='')}"


def offered(asked: list[str], held: list[str], optional: list[str]) -> tuple[list[str], list[str], list[str]]:
    """What was asked, parted: granted already, new and required, new and optional (contract §3.4)."""
    new = [name for name in asked if name not in held]
    return (
        [name for name in asked if name in held],
        [name for name in new if name not in optional],
        [name for name in new if name in optional],
    )


def is_personal(scopes: list[str]) -> bool:
    """Whether one of these opens other people's data, so that a fresh sign-in is due first."""
    return any(table.BY_NAME[name].personal and table.BY_NAME[name].kind is TokenKind.INSTALLATION for name in scopes)


def masked(value: str) -> str:
    """A personal value of which the shape is left: `Tomasz Wieczorek` → `T••••• W••••••••`."""
    return " ".join(part[:1] + "•" * min(len(part) - 1, 9) for part in value.split())
