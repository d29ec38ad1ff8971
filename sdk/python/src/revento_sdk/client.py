"""`Revento` and `AsyncRevento`: the same verbs, one waits and one is awaited."""

import asyncio
import os
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Generic, TypedDict, TypeVar

import httpx

from revento_sdk import types as wire
from revento_sdk.flows import AsyncFlowStore, FlowStore, MemoryFlowStore
from revento_sdk.steps import AuthorizationRequest, Budget, Conversation, Steps, adrive, drive
from revento_sdk.tokens import AsyncTokenStore, MemoryTokenStore, Tokens, TokenStore, key_of

T = TypeVar("T")
ORGANIZER_SCOPES: Final[tuple[wire.Scope, ...]] = ("event.read", "participants.read", "program.read")
LOGIN_SCOPES: Final[tuple[wire.Scope, ...]] = ("profile.read", "event.attendance")
_TIMEOUT_S: Final = 10.0
_LONG_POLL_S: Final = 20


class Page(TypedDict, Generic[T]):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None
    has_more: bool


class PulledDelivery(TypedDict):
    """One delivery out of the pull feed: what would have been posted, headers and exact body (base64)."""

    id: str
    headers: dict[str, str]
    body: str


class _BlockingIo:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def send(self, request: httpx.Request) -> httpx.Response:
        return self._http.send(request)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def acquire(self, key: str) -> None:
        self._locks[key].acquire()

    def release(self, key: str) -> None:
        self._locks[key].release()


class _AsyncIo:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, request: httpx.Request) -> httpx.Response:
        return await self._http.send(request)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def acquire(self, key: str) -> None:
        await self._locks[key].acquire()

    def release(self, key: str) -> None:
        self._locks[key].release()


def _setting(given: str | None, variable: str, default: str | None = None) -> str:
    value = given or os.environ.get(variable) or default
    if not value:
        raise ValueError(f"give it, or set {variable}")
    return value


