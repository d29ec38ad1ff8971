"""Everything below `/organizer`."""

from litestar import Router

from revento.web.organizer import (
    activities,
    applications,
    decisions,
    desk,
    events,
    organizations,
    overview,
    participants,
    places,
    program,
    registration,
)

PARTS = (
    overview,
    events,
    organizations,
    participants,
    applications,
    decisions,
    registration,
    program,
    activities,
    places,
)
ROUTES = Router(
    "/organizer",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
