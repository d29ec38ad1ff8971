"""The conversation with Revento, written once: generators that yield whatever has to be waited for.

A blocking client runs them with `drive`, an asyncio one with `adrive`; neither knows what a token is.
"""

import base64
import hmac
import inspect
import random
import secrets
import time
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from revento_sdk import errors, pkce
from revento_sdk.flows import AsyncFlowStore, Flow, FlowStore
from revento_sdk.tokens import AsyncTokenStore, Tokens, TokenStore, from_answer

T = TypeVar("T")
Steps = Generator[Any, Any, T]

MEDIA_TYPE: Final = "application/vnd.revento.v1+json"
REFRESH_EARLY_S: Final = 30.0
"""A token this close to its end is not used any more, so that it does not end on its way."""
LEASE_S: Final = 30.0
"""How long one worker has for a refresh before another one may try; a request takes at most a third of it."""
LEASE_SAFE_S: Final = 15.0
_BACKOFF_S: Final = (0.2, 1.0, 4.0)


class Io(Protocol):
    """What differs between waiting and `await`ing. Every method's answer is yielded by the steps."""

    def send(self, request: httpx.Request) -> Any: ...
    def sleep(self, seconds: float) -> Any: ...
    def acquire(self, key: str) -> Any: ...
    def release(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Send the browser to `url`, and keep `state` in its session: `finish` wants it back."""

    url: str
    state: str


@dataclass(slots=True)
class Budget:
    """The hour's budget of one connection, as the last answer told."""

    limit: int
    remaining: int
    reset_at: float


def drive(steps: Steps[T]) -> T:
    """Run to the end; everything yielded is a value already."""
    try:
        value = next(steps)
        while True:
            value = steps.send(value)
    except StopIteration as done:
        return done.value


async def adrive(steps: Steps[T]) -> T:
    """Run to the end; what can be awaited is awaited, and its failure is raised where it was yielded."""
    try:
        value = next(steps)
        while True:
            if not inspect.isawaitable(value):
                value = steps.send(value)
                continue
            try:
                result = await value
            except BaseException as error:
                value = steps.throw(error)
            else:
                value = steps.send(result)
    except StopIteration as done:
        return done.value


class Conversation:
    """One integration talking to one Revento."""

    def __init__(
        self,
        io: Io,
        *,
        client_id: str,
        client_secret: str,
        base_url: str,
        tokens: TokenStore | AsyncTokenStore,
        flows: FlowStore | AsyncFlowStore,
        retries: int,
        longest_wait: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.io = io
        self.client_id, self._client_secret = client_id, client_secret
        self.base_url = base_url.rstrip("/")
        self.tokens, self.flows = tokens, flows
        self.retries, self.longest_wait = retries, longest_wait
        self.clock = clock
        self.budgets: dict[str, Budget] = {}

    # Consent

    def authorize(self, scopes: Sequence[str], redirect_uri: str, event_id: str | None) -> Steps[AuthorizationRequest]:
        """Remember a fresh state and verifier, and make the URL."""
        state, verifier = secrets.token_urlsafe(32), pkce.new_verifier()
        yield self.flows.put(state, Flow(verifier, redirect_uri, tuple(scopes)))
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
            "code_challenge": pkce.challenge(verifier),
            "code_challenge_method": "S256",
        }
        if event_id is not None:
            query["event_id"] = event_id
        return AuthorizationRequest(f"{self.base_url}/oauth/authorize?{urlencode(query)}", state)

    def finish(self, came_back: str | Mapping[str, str], session_state: str | None) -> Steps[Tokens]:
        """Check what the browser brought, trade the code, store the tokens."""
        query = dict(parse_qsl(urlsplit(came_back).query)) if isinstance(came_back, str) else dict(came_back)
        state = query.get("state", "")
        if not session_state or not hmac.compare_digest(state.encode(), session_state.encode()):
            raise errors.AuthorizationFailed("state_mismatch", "this browser has not started this authorization")
        flow: Flow | None = yield self.flows.take(state)
        if flow is None:
            raise errors.AuthorizationFailed("state_mismatch", "this authorization is over, or too old")
        if query.get("iss", self.base_url) != self.base_url:
            raise errors.AuthorizationFailed("issuer_mismatch", "the answer comes from another server")
        if "code" not in query:
            code = query.get("error", "no_code")
            raise errors.AuthorizationFailed(code, query.get("error_description", "no code was given"))
        form = {"code": query["code"], "redirect_uri": flow.redirect_uri, "code_verifier": flow.verifier}
        # Not repeated when the answer is lost: a code that is shown twice revokes what it bought.
        response: httpx.Response = yield from self._once(self._token_request("authorization_code", form))
        if response.status_code != 200:
            raise errors.from_response(response)
        tokens = from_answer(response.json(), self.clock())
        yield self.tokens.put(tokens.key, tokens)
        return tokens

    # Tokens

    def live(self, key: str, refused: str | None = None) -> Steps[Tokens]:
        """The stored pair, refreshed when it is about to end or when its access token is the one just refused."""
        while True:
            tokens: Tokens | None = yield self.tokens.get(key)
            if tokens is None:
                raise errors.NotConnected(f"no tokens for {key}")
            if tokens.access_token != refused and self.clock() < tokens.expires_at - REFRESH_EARLY_S:
                return tokens
            yield self.io.acquire(key)
            try:
                yield from self._refresh(key, tokens)
            finally:
                self.io.release(key)

    def _refresh(self, key: str, seen: Tokens) -> Steps[None]:
        """Refresh what was `seen`, unless somebody else has, or is just doing it."""
        now: Tokens | None = yield self.tokens.get(key)
        if now is None or now.access_token != seen.access_token:
            return
        if now.refreshing_until > self.clock():
            yield self.io.sleep(0.1)
            return
        mine = now.changed(refreshing_until=self.clock() + LEASE_S)
        if not (yield self.tokens.swap(key, now, mine)):
            return
        if mine.refreshing_until - self.clock() < LEASE_SAFE_S:
            return  # This process slept meanwhile: another one may hold the lease by the time the request arrives.
        try:
            response: httpx.Response = yield from self._once(
                self._token_request("refresh_token", {"refresh_token": mine.refresh_token})
            )
        except GeneratorExit:
            raise
        except BaseException:
            yield self.tokens.swap(key, mine, mine.changed(refreshing_until=0.0))
            raise
        yield from self._settle(key, mine, response)

    def _settle(self, key: str, mine: Tokens, response: httpx.Response) -> Steps[None]:
        """Store what a refresh brought; raise what it did not."""
        if response.status_code == 200:
            yield self.tokens.swap(key, mine, from_answer(response.json(), self.clock()))
            return
        error = errors.from_response(response)
        if isinstance(error, errors.InvalidGrant):
            if (yield self.tokens.swap(key, mine, None)):
                raise errors.ConsentRequired(f"the connection of {key} is over: {error.message}") from error
            return
        yield self.tokens.swap(key, mine, mine.changed(refreshing_until=0.0))
        raise error

    def revoke(self, key: str) -> Steps[None]:
        """End the connection from our side and forget its tokens."""
        tokens: Tokens | None = yield self.tokens.get(key)
        if tokens is None:
            return
        response: httpx.Response = yield from self._once(self._post("/oauth/revoke", {"token": tokens.refresh_token}))
        if response.status_code != 200:
            raise errors.from_response(response)
        yield self.tokens.swap(key, tokens, None)

    # Reading

    def get(self, key: str, path: str, query: Mapping[str, Any]) -> Steps[Any]:
        """One GET of the API with a live token, asked again as far as that helps."""
        refused: str | None = None
        tries = 0
        while True:
            try:
                tokens = yield from self.live(key, refused)
                yield from self._wait_for_budget(key)
                headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": MEDIA_TYPE}
                response = yield from self._once(self._request("GET", f"/api/v1{path}", headers, query))
                self._note_budget(key, response)
                if response.status_code == 200:
                    return response.json()
                error = errors.from_response(response)
                if isinstance(error, errors.TokenExpired) and refused is None:
                    refused = tokens.access_token
                    continue
                raise error
            except (errors.Unreachable, errors.ApiError) as error:
                yield from self._pause_or_raise(error, tries)
                tries += 1

    def integration(self, method: str, path: str, query: Mapping[str, Any], body: Any = None) -> Steps[Any]:
        """One call of the integration's own endpoints, with client id and secret."""
        basic = base64.b64encode(f"{self.client_id}:{self._client_secret}".encode()).decode()
        headers = {"Accept": MEDIA_TYPE, "Authorization": f"Basic {basic}"}
        tries = 0
        while True:
            try:
                request = self._request(method, f"/api/v1/integration{path}", headers, query, body)
                response = yield from self._once(request)
                if response.status_code in (200, 204):
                    return response.json() if response.content else None
                raise errors.from_response(response)
            except (errors.Unreachable, errors.ApiError) as error:
                yield from self._pause_or_raise(error, tries)
                tries += 1

    def _pause_or_raise(self, error: errors.Unreachable | errors.ApiError, tries: int) -> Steps[None]:
        """Wait as long as the server asks, else longer each time and never two clients in step; or give up."""
        asked = error.retry_after if isinstance(error, errors.ApiError) else None
        passing = isinstance(error, errors.Unreachable) or error.status in (429, 500, 502, 503, 504)
        if tries >= self.retries or not passing or (asked or 0) > self.longest_wait:
            raise error
        backoff = _BACKOFF_S[min(tries, len(_BACKOFF_S) - 1)] * (0.5 + random.random())  # noqa: S311 (no secret)
        yield self.io.sleep(backoff if asked is None else asked)

    def _note_budget(self, key: str, response: httpx.Response) -> None:
        told = [response.headers.get(f"X-RateLimit-{name}", "") for name in ("Limit", "Remaining", "Reset")]
        if all(value.isascii() and value.isdecimal() for value in told):
            limit, remaining, reset_at = map(int, told)
            self.budgets[key] = Budget(limit, remaining, float(reset_at))

    def _wait_for_budget(self, key: str) -> Steps[None]:
        """An hour that is used up is not asked again before it is over."""
        budget = self.budgets.get(key)
        wait = budget.reset_at - self.clock() if budget and budget.remaining == 0 else 0.0
        if wait > self.longest_wait:
            say = "the hour's budget is used up (known from the last answer, not asked again)"
            error = errors.RateLimited("rate_limit_exceeded", 429, say, "", {"window": "hour"})
            error.retry_after = wait
            raise error
        if wait > 0:
            yield self.io.sleep(wait)

    # Requests

    def _once(self, request: httpx.Request) -> Steps[httpx.Response]:
        try:
            return (yield self.io.send(request))
        except httpx.TransportError as error:
            raise errors.Unreachable(f"{request.method} {request.url.path}: {error!r}") from error

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> httpx.Request:
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        all_headers = {**headers, "X-Revento-Request-Id": str(uuid.uuid4()), "User-Agent": "revento-sdk-python/0.1.0"}
        return httpx.Request(method, self.base_url + path, headers=all_headers, params=asked or None, json=body)

    def _token_request(self, grant_type: str, form: Mapping[str, str]) -> httpx.Request:
        return self._post("/oauth/token", {"grant_type": grant_type, **form})

    def _post(self, path: str, form: Mapping[str, str]) -> httpx.Request:
        data = {**form, "client_id": self.client_id, "client_secret": self._client_secret}
        headers = {"X-Revento-Request-Id": str(uuid.uuid4()), "User-Agent": "revento-sdk-python/0.1.0"}
        return httpx.Request("POST", self.base_url + path, data=data, headers=headers)


def _text(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)
