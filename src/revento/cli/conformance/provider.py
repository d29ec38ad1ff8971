"""A small Revento on loopback: what an integration needs of it, doing whatever a check tells it."""

import hashlib
import socket
import time
import uuid
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from revento.cli.conformance import samples
from revento.cli.conformance.launching import Launcher

HOUR_S: Final = 3600


class Call(msgspec.Struct, frozen=True):
    """One read of the API that came in, and which token it brought."""

    path: str
    token: str
    at: float
    headers: Mapping[str, str]
    query: Mapping[str, str]


class Provider:
    """Tokens by the contract (§2.3, §3.2); `expired`, `revoked`, `over`, `limits`, `lost` make it answer otherwise."""

    def __init__(self, client_id: str, client_secret: str, event_id: str) -> None:
        self.client_id, self._client_secret, self.event_id = client_id, client_secret, event_id
        self.url = ""
        self.launcher = Launcher()
        self.codes: dict[str, dict[str, str]] = {}
        self.exchanges: list[dict[str, str]] = []
        self.refreshes: list[str] = []
        self.calls: list[Call] = []
        self.confirmed: list[str] = []
        self.generation = 0
        self.expired = False
        self.revoked = False
        self.over = False
        self.lost = 0
        self.limits: list[tuple[int, str | None]] = []
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1. Raises `OSError` when the port is taken."""
        app = web.Application(client_max_size=1 << 20)
        app.router.add_get("/oauth/authorize", self._authorize)
        app.router.add_post("/oauth/token", self._token)
        app.router.add_post("/oauth/revoke", self._nothing)
        app.router.add_get("/.well-known/jwks.json", self._keys)
        app.router.add_post("/api/v1/integration/deletions/{id}/confirm", self._confirm)
        app.router.add_get("/api/v1/{path:.*}", self._read)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        bound = socket.create_server(("127.0.0.1", port))
        await web.SockSite(self._runner, bound).start()
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    def approve(self, asked: Mapping[str, str]) -> dict[str, str]:
        """The person's yes: the query with which the browser comes back."""
        code = "rev_code_" + uuid.uuid4().hex
        self.codes[code] = dict(asked)
        return {"code": code, "state": asked.get("state", ""), "iss": self.url}

    def behave(self) -> None:
        """Everything as usual again."""
        self.expired = self.revoked = self.over = False
        self.lost, self.limits = 0, []

    @property
    def access_token(self) -> str:
        """The one that counts at this moment."""
        return f"rev_install_kit{self.generation}"

    @property
    def refresh_token(self) -> str:
        """Likewise."""
        return f"rev_refresh_kit{self.generation}"

    # Endpoints

    async def _authorize(self, request: web.Request) -> web.Response:
        query = self.approve(request.query)
        joiner = "&" if "?" in request.query["redirect_uri"] else "?"
        return web.Response(status=302, headers={"Location": request.query["redirect_uri"] + joiner + urlencode(query)})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._is_client(request, form):
            return _refusal(401, "invalid_client")
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(request, form)
        return _refusal(400, "unsupported_grant_type")

    def _exchange(self, form: dict[str, str]) -> web.Response:
        self.exchanges.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = asked and asked.get("code_challenge") == challenge
        if not asked or not good or asked.get("redirect_uri") != form.get("redirect_uri"):
            return _refusal(400, "invalid_grant")
        self.generation += 1
        return web.json_response(self._pair(asked.get("scope", "event.read")))

    def _refresh(self, request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        token = form.get("refresh_token", "")
        self.refreshes.append(token)
        previous = f"rev_refresh_kit{self.generation - 1}"
        if self.over or token not in (self.refresh_token, previous):
            return _refusal(400, "invalid_grant")
        if token == self.refresh_token:
            self.generation += 1
            self.expired = False
        if self.lost:
            self.lost -= 1
            if request.transport is not None:
                request.transport.abort()
        return web.json_response(self._pair("event.read participants.read program.read"))

    async def _read(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        headers = dict(request.headers)
        self.calls.append(Call(request.path, token, time.monotonic(), headers, dict(request.query)))
        if self.revoked:
            return _refusal(401, "token_revoked", reason="organizer_disconnected", revoked_at="2026-07-10T14:00:00Z")
        if self.expired or token != self.access_token:
            return _refusal(401, "token_expired", expired_at="2026-07-10T14:00:00Z")
        if self.limits:
            after, window = self.limits.pop(0)
            if window is None:
                return _refusal(429, "concurrent_limit_exceeded")
            return _refusal(429, "rate_limit_exceeded", {"Retry-After": str(after)}, window=window)
        return self._document(request)

    def _document(self, request: web.Request) -> web.Response:
        path, prefix = request.path.removeprefix("/api/v1"), f"/events/{self.event_id}"
        if path == prefix:
            return _answered(samples.an_event(self.event_id))
        if path == f"{prefix}/participants":
            people = [samples.a_participant(self.event_id, number) for number in range(samples.PEOPLE)]
            return _answered(_page(people, request.query))
        if path == f"{prefix}/activities":
            return _answered(_page([samples.an_activity(self.event_id)], request.query))
        if path in (f"{prefix}/threads", f"{prefix}/locations", f"{prefix}/registration-waves"):
            return _answered(_page([], request.query))
        if path == f"{prefix}/program":
            document = {"event_id": self.event_id, "time_zone": "Europe/Warsaw", "updated_at": "2026-07-10T14:00:00Z"}
            return _answered(document | {"threads": [], "locations": [], "days": []})
        if path == "/me/profile":
            return _answered(samples.a_profile())
        return _refusal(404, "not_found")

    async def _confirm(self, request: web.Request) -> web.Response:
        if not self._is_client(request, {}):
            return _refusal(401, "invalid_client")
        self.confirmed.append(request.match_info["id"])
        return web.Response(status=204)

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self.launcher.jwks())

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response()

    def _is_client(self, request: web.Request, form: Mapping[str, str]) -> bool:
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            id, _, secret = b64decode(value).decode("utf-8", "replace").partition(":")
            given = (id, secret)
        return given == (self.client_id, self._client_secret)

    def _pair(self, scope: str) -> dict[str, Any]:
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_expires_in": 7_776_000,
            "scope": scope,
            "event_id": self.event_id,
            "organization_id": samples.ORGANIZATION,
            "user_id": samples.USER if "profile.read" in scope else None,
        }

    def spent_twice(self) -> list[str]:
        """Refresh tokens that were presented more than once."""
        return [token for token, times in Counter(self.refreshes).items() if times > 1]


def _page(rows: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    start, size = int(query.get("cursor", "kit0")[3:]), int(query.get("limit", "25"))
    more = start + size < len(rows)
    return {"data": rows[start : start + size], "next_cursor": f"kit{start + size}" if more else None, "has_more": more}


def _answered(document: Any) -> web.Response:
    budget = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "499"}
    budget["X-RateLimit-Reset"] = str(int(time.time()) + HOUR_S)
    return web.json_response(document, headers=budget)


def _refusal(status: int, code: str, headers: dict[str, str] | None = None, /, **extra: str) -> web.Response:
    body = {"error": code, "message": "The conformance kit says no.", "request_id": str(uuid.uuid4())}
    return web.json_response(body | extra, status=status, headers=headers)
