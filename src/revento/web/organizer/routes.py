"""Everything below `/organizer`."""

from litestar import Router

from revento.web.organizer import (
    activities,
    applications,
    decisions,
    desk,
    organizations,
    overview,
    places,
    program,
    registration,
)

PARTS = (overview, organizations, applications, decisions, registration, program, activities, places)
ROUTES = Router(
    "/organizer",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
