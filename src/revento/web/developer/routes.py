"""Everything below `/developer`."""

from litestar import Router

from revento.web.developer import (
    checklist,
    create,
    credentials,
    desk,
    home,
    installations,
    manifest,
    overview,
    submission,
    team,
)

PARTS = (home, create, overview, manifest, credentials, installations, team, checklist, submission)
ROUTES = Router(
    "/developer",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
