"""What can be read: of a connected event, and of a person who signed in.

Each is written down once. How an answer is waited for is what the blocking class and the one for asyncio add, and a
type variable for each answer says what comes of it: the document here, something to await there.
"""

from collections.abc import Callable, Coroutine, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from revento_sdk import types as wire
from revento_sdk.pages import AsyncPages, Pages
from revento_sdk.steps import Budget, Conversation, adrive, drive
from revento_sdk.tokens import key_of

Since = datetime | None

_Event = TypeVar("_Event")
_Participant = TypeVar("_Participant")
_Program = TypeVar("_Program")
_Activity = TypeVar("_Activity")
_Participants = TypeVar("_Participants")
_Activities = TypeVar("_Activities")
_Threads = TypeVar("_Threads")
_Locations = TypeVar("_Locations")
_Waves = TypeVar("_Waves")
_Profile = TypeVar("_Profile")
_Application = TypeVar("_Application")


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


class _EventReads(
    Generic[_Event, _Participant, _Program, _Activity, _Participants, _Activities, _Threads, _Locations, _Waves]
):
    """Everything that can be asked about one event; see the two classes that are made of it."""

    _drive: Callable[..., Any]
    _pages: Callable[..., Any]

    def __init__(self, talk: Conversation, event_id: str) -> None:
        self._talk, self.event_id, self._key = talk, event_id, key_of(event_id)

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return self._drive(self._talk.get(self._key, f"/events/{self.event_id}{path}", query or {}))

    def _list(self, path: str, **query: Any) -> Any:
        def ask(asked: Mapping[str, Any]) -> Any:
            return self._get(path, asked)

        return self._pages(ask, _given(**query))

    def get(self) -> _Event:
        """The event itself. Scope `event.read`."""
        return self._get("")

    def participants(
        self,
        *,
        updated_since: Since = None,
        application_status: wire.ApplicationStatus | None = None,
        role: wire.Role | None = None,
        limit: int = 50,
    ) -> _Participants:
        """Everybody who applied. Scope `participants.read`."""
        return self._list(
            "/participants",
            updated_since=updated_since,
            application_status=application_status,
            role=role,
            limit=limit,
        )

    def participant(self, participant_id: str) -> _Participant:
        """One of them."""
        return self._get(f"/participants/{participant_id}")

    def program(self) -> _Program:
        """Threads, locations and days in one document. Scope `program.read`, as for all below."""
        return self._get("/program")

    def activities(
        self,
        *,
        updated_since: Since = None,
        thread_id: str | None = None,
        location_id: str | None = None,
        day: date | str | None = None,
        status: wire.ActivityStatus | None = None,
        limit: int = 50,
    ) -> _Activities:
        """What happens. `day` is a date of the event's own time zone."""
        return self._list(
            "/activities",
            updated_since=updated_since,
            thread_id=thread_id,
            location_id=location_id,
            day=day,
            status=status,
            limit=limit,
        )

    def activity(self, activity_id: str) -> _Activity:
        """One of them."""
        return self._get(f"/activities/{activity_id}")

    def threads(self, *, updated_since: Since = None, limit: int = 50) -> _Threads:
        """The program's tracks."""
        return self._list("/threads", updated_since=updated_since, limit=limit)

    def locations(self, *, updated_since: Since = None, limit: int = 50) -> _Locations:
        """Venues, buildings, floors and rooms."""
        return self._list("/locations", updated_since=updated_since, limit=limit)

    def registration_waves(self, *, updated_since: Since = None, limit: int = 50) -> _Waves:
        """When people may apply."""
        return self._list("/registration-waves", updated_since=updated_since, limit=limit)

    @property
    def budget(self) -> Budget | None:
        """The hour's rate limit, as the last answer told it."""
        return self._talk.budgets.get(self._key)


class EventApi(
    _EventReads[
        wire.Event,
        wire.Participant,
        wire.Program,
        wire.Activity,
        Pages[wire.Participant],
        Pages[wire.Activity],
        Pages[wire.Thread],
        Pages[wire.Location],
        Pages[wire.Wave],
    ]
):
    """One connected event. Needs an installation token: `Revento.finish` after *Connect*."""

    _drive, _pages = staticmethod(drive), Pages


class AsyncEventApi(
    _EventReads[
        Coroutine[Any, Any, wire.Event],
        Coroutine[Any, Any, wire.Participant],
        Coroutine[Any, Any, wire.Program],
        Coroutine[Any, Any, wire.Activity],
        AsyncPages[wire.Participant],
        AsyncPages[wire.Activity],
        AsyncPages[wire.Thread],
        AsyncPages[wire.Location],
        AsyncPages[wire.Wave],
    ]
):
    """One connected event, with asyncio."""

    _drive, _pages = staticmethod(adrive), AsyncPages


class _PersonReads(Generic[_Profile, _Application]):
    """Everything that a person's token opens."""

    _drive: Callable[..., Any]

    def __init__(self, talk: Conversation, event_id: str, user_id: str) -> None:
        self._talk, self._key = talk, key_of(event_id, user_id)

    def profile(self) -> _Profile:
        """Name and e-mail address. Scope `profile.read`."""
        return self._drive(self._talk.get(self._key, "/me/profile", {}))

    def application(self) -> _Application:
        """Her own application for the event. Scope `event.attendance`."""
        return self._drive(self._talk.get(self._key, "/me/application", {}))


class PersonApi(_PersonReads[wire.Profile, wire.MyApplication]):
    """One person at one event, after Login with Revento."""

    _drive = staticmethod(drive)


class AsyncPersonApi(_PersonReads[Coroutine[Any, Any, wire.Profile], Coroutine[Any, Any, wire.MyApplication]]):
    """One person at one event, with asyncio."""

    _drive = staticmethod(adrive)
