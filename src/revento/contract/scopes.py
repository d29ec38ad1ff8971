"""The scope table: one namespace, two kinds, each with its words for the consent page (contract §3.4)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec


class TokenKind(StrEnum):
    """What a token is bound to: an installation (event and integration) or a person in an event."""

    INSTALLATION = "installation"
    USER = "user"


class Scope(msgspec.Struct, frozen=True):
    """One row: the wire name, which kind of token carries it, and what it means to a person."""

    name: str
    kind: TokenKind
    title: str
    say: str
    personal: bool


EVENT_READ: Final = Scope(
    "event.read", TokenKind.INSTALLATION, "Event details", "The event's title, dates, description and status.", False
)
PARTICIPANTS_READ: Final = Scope(
    "participants.read",
    TokenKind.INSTALLATION,
    "Participant list",
    "Participants with their role, application status and the form answers you share with integrations.",
    True,
)
PROGRAM_READ: Final = Scope(
    "program.read",
    TokenKind.INSTALLATION,
    "Program",
    "Threads, activities with their hosts, locations and registration waves.",
    False,
)
PROFILE_READ: Final = Scope(
    "profile.read", TokenKind.USER, "Your name and e-mail", "Your name, e-mail address and language.", True
)
EVENT_ATTENDANCE: Final = Scope(
    "event.attendance",
    TokenKind.USER,
    "That you take part",
    "That you take part in this event, in which role, and how your application stands.",
    True,
)

ALL: Final = (EVENT_READ, PARTICIPANTS_READ, PROGRAM_READ, PROFILE_READ, EVENT_ATTENDANCE)
BY_NAME: Final = {scope.name: scope for scope in ALL}


def kind_of(names: Iterable[str]) -> TokenKind | None:
    """The one kind that all of these scopes have; `None` when unknown, mixed or empty (contract §3.1)."""
    kinds = {BY_NAME[name].kind if name in BY_NAME else None for name in names}
    return kinds.pop() if len(kinds) == 1 else None


def in_order(names: Iterable[str]) -> list[str]:
    """The same scopes without repeats, in the table's order, so that equal grants are written equally."""
    wanted = set(names)
    return [scope.name for scope in ALL if scope.name in wanted]
