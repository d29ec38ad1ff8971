"""Everything at `/` and below `/events`."""

from litestar import Router

from revento.web.participant import activity, application, event, home, my_data, offline, pages, program, visit

PARTS = (home, event, pages, my_data, offline)
HERS = (application, program, activity)  # of an event, and of the person who visits it
_OF_HER = Router("/", route_handlers=[handler for part in HERS for handler in part.HANDLERS], dependencies=visit.PERSON)
ROUTES = Router(
    "/",
    route_handlers=[*(handler for part in PARTS for handler in part.HANDLERS), _OF_HER],
    dependencies=visit.DEPENDENCIES,
)
