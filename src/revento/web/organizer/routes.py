"""Everything below `/organizer`."""

from litestar import Router

from revento.web.organizer import (
    activities,
    applications,
    archive,
    connection,
    decisions,
    desk,
    event_pages,
    events,
    exports,
    imports,
    integrations,
    ledger,
    new_imports,
    objections,
    organizations,
    overview,
    participants,
    places,
    printing,
    program,
    registration,
    search,
    tokens,
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
    printing,
    exports,
    imports,
    new_imports,
    activities,
    places,
    event_pages,
    integrations,
    ledger,
    tokens,
    objections,
    connection,
    archive,
    search,
)
ROUTES = Router(
    "/organizer",
    route_handlers=[handler for part in PARTS for handler in part.HANDLERS],
    dependencies=desk.DEPENDENCIES,
)
