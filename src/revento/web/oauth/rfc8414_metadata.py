"""`GET /.well-known/oauth-authorization-server` (RFC 8414)."""

from typing import Any, Final

from litestar import Response, get

from revento.kernel.config import Settings
from revento.oauth import metadata
from revento.web.shared.edge import Given

OPEN: Final = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}


@get("/.well-known/oauth-authorization-server")
async def authorization_server(settings: Given[Settings]) -> Response[dict[str, Any]]:
    """The endpoints and what they speak, by the configured origin alone."""
    return Response(metadata.authorization_server(settings.base_url), headers=OPEN)


HANDLERS: Final = [authorization_server]
