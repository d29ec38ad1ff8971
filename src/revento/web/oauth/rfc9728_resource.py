"""`GET /.well-known/oauth-protected-resource` (RFC 9728), for the origin and for the API under its path."""

from typing import Any, Final

from litestar import Response, get

from revento.kernel.config import Settings
from revento.oauth import metadata
from revento.web.oauth.rfc8414_metadata import OPEN
from revento.web.shared.edge import Given


@get("/.well-known/oauth-protected-resource")
async def protected_resource(settings: Given[Settings]) -> Response[dict[str, Any]]:
    """Who issues tokens for us, and how they are presented."""
    return Response(metadata.protected_resource(settings.base_url), headers=OPEN)


@get(f"/.well-known/oauth-protected-resource{metadata.RESOURCE}")
async def protected_api(settings: Given[Settings]) -> Response[dict[str, Any]]:
    """The same for the resource with a path (RFC 9728 §3.1)."""
    return Response(metadata.protected_resource(settings.base_url, metadata.RESOURCE), headers=OPEN)


HANDLERS: Final = [protected_resource, protected_api]
