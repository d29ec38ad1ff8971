"""Everything below `/organizer`."""

from litestar import Router

from revento.web.organizer import applications, decisions, desk, overview

ROUTES = Router(
    "/organizer",
    route_handlers=[*overview.HANDLERS, *applications.HANDLERS, *decisions.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
