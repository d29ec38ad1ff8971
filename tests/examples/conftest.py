"""Quickstarts run as their README says: as processes, each with a folder and a port of its own."""

import asyncio
import hashlib
import hmac
import json
import os
import shutil
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web
from tests.ports import free_port

EXAMPLES = Path(__file__).parents[2] / "examples"
EVENT = "evt_01k00000000000000000000001"
WEBHOOK_SECRET = "whsec_c2l4dGVlbi1ieXRlcy1hcmUtbm90LWVub3VnaCEh"


class Provider:
    """An OAuth provider and read API on loopback, with what a quickstart needs of it, that a test commands."""

    def __init__(self) -> None:
        self.challenges: dict[str, str] = {}
        self.generation = 0
        self.spent: list[str] = []
        self.live_access = ""
        self.refusals: list[web.Response] = []
        self.reads: list[dict[str, str]] = []
        self.url = ""
        self.confirmed: list[str] = []
        self.confirming: list[int] = []

    def routes(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/oauth/token", self.token)
        app.router.add_get("/api/v1/events/{event}", self.event)
        app.router.add_get("/api/v1/events/{event}/participants", self.participants)
        app.router.add_post("/api/v1/integration/deletions/{duty}/confirm", self.confirm)
        return app

    def approve(self, location: str) -> dict[str, str]:
        """The organizer's yes: the query with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = uuid.uuid4().hex
        self.challenges[code] = asked["code_challenge"]
        return {"code": code, "state": asked["state"]}

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["client_secret"] != "secret":
            return web.json_response({"error": "invalid_client", "message": "", "request_id": ""}, status=401)
        if form["grant_type"] == "authorization_code":
            verifier = str(form["code_verifier"]).encode()
            challenge = urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
            good = self.challenges.pop(str(form["code"]), "") == challenge
        else:
            good = form["refresh_token"] == f"rev_refresh_{self.generation}"
            self.spent.append(str(form["refresh_token"]))
        if not good:
            return web.json_response({"error": "invalid_grant", "message": "", "request_id": ""}, status=400)
        self.generation += 1
        self.live_access = f"rev_install_{self.generation}"
        return web.json_response(
            {
                "access_token": self.live_access,
                "refresh_token": f"rev_refresh_{self.generation}",
                "token_type": "Bearer",
                "expires_in": 3600,
                "refresh_expires_in": 7776000,
                "scope": "event.read participants.read",
                "event_id": EVENT,
                "organization_id": "org_1",
            }
        )

    def refused(self, request: web.Request) -> web.Response | None:
        self.reads.append(dict(request.query))
        assert request.headers["Accept"] == "application/vnd.revento.v1+json"
        assert uuid.UUID(request.headers["X-Revento-Request-Id"])
        if self.refusals:
            return self.refusals.pop(0)
        if request.headers["Authorization"] != f"Bearer {self.live_access}":
            return web.json_response({"error": "token_expired", "message": "", "request_id": ""}, status=401)
        return None

    async def event(self, request: web.Request) -> web.Response:
        return self.refused(request) or web.json_response({"id": EVENT, "title": "Larks & Lanterns"})

    async def participants(self, request: web.Request) -> web.Response:
        if refused := self.refused(request):
            return refused
        start = int(request.query.get("cursor", "p0/=")[1:-2])
        people = [{"id": f"ptp_{number}"} for number in range(start, min(start + 50, 120))]
        more = start + 50 < 120
        return web.json_response(
            {"data": people, "next_cursor": f"p{start + 50}/=" if more else None, "has_more": more}
        )

    async def confirm(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Basic ")
        if self.confirming:
            return web.json_response({"error": "no"}, status=self.confirming.pop(0))
        self.confirmed.append(request.match_info["duty"])
        return web.Response(status=204)


class Quickstart:
    """One running quickstart and the organizer's browser in front of it."""

    def __init__(self, url: str, store: Path) -> None:
        self.url = url
        self.store = store
        self.browser = httpx.AsyncClient(base_url=url, trust_env=False)

    async def connect(self, provider: Provider) -> httpx.Response:
        away = await self.browser.get("/connect")
        assert away.status_code == 302
        return await self.browser.get("/callback", params=provider.approve(away.headers["Location"]))

    async def status(self) -> dict[str, Any]:
        return (await self.browser.get("/")).json()

    async def deliver(self, type: str, data: dict[str, Any], **changes: Any) -> httpx.Response:
        body = {"id": "evt_delivery_1", "type": type, "occurred_at": "2026-07-10T14:00:00Z", "event_id": EVENT}
        raw = json.dumps(body | {"organization_id": "org_1", "data": data}).encode()
        stamp = str(int(time.time()) - changes.get("age", 0))
        key = changes.get("secret", WEBHOOK_SECRET).encode()
        signature = "sha256=" + hmac.new(key, stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Revento-Event": type,
            "X-Revento-Delivery-Id": changes.get("id", str(uuid.uuid4())),
            "X-Revento-Timestamp": stamp,
            "X-Revento-Signature": signature,
        } | changes.get("headers", {})
        sent = {name: value for name, value in headers.items() if value is not None}
        return await self.browser.post("/webhooks/revento", content=raw + changes.get("tail", b""), headers=sent)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    runner = web.AppRunner(provider.routes())
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    provider.url = f"http://127.0.0.1:{port}"
    yield provider
    await runner.cleanup()


@pytest.fixture(params=["python", "node"])
async def quickstart(request: pytest.FixtureRequest, provider: Provider, tmp_path: Path) -> AsyncIterator[Quickstart]:
    folder = EXAMPLES / f"quickstart-{request.param}"
    command = [sys.executable, str(folder / "app.py")]
    if request.param == "node":
        command = [shutil.which("node") or pytest.fail("node is not installed"), str(folder / "app.mjs")]
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "REVENTO_BASE_URL": provider.url,
            "REVENTO_CLIENT_ID": "client",
            "REVENTO_CLIENT_SECRET": "secret",
            "REVENTO_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SANDBOX_EVENT_ID": EVENT,
        },
    )
    store = tmp_path / ("quickstart.db" if request.param == "python" else "quickstart.json")
    running = Quickstart(f"http://127.0.0.1:{port}", store)
    try:
        await answering(running.browser)
        yield running
    finally:
        await running.browser.aclose()
        process.terminate()
        await process.wait()


async def answering(browser: httpx.AsyncClient) -> None:
    """Return as soon as something answers; on a machine with nothing else to do a start takes well under a second."""
    async with asyncio.timeout(60):
        while True:
            try:
                await browser.get("/")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
