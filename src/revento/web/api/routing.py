"""From a path to a row of the endpoint table. Nothing is answered here that the table doesn't name."""

from typing import Final

from revento.contract import endpoints
from revento.contract.endpoints import BASE, Endpoint

ALLOWED: Final = ("GET", "HEAD", "OPTIONS")
_PREFIX: Final = BASE + "/"


def _shape(path: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    parts = path.strip("/").split("/")
    return tuple("" if part.startswith("{") else part for part in parts), tuple(
        place for place, part in enumerate(parts) if part.startswith("{")
    )


# What stands in a path at its fixed places, by length and by where the ids are.
_BY_SHAPE: Final[dict[tuple[str, ...], tuple[Endpoint, tuple[int, ...]]]] = {
    _shape(endpoint.path)[0]: (endpoint, _shape(endpoint.path)[1]) for endpoint in endpoints.ALL
}
_ID_PLACES: Final = {"events": (1, 3), "me": ()}


def match(path: str) -> tuple[Endpoint, tuple[str, ...]] | None:
    """The endpoint and the ids in its path; `None` when no path of the table fits."""
    if not path.startswith(_PREFIX):
        return None
    parts = path[len(_PREFIX) :].split("/")
    places = _ID_PLACES.get(parts[0])
    if places is None or "" in parts:
        return None
    found = _BY_SHAPE.get(tuple("" if place in places else part for place, part in enumerate(parts)))
    return None if found is None else (found[0], tuple(parts[place] for place in found[1]))
