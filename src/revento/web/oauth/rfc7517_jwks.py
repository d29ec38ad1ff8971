"""RFC 7517: the public keys of launch tokens (contract §7)."""

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.integrations.launches import actions as launches
from revento.kernel.secrets import Keys


@get("/.well-known/jwks.json")
async def jwks(keys: Given[Keys]) -> Response[dict[str, Any]]:
    """The keys in force, current first. May be kept for an hour; a new `kid` is a reason to ask again."""
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return Response(launches.key_set(keys), headers=headers, media_type="application/json")


HANDLERS: Final = (jwks,)
