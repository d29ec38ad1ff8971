"""Everything at `/` and below `/events`."""

from litestar import Router

from revento.web.participant import activity, application, event, home, my_data, offline, pages, program, visit

PARTS = (home, event, application, program, activity, pages, my_data, offline)
ROUTES = Router(
    "/", route_handlers=[handler for part in PARTS for handler in part.HANDLERS], dependencies=visit.DEPENDENCIES
)
