"""Everything at `/` and below `/events`."""

from litestar import Router

from revento.web.participant import activity, application, event, home, pages, program, visit

PARTS = (home, event, application, program, activity, pages)
ROUTES = Router(
    "/", route_handlers=[handler for part in PARTS for handler in part.HANDLERS], dependencies=visit.DEPENDENCIES
)
