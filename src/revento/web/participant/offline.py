"""What browsers need to read without a network: a service worker, a manifest, a page that says so."""

from typing import Any, Final

import msgspec
from litestar import Response, get

from revento.web.shared import assets, pages

MANIFEST: Final = {
    "name": "Revento",
    "short_name": "Revento",
    "id": "/",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": "#f3f5f5",
    "theme_color": "#0e5f6e",
    "icons": [{"src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
}


@get("/service-worker.js", sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """At the root, so that it may serve every page; asked for anew each time."""
    body = assets.assets()["service-worker.js"].body
    return Response(body, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@get("/manifest.webmanifest", sync_to_thread=False)
def manifest() -> Response[bytes]:
    """What a phone shows when Revento is put on its home screen."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(msgspec.json.encode(MANIFEST), media_type="application/manifest+json", headers=headers)


@get("/offline", sync_to_thread=False)
def offline() -> Response[Any]:
    """Shown in place of a page that this device has not kept."""
    return pages.page("participant/offline.html")


HANDLERS: Final = (service_worker, manifest, offline)
