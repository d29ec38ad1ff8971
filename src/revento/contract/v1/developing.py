"""Shapes of what an integration's own tools ask: itself, its manifest, its requests."""

from typing import Any

from revento.contract.v1.wire import Wire


class Itself(Wire, frozen=True, kw_only=True):
    """The integration behind a client id, and the manifest in force."""

    integration_id: str
    client_id: str
    name: str
    kind: str
    environment: str
    state: str
    manifest_version: int
    manifest: dict[str, Any]


class ManifestChange(Wire, frozen=True, kw_only=True):
    """One difference of two manifests; null where there is none."""

    path: str
    before: str | None
    after: str | None


class MustConsent(Wire, frozen=True, kw_only=True):
    """A connected event whose organizer must consent anew, and to what."""

    event_id: str
    event_title: str
    organization_name: str
    lacking: list[str]


class ManifestTold(Wire, frozen=True, kw_only=True):
    """What a manifest changes. `in_force`: whether it is now; `webhook_secret`: only when it is the first."""

    version: int
    in_force: bool
    changes: list[ManifestChange]
    must_consent_anew: list[MustConsent]
    webhook_secret: str | None


class LoggedRequest(Wire, frozen=True, kw_only=True):
    """One request at the read API."""

    at: str
    request_id: str
    event_id: str | None
    method: str
    path: str
    query: str
    status: int
    error: str | None
    rows: int
    duration_ms: float


class LoggedRequests(Wire, frozen=True, kw_only=True):
    """The latest requests, the newest first."""

    data: list[LoggedRequest]
    next_cursor: str | None
    has_more: bool


class HandedIn(Wire, frozen=True, kw_only=True):
    """A conformance report is in the checklist: how many checks passed and failed."""

    passed: int
    failed: int


class LoginOpened(Wire, frozen=True, kw_only=True):
    """What a machine shows and asks with (RFC 8628 §3.2). Both times are in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class LoginTold(Wire, frozen=True, kw_only=True):
    """How a login stands: pending, slow_down, denied, expired or approved; the rest only when approved, once."""

    status: str
    client_id: str | None
    client_secret: str | None
    integration_id: str | None
    integration_name: str | None
    environment: str | None
    expires_at: str | None
