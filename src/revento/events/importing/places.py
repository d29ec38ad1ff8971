"""Where a room lies, as far as its name follows a pattern that is known; else one room for each distinct name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from revento.contract.v1.program import LocationKind
from revento.events.importing.models import Place, Session

_DECK: Final = re.compile(r"(.+?), (Decks? [\w&+ -]+?)(?:, (Forward|Midship|Mid|Aft))?", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"(.+?) \(([^()]+,[^()]+)\)")
_FLOOR: Final = re.compile(
    r"(?:parter|(?:[IVX]+|\d+)\.? (?:piętro|p\.)|.*\b[IVX]+ piętro|poziom .+|level [+-]?\w+|(?:ground|\w+) floor|"
    r"(?:\d+)\.? (?:og|ug|stock|etage)|eg|erdgeschoss|deck \d+|[0-9][EWNS])",
    re.IGNORECASE,
)
_PREFIX: Final = re.compile(r"((?:H|K|J|AW|UA|UB|UD)\d?)\.(\S.*)")


def fold(name: str) -> str:
    """What two spellings of one name share."""
    return " ".join(name.split()).casefold()


def infer(sessions: Sequence[Session], rooms: Iterable[str]) -> dict[str, Place]:
    """The place of every room by its name in the file, from the outside in; the last one is the room itself."""
    buildings: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, tuple[str, ...]] = {}
    for session in sessions:
        if session.room:
            parts.setdefault(session.room, session.parts)
            if session.building:
                buildings[session.room].add(session.building)
    names = list(dict.fromkeys([*rooms, *parts]))
    prefixed = sum(1 for name in names if _PREFIX.fullmatch(name)) * 2 > len(names)
    found = {name: _place(name, parts.get(name, ()), buildings.get(name, set()), prefixed) for name in names}
    return _apart(found)


def _place(name: str, pieces: tuple[str, ...], buildings: set[str], prefixed: bool) -> Place:
    if len(pieces) > 1:
        return _upwards(list(pieces))
    split = [part.strip() for part in name.split(" - ")]
    if len(split) > 1 and any(fold(split[-1]) == fold(building) for building in buildings):
        return _upwards(split)
    if (deck := _DECK.fullmatch(name)) is not None:
        return (("floor", deck[2]), ("room", deck[1]))
    if (brackets := _BRACKETS.fullmatch(name)) is not None:
        inner = [part.strip() for part in brackets[2].split(",")]
        if any(_FLOOR.fullmatch(part) for part in inner):
            return _upwards([brackets[1], *(part for part in inner if not part.lower().startswith("s. "))])
    if prefixed and (prefix := _PREFIX.fullmatch(name)) is not None:
        return (("building", prefix[1]), ("room", name))
    return (("room", name),)


def _upwards(pieces: list[str]) -> Place:
    """Pieces from the room outwards: what looks like a floor is one, the outermost else is the building.

    What stands between them (a hall in which a table stands) stays with the room's name.
    """
    room, *around = pieces
    floor = next((piece for piece in around if _FLOOR.fullmatch(piece)), None)
    others = [piece for piece in around if piece != floor]
    building = others[-1] if others else None
    inner = others[:-1]
    place: list[tuple[LocationKind, str]] = []
    if building is not None:
        place.append(("building", building))
    if floor is not None:
        place.append(("floor", floor))
    place.append(("room", ", ".join([room, *inner])))
    return tuple(place)


def _apart(found: dict[str, Place]) -> dict[str, Place]:
    """Two rooms of the file never become one: where their places are the same, the second keeps its whole name."""
    taken: dict[tuple[str, ...], str] = {}
    apart: dict[str, Place] = {}
    for name, place in found.items():
        key = tuple(fold(part) for _, part in place)
        whole: Place = (*place[:-1], ("room", name))
        apart[name] = whole if key in taken and fold(taken[key]) != fold(name) else place
        taken.setdefault(key, name)
    return apart
