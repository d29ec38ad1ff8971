"""Everything below `/developer`."""

from litestar import Router

from revento.web.developer import (
    checklist,
    create,
    credentials,
    deliveries,
    desk,
    device,
    home,
    installations,
    manifest,
    overview,
    replays,
    requests,
    sandbox,
    search,
    submission,
    team,
)

PARTS = (
    *(home, create, overview, deliveries, replays, requests, installations),
    *(manifest, credentials, team, sandbox, checklist, submission, device, search),
)
ROUTES = Router(
    "/developer",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
