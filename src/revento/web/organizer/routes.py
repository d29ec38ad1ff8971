"""Everything below `/organizer`."""

from litestar import Router

from revento.web.organizer import applications, decisions, desk, organizations, overview, registration

ROUTES = Router(
    "/organizer",
    route_handlers=[
        *overview.HANDLERS,
        *organizations.HANDLERS,
        *applications.HANDLERS,
        *decisions.HANDLERS,
        *registration.HANDLERS,
    ],
    dependencies=desk.DEPENDENCIES,
)
