"""`Revento` and `AsyncRevento`: the same verbs, one waits and one is awaited."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, TypedDict

import httpx

from revento_sdk import types as wire
from revento_sdk.flows import AsyncFlowStore, FlowStore, MemoryFlowStore
from revento_sdk.pages import AsyncPages, Page, Pages
from revento_sdk.reading import AsyncEventApi, AsyncPersonApi, EventApi, PersonApi
from revento_sdk.steps import AuthorizationRequest, Conversation, Steps, adrive, drive
from revento_sdk.tokens import AsyncTokenStore, MemoryTokenStore, Tokens, TokenStore, key_of
from revento_sdk.waiting import AsyncIo, BlockingIo

ORGANIZER_SCOPES: Final[tuple[wire.Scope, ...]] = ("event.read", "participants.read", "program.read")
LOGIN_SCOPES: Final[tuple[wire.Scope, ...]] = ("profile.read", "event.attendance")
_TIMEOUT_S: Final = 10.0
_LONG_POLL_S: Final = 20
Only = Literal["all", "open"]


class PulledDelivery(TypedDict):
    """One delivery out of the pull feed: what would have been posted, headers and exact body (base64)."""

    id: str
    headers: dict[str, str]
    body: str


class DeletionDuty(wire.DeletionRequired):
    """A duty to erase, as the integration's own endpoint lists it: what its message said, and the receipt."""

    event_id: str
    organization_id: str
    installation_id: str
    opened_at: str
    confirmed_at: str | None


def _setting(given: str | None, variable: str, default: str | None = None) -> str:
    value = given or os.environ.get(variable) or default
    if not value:
        raise ValueError(f"give it, or set {variable}")
    return value


def _feed(talk: Conversation, cursor: str | None, wait: int, limit: int, only: Only) -> Steps[Page[PulledDelivery]]:
    query = {"cursor": cursor, "wait": min(wait, _LONG_POLL_S), "limit": limit, "only": only}
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
            BlockingIo(self._http),
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

    def deliveries(
        self, cursor: str | None = None, *, wait: int = 0, limit: int = 100, only: Only = "all"
    ) -> Page[PulledDelivery]:
        """The pull feed: deliveries that were not acknowledged, the oldest first; waits up to `wait` (20) seconds.

        `only="open"` leaves out what your webhook took.
        """
        return drive(_feed(self._talk, cursor, wait, limit, only))

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Say that pulled deliveries are processed."""
        drive(_ack(self._talk, ids))

    def installations(self) -> Pages[dict[str, Any]]:
        """Every event that is connected."""
        return Pages(lambda query: drive(self._talk.integration("GET", "/installations", query)), {})

    def deletions(self) -> Pages[DeletionDuty]:
        """Every duty to erase, the oldest first; those without a `confirmed_at` are still open."""
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
            AsyncIo(self._http),
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

    async def deliveries(
        self, cursor: str | None = None, *, wait: int = 0, limit: int = 100, only: Only = "all"
    ) -> Page[PulledDelivery]:
        """The pull feed: deliveries that were not acknowledged, the oldest first; waits up to `wait` (20) seconds.

        `only="open"` leaves out what your webhook took.
        """
        return await adrive(_feed(self._talk, cursor, wait, limit, only))

    async def acknowledge(self, ids: Sequence[str]) -> None:
        """Say that pulled deliveries are processed."""
        await adrive(_ack(self._talk, ids))

    def installations(self) -> AsyncPages[dict[str, Any]]:
        """Every event that is connected."""
        return AsyncPages(lambda query: adrive(self._talk.integration("GET", "/installations", query)), {})

    def deletions(self) -> AsyncPages[DeletionDuty]:
        """Every duty to erase, the oldest first; those without a `confirmed_at` are still open."""
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
