"""Everything below `/operator`."""

from litestar import Router

from revento.web.operator import audit, desk, organizations, overview, search, users

PARTS = (overview, organizations, users, audit, search)
ROUTES = Router(
    "/operator",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
