"""What can be read: of a connected event, and of a person who signed in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from revento_sdk import types as wire
from revento_sdk.pages import AsyncPages, Pages
from revento_sdk.steps import Budget, Conversation, adrive, drive
from revento_sdk.tokens import key_of

Since = datetime | None


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


class EventApi:
    """One connected event. Needs an installation token: `Revento.finish` after *Connect*."""

    def __init__(self, talk: Conversation, event_id: str) -> None:
        self._talk, self.event_id, self._key = talk, event_id, key_of(event_id)

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return drive(self._talk.get(self._key, f"/events/{self.event_id}{path}", query or {}))

    def _list(self, path: str, query: Mapping[str, Any]) -> Pages[Any]:
        return Pages(lambda asked: self._get(path, asked), query)

    def get(self) -> wire.Event:
        """The event itself. Scope `event.read`."""
        return self._get("")

    def participants(
        self,
        *,
        updated_since: Since = None,
        application_status: wire.ApplicationStatus | None = None,
        role: wire.Role | None = None,
        limit: int = 50,
    ) -> Pages[wire.Participant]:
        """Everybody who applied. Scope `participants.read`."""
        query = _given(updated_since=updated_since, application_status=application_status, role=role, limit=limit)
        return self._list("/participants", query)

    def participant(self, participant_id: str) -> wire.Participant:
        """One of them."""
        return self._get(f"/participants/{participant_id}")

    def program(self) -> wire.Program:
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
    ) -> Pages[wire.Activity]:
        """What happens. `day` is a date of the event's own time zone."""
        query = _given(
            updated_since=updated_since,
            thread_id=thread_id,
            location_id=location_id,
            day=day,
            status=status,
            limit=limit,
        )
        return self._list("/activities", query)

    def activity(self, activity_id: str) -> wire.Activity:
        """One of them."""
        return self._get(f"/activities/{activity_id}")

    def threads(self, *, updated_since: Since = None, limit: int = 50) -> Pages[wire.Thread]:
        """The program's tracks."""
        return self._list("/threads", _given(updated_since=updated_since, limit=limit))

    def locations(self, *, updated_since: Since = None, limit: int = 50) -> Pages[wire.Location]:
        """Venues, buildings, floors and rooms."""
        return self._list("/locations", _given(updated_since=updated_since, limit=limit))

    def registration_waves(self, *, updated_since: Since = None, limit: int = 50) -> Pages[wire.Wave]:
        """When people may apply."""
        return self._list("/registration-waves", _given(updated_since=updated_since, limit=limit))

    @property
    def budget(self) -> Budget | None:
        """The hour's rate limit, as the last answer told it."""
        return self._talk.budgets.get(self._key)


class AsyncEventApi:
    """One connected event, with asyncio."""

    def __init__(self, talk: Conversation, event_id: str) -> None:
        self._talk, self.event_id, self._key = talk, event_id, key_of(event_id)

    async def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return await adrive(self._talk.get(self._key, f"/events/{self.event_id}{path}", query or {}))

    def _list(self, path: str, query: Mapping[str, Any]) -> AsyncPages[Any]:
        return AsyncPages(lambda asked: self._get(path, asked), query)

    async def get(self) -> wire.Event:
        """The event itself. Scope `event.read`."""
        return await self._get("")

    def participants(
        self,
        *,
        updated_since: Since = None,
        application_status: wire.ApplicationStatus | None = None,
        role: wire.Role | None = None,
        limit: int = 50,
    ) -> AsyncPages[wire.Participant]:
        """Everybody who applied. Scope `participants.read`."""
        query = _given(updated_since=updated_since, application_status=application_status, role=role, limit=limit)
        return self._list("/participants", query)

    async def participant(self, participant_id: str) -> wire.Participant:
        """One of them."""
        return await self._get(f"/participants/{participant_id}")

    async def program(self) -> wire.Program:
        """Threads, locations and days in one document. Scope `program.read`, as for all below."""
        return await self._get("/program")

    def activities(
        self,
        *,
        updated_since: Since = None,
        thread_id: str | None = None,
        location_id: str | None = None,
        day: date | str | None = None,
        status: wire.ActivityStatus | None = None,
        limit: int = 50,
    ) -> AsyncPages[wire.Activity]:
        """What happens. `day` is a date of the event's own time zone."""
        query = _given(
            updated_since=updated_since,
            thread_id=thread_id,
            location_id=location_id,
            day=day,
            status=status,
            limit=limit,
        )
        return self._list("/activities", query)

    async def activity(self, activity_id: str) -> wire.Activity:
        """One of them."""
        return await self._get(f"/activities/{activity_id}")

    def threads(self, *, updated_since: Since = None, limit: int = 50) -> AsyncPages[wire.Thread]:
        """The program's tracks."""
        return self._list("/threads", _given(updated_since=updated_since, limit=limit))

    def locations(self, *, updated_since: Since = None, limit: int = 50) -> AsyncPages[wire.Location]:
        """Venues, buildings, floors and rooms."""
        return self._list("/locations", _given(updated_since=updated_since, limit=limit))

    def registration_waves(self, *, updated_since: Since = None, limit: int = 50) -> AsyncPages[wire.Wave]:
        """When people may apply."""
        return self._list("/registration-waves", _given(updated_since=updated_since, limit=limit))

    @property
    def budget(self) -> Budget | None:
        """The hour's rate limit, as the last answer told it."""
        return self._talk.budgets.get(self._key)


class PersonApi:
    """One person at one event, after Login with Revento."""

    def __init__(self, talk: Conversation, event_id: str, user_id: str) -> None:
        self._talk, self._key = talk, key_of(event_id, user_id)

    def profile(self) -> wire.Profile:
        """Name and e-mail address. Scope `profile.read`."""
        return drive(self._talk.get(self._key, "/me/profile", {}))

    def application(self) -> wire.MyApplication:
        """Her own application for the event. Scope `event.attendance`."""
        return drive(self._talk.get(self._key, "/me/application", {}))


class AsyncPersonApi:
    """One person at one event, with asyncio."""

    def __init__(self, talk: Conversation, event_id: str, user_id: str) -> None:
        self._talk, self._key = talk, key_of(event_id, user_id)

    async def profile(self) -> wire.Profile:
        """Name and e-mail address. Scope `profile.read`."""
        return await adrive(self._talk.get(self._key, "/me/profile", {}))

    async def application(self) -> wire.MyApplication:
        """Her own application for the event. Scope `event.attendance`."""
        return await adrive(self._talk.get(self._key, "/me/application", {}))
