"""The manifest: what an integration says about itself before anybody lets it in (contract §8). Its rules are in
`integrations.manifests`."""

from typing import Any, Final, Literal

import msgspec

Kind = Literal["public", "in_house", "script"]
Environment = Literal["sandbox", "production"]
SCHEMA_ID: Final = "/api/v1/manifest.schema.json"


class Publisher(msgspec.Struct, frozen=True, kw_only=True):
    """Who is behind the integration."""

    display_name: str
    website_url: str = ""
    support_email: str = ""
    privacy_url: str = ""
    terms_url: str = ""


class ManifestScopes(msgspec.Struct, frozen=True, kw_only=True):
    """Every scope that is ever asked for: all or nothing, or optional; and why, in words for the organizer."""

    required: list[str] = []
    optional: list[str] = []
    purposes: dict[str, str] = {}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an integration's manifest. The version's number is kept by its row."""

    name: str
    description: str = ""
    kind: Kind
    publisher: Publisher
    connect_url: str | None = None
    login_url: str | None = None
    redirect_uris: list[str] = []
    webhook_url: str | None = None
    declared_webhook_event_types: list[str] = []
    scopes: ManifestScopes
    webview_origins: list[str] = []
    icon_url: str | None = None

    @property
    def declared_scopes(self) -> list[str]:
        """Required and optional scopes, in the manifest's order."""
        return [*self.scopes.required, *self.scopes.optional]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a manifest, for editors and CI."""
    (root,), components = msgspec.json.schema_components([Manifest], ref_template="#/$defs/{name}")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, "title": "Revento manifest"}
    return head | root | {"$defs": components}