def _filters(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


class Pages(Generic[T]):
    """A list, read page by page while it is iterated. `pages()` gives whole pages."""

    def __init__(self, ask: Callable[[Mapping[str, Any]], Page[T]], query: Mapping[str, Any]) -> None:
        self._ask, self._query = ask, query

    def pages(self) -> Iterator[Page[T]]:
        """Every page, the first one first."""
        page = self._ask(self._query)
        yield page
        while page["has_more"]:
            page = self._ask({**self._query, "cursor": page["next_cursor"]})
            yield page

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page["data"]


class AsyncPages(Generic[T]):
    """The same for `async for`."""

    def __init__(self, ask: "Callable[[Mapping[str, Any]], Any]", query: Mapping[str, Any]) -> None:
        self._ask, self._query = ask, query

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Every page, the first one first."""
        page: Page[T] = await self._ask(self._query)
        yield page
        while page["has_more"]:
            page = await self._ask({**self._query, "cursor": page["next_cursor"]})
            yield page

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for one in page["data"]:
                yield one


Since = datetime | None


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
        query = _filters(updated_since=updated_since, application_status=application_status, role=role, limit=limit)
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
        query = _filters(
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
        return self._list("/threads", _filters(updated_since=updated_since, limit=limit))

    def locations(self, *, updated_since: Since = None, limit: int = 50) -> Pages[wire.Location]:
        """Venues, buildings, floors and rooms."""
        return self._list("/locations", _filters(updated_since=updated_since, limit=limit))

    def registration_waves(self, *, updated_since: Since = None, limit: int = 50) -> Pages[wire.Wave]:
        """When people may apply."""
        return self._list("/registration-waves", _filters(updated_since=updated_since, limit=limit))

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
        query = _filters(updated_since=updated_since, application_status=application_status, role=role, limit=limit)
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
        query = _filters(
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
        return self._list("/threads", _filters(updated_since=updated_since, limit=limit))

    def locations(self, *, updated_since: Since = None, limit: int = 50) -> AsyncPages[wire.Location]:
        """Venues, buildings, floors and rooms."""
        return self._list("/locations", _filters(updated_since=updated_since, limit=limit))

    def registration_waves(self, *, updated_since: Since = None, limit: int = 50) -> AsyncPages[wire.Wave]:
        """When people may apply."""
        return self._list("/registration-waves", _filters(updated_since=updated_since, limit=limit))

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


def _feed(talk: Conversation, cursor: str | None, wait: int, limit: int) -> Steps[Page[PulledDelivery]]:
    query = _filters(cursor=cursor, wait=min(wait, _LONG_POLL_S), limit=limit)
    return talk.integration("GET", "/deliveries", query)


def _ack(talk: Conversation, ids: Sequence[str]) -> Steps[None]:
    return talk.integration("POST", "/deliveries/ack", {}, {"ids": list(ids)})


def _confirm(talk: Conversation, deletion_id: str) -> Steps[None]:
    return talk.integration("POST", f"/deletions/{deletion_id}/confirm", {})


class Revento:
    """One integration at one Revento. Safe to share between threads.

    What is not given comes from `REVENTO_CLIENT_ID`, `REVENTO_CLIENT_SECRET` and `REVENTO_BASE_URL`. `retries` is how
    often a request is repeated, `longest_wait` the most seconds to wait for one; beyond it the error is raised.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        base_url: str | None = None,
        tokens: TokenStore | None = None,
        flows: FlowStore | None = None,
        http: httpx.Client | None = None,
        retries: int = 3,
        longest_wait: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http or httpx.Client(timeout=httpx.Timeout(_TIMEOUT_S, read=_TIMEOUT_S + _LONG_POLL_S))
        self._talk = Conversation(
            _BlockingIo(self._http),
            client_id=_setting(client_id, "REVENTO_CLIENT_ID"),
            client_secret=_setting(client_secret, "REVENTO_CLIENT_SECRET"),
            base_url=_setting(base_url, "REVENTO_BASE_URL", "http://localhost:8000"),
            tokens=tokens or MemoryTokenStore(),
            flows=flows or MemoryFlowStore(),
            retries=retries,
            longest_wait=longest_wait,
            clock=clock,
        )

    def authorize(
        self, *, redirect_uri: str, scopes: Sequence[wire.Scope] = ORGANIZER_SCOPES, event_id: str | None = None
    ) -> AuthorizationRequest:
        """Where to send the browser, and the state to keep in its session. For a login, pass `LOGIN_SCOPES`."""
        return drive(self._talk.authorize(scopes, redirect_uri, event_id))

    def finish(self, came_back: str | Mapping[str, str], *, session_state: str | None) -> Tokens:
        """The browser is back: check it, trade the code, store the tokens. `came_back` is the URL or its query.

        Raises `AuthorizationFailed` when the person said no, or when this browser has not started it.
        """
        return drive(self._talk.finish(came_back, session_state))

    def event(self, event_id: str) -> EventApi:
        """What can be read of a connected event."""
        return EventApi(self._talk, event_id)

    def person(self, event_id: str, user_id: str) -> PersonApi:
        """What can be read of a person who signed in."""
        return PersonApi(self._talk, event_id, user_id)

    def access_token(self, event_id: str, user_id: str | None = None) -> str:
        """A live access token, for requests of your own."""
        return drive(self._talk.live(key_of(event_id, user_id))).access_token

    def revoke(self, event_id: str, user_id: str | None = None) -> None:
        """End the connection from our side and forget its tokens."""
        drive(self._talk.revoke(key_of(event_id, user_id)))

    def deliveries(self, cursor: str | None = None, *, wait: int = 0, limit: int = 100) -> Page[PulledDelivery]:
        """The pull feed: deliveries that were not acknowledged, the oldest first; waits up to `wait` (20) seconds."""
        return drive(_feed(self._talk, cursor, wait, limit))

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Say that pulled deliveries are processed."""
        drive(_ack(self._talk, ids))

    def installations(self) -> Pages[dict[str, Any]]:
        """Every event that is connected."""
        return Pages(lambda query: drive(self._talk.integration("GET", "/installations", query)), {})

    def deletions(self) -> Pages[wire.DeletionRequired]:
        """What must still be erased."""
        return Pages(lambda query: drive(self._talk.integration("GET", "/deletions", query)), {})

    def confirm_deletion(self, deletion_id: str) -> None:
        """Say that everything a `data.deletion_required` named is erased."""
        drive(_confirm(self._talk, deletion_id))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> "Revento":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncRevento:
    """`Revento` with asyncio. Stores may be blocking ones (SQLite takes well under a millisecond) or awaitable ones."""

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        base_url: str | None = None,
        tokens: TokenStore | AsyncTokenStore | None = None,
        flows: FlowStore | AsyncFlowStore | None = None,
        http: httpx.AsyncClient | None = None,
        retries: int = 3,
        longest_wait: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http or httpx.AsyncClient(timeout=httpx.Timeout(_TIMEOUT_S, read=_TIMEOUT_S + _LONG_POLL_S))
        self._talk = Conversation(
            _AsyncIo(self._http),
            client_id=_setting(client_id, "REVENTO_CLIENT_ID"),
            client_secret=_setting(client_secret, "REVENTO_CLIENT_SECRET"),
            base_url=_setting(base_url, "REVENTO_BASE_URL", "http://localhost:8000"),
            tokens=tokens or MemoryTokenStore(),
            flows=flows or MemoryFlowStore(),
            retries=retries,
            longest_wait=longest_wait,
            clock=clock,
        )

    async def authorize(
        self, *, redirect_uri: str, scopes: Sequence[wire.Scope] = ORGANIZER_SCOPES, event_id: str | None = None
    ) -> AuthorizationRequest:
        """Where to send the browser, and the state to keep in its session. For a login, pass `LOGIN_SCOPES`."""
        return await adrive(self._talk.authorize(scopes, redirect_uri, event_id))

    async def finish(self, came_back: str | Mapping[str, str], *, session_state: str | None) -> Tokens:
        """The browser is back: check it, trade the code, store the tokens. See `Revento.finish`."""
        return await adrive(self._talk.finish(came_back, session_state))

    def event(self, event_id: str) -> AsyncEventApi:
        """What can be read of a connected event."""
        return AsyncEventApi(self._talk, event_id)

    def person(self, event_id: str, user_id: str) -> AsyncPersonApi:
        """What can be read of a person who signed in."""
        return AsyncPersonApi(self._talk, event_id, user_id)

    async def access_token(self, event_id: str, user_id: str | None = None) -> str:
        """A live access token, for requests of your own."""
        return (await adrive(self._talk.live(key_of(event_id, user_id)))).access_token

    async def revoke(self, event_id: str, user_id: str | None = None) -> None:
        """End the connection from our side and forget its tokens."""
        await adrive(self._talk.revoke(key_of(event_id, user_id)))

    async def deliveries(self, cursor: str | None = None, *, wait: int = 0, limit: int = 100) -> Page[PulledDelivery]:
        """The pull feed: deliveries that were not acknowledged, the oldest first; waits up to `wait` (20) seconds."""
        return await adrive(_feed(self._talk, cursor, wait, limit))

    async def acknowledge(self, ids: Sequence[str]) -> None:
        """Say that pulled deliveries are processed."""
        await adrive(_ack(self._talk, ids))

    def installations(self) -> AsyncPages[dict[str, Any]]:
        """Every event that is connected."""
        return AsyncPages(lambda query: adrive(self._talk.integration("GET", "/installations", query)), {})

    def deletions(self) -> AsyncPages[wire.DeletionRequired]:
        """What must still be erased."""
        return AsyncPages(lambda query: adrive(self._talk.integration("GET", "/deletions", query)), {})

    async def confirm_deletion(self, deletion_id: str) -> None:
        """Say that everything a `data.deletion_required` named is erased."""
        await adrive(_confirm(self._talk, deletion_id))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> "AsyncRevento":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
