"""Everything below `/operator`."""

from litestar import Router

from revento.web.operator import (
    audit,
    desk,
    integrations,
    limits,
    organizations,
    overview,
    search,
    submissions,
    tokens,
    users,
    watch,
)

PARTS = (overview, organizations, submissions, integrations, users, watch, limits, audit, tokens, search)
ROUTES = Router(
    "/operator",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
