"""An integration that does everything right, and wrong in one way when told: every fault has a name."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from revento_sdk import pkce

MEDIA_TYPE = "application/vnd.revento.v1+json"


class Refused(Exception):
    """The connection is over."""


class Integration:
    """Reads one event, keeps deliveries, shows a page, signs people in."""

    def __init__(self, revento: str, port: int, secret: str, faults: set[str]) -> None:
        self.revento, self.secret, self.faults = revento, secret, faults
        self.home = f"http://127.0.0.1:{port}"
        self.sessions: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.received: dict[str, dict[str, Any]] = {}
        self.extra: list[dict[str, Any]] = []
        self.busy: set[str] = set()
        self.lock = asyncio.Lock()
        self.http: aiohttp.ClientSession

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self.status)
        app.router.add_get("/connect", self.connect)
        app.router.add_get("/callback", self.callback)
        app.router.add_get("/login", self.login)
        app.router.add_get("/page", self.page)
        app.router.add_post("/webhooks/revento", self.webhook)
        app.router.add_post("/read", self.read)
        return app

    def has(self, fault: str) -> bool:
        return fault in self.faults

    # Webhooks

    async def webhook(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if self.has("slow"):
            await asyncio.sleep(0.5)
        if not self.is_genuine(request, raw):
            return web.Response(status=500 if self.has("crashes_on_bad_signature") else 401)
        try:
            message = json.loads(raw.strip())
        except ValueError:
            return web.Response(status=400)
        return await self.take(request.headers.get("X-Revento-Delivery-Id", ""), message)

    def is_genuine(self, request: web.Request, raw: bytes) -> bool:
        stamp, given = request.headers.get("X-Revento-Timestamp", ""), request.headers.get("X-Revento-Signature", "")
        previous = request.headers.get("X-Revento-Signature-Previous", "")
        if self.has("no_verification"):
            return True
        if not given and self.has("unsigned_is_fine"):
            return True
        if not request.headers.get("X-Revento-Delivery-Id") and not self.has("no_delivery_id_needed"):
            return False
        if not given and not (self.has("previous_is_enough") and previous):
            return False
        if not self.is_recent(stamp):
            return False
        body = (
            json.dumps(json.loads(raw), separators=(",", ":"), ensure_ascii=False).encode()
            if self.has("parses_first")
            else raw
        )
        if self.has("only_ids_signed"):
            body = raw[:40]
        right = self.signatures(stamp, body, raw)
        offered = [given] if self.has("one_secret_only") else [given, previous]
        if self.has("prefix_compare"):
            return any(one.startswith(other) and len(other) > 20 for one in right for other in offered)
        return any(hmac.compare_digest(one.encode(), other.encode()) for one in right for other in offered)

    def is_recent(self, stamp: str) -> bool:
        if not stamp.isdecimal():
            return self.has("any_timestamp")
        age = time.time() - int(stamp)
        return (age <= 300 or self.has("no_age_limit")) and (age >= -300 or self.has("future_is_fine"))

    def signatures(self, stamp: str, body: bytes, raw: bytes) -> list[str]:
        key = self.secret.encode()
        right = ["sha256=" + hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()]
        if self.has("old_scheme_too"):
            right.append("sha256=" + hmac.new(key, raw, hashlib.sha256).hexdigest())
        if self.has("sha1_too"):
            right.append("sha1=" + hmac.new(key, stamp.encode() + b"." + raw, hashlib.sha1).hexdigest())
        return right

    async def take(self, id: str, message: dict[str, Any]) -> web.Response:
        if id in self.received and not self.has("no_dedupe"):
            return web.Response(status=409 if self.has("refuses_repeats") else 204)
        if id in self.busy and not self.has("racy_dedupe"):
            return web.Response(status=503)
        self.busy.add(id)
        await asyncio.sleep(0.02)
        known = ("application.", "participant.registered", "activity.", "data.", "integration.")
        if self.has("known_types_only") and not message["type"].startswith(known):
            return web.Response(status=422)
        if self.has("known_fields_only") and set(message) != {
            "id",
            "type",
            "occurred_at",
            "event_id",
            "organization_id",
            "data",
        }:
            return web.Response(status=422)
        if self.has("event_needed"):
            message["event_id"].lower()
        if self.has("in_order_only") and message["data"].get("signup_count") == 1:
            return web.Response(status=409)
        if id in self.received:
            self.extra.append(message)
        self.received[id] = message
        if message["type"] == "data.deletion_required":
            await self.forget(message["data"])
        self.busy.discard(id)
        return web.Response(status=204)

    async def forget(self, duty: dict[str, Any]) -> None:
        about = duty["participant_id"] or ""
        if not self.has("keeps_data"):
            for id, message in list(self.received.items()):
                if message["data"].get("participant_id") == about:
                    self.received[id] = {"type": "erased", "data": {}}
        if not self.has("never_confirms"):
            url = f"{self.revento}/api/v1/integration/deletions/{duty['deletion_id']}/confirm"
            headers = {"Authorization": "Basic " + base64.b64encode(b"client:secret").decode()}
            async with self.http.post(url, headers=headers) as answer:
                assert answer.status == 204

    async def status(self, _: web.Request) -> web.Response:
        return web.json_response([*self.received.values(), *self.extra])

    # Connecting

    async def connect(self, request: web.Request) -> web.Response:
        return self.away(request.query.get("event_id", ""), "event.read participants.read", "")

    async def login(self, request: web.Request) -> web.Response:
        back = request.query.get("return_to", "")
        if not back.startswith(self.revento) and not self.has("open_redirect"):
            return web.Response(status=400)
        scope = "event.read" if self.has("login_with_installation_scopes") else "profile.read event.attendance"
        return self.away(request.query.get("event_id", ""), scope, back)

    def away(self, event_id: str, scope: str, back: str) -> web.Response:
        state = "fixed-state-for-everybody" if self.has("fixed_state") else secrets.token_urlsafe(24)
        verifier, session = pkce.new_verifier(), secrets.token_urlsafe(12)
        self.sessions["all" if self.has("state_in_no_session") else session] = {
            "state": state,
            "verifier": verifier,
            "back": back,
        }
        self.sessions[state] = self.sessions["all"] if self.has("state_in_no_session") else {}
        query = {
            "response_type": "code",
            "client_id": "client",
            "redirect_uri": self.home + ("/callback/" if self.has("other_redirect_uri") else "/callback"),
            "scope": "event.everything" if self.has("unknown_scope") else scope,
            "state": state,
            "event_id": "evt_mine" if self.has("fixed_event") else event_id,
            "code_challenge": verifier if self.has("plain_challenge") else pkce.challenge(verifier),
            "code_challenge_method": "plain" if self.has("plain_challenge") else "S256",
        }
        if self.has("no_pkce"):
            del query["code_challenge"], query["code_challenge_method"]
        answer = web.Response(status=302, headers={"Location": f"{self.revento}/oauth/authorize?{urlencode(query)}"})
        answer.set_cookie("session", session)
        return answer

    async def callback(self, request: web.Request) -> web.Response:
        name = "all" if self.has("state_in_no_session") else request.cookies.get("session", "")
        flow = self.sessions.get(name, {})
        state = request.query.get("state", "")
        if self.has("no_state_check"):
            flow = flow or {"state": "", "verifier": "", "back": ""}
        elif not flow or not hmac.compare_digest(flow["state"], state):
            return web.Response(status=400)
        if not self.has("codes_twice"):
            self.sessions.pop(name, None)
        code = request.query["code"] if self.has("crashes_on_no") else request.query.get("code")
        if not code:
            return web.Response(status=400)
        form = {"code": code, "redirect_uri": f"{self.home}/callback", "code_verifier": flow["verifier"]}
        try:
            await self.grant("authorization_code", form)
            if self.has("trades_twice"):
                await self.grant("authorization_code", form)
        except Refused as error:
            return web.Response(status=502, text=str(error))
        return web.Response(status=303, headers={"Location": flow["back"] or "/"})

    async def grant(self, grant_type: str, form: dict[str, str]) -> None:
        if self.has("no_verifier_sent"):
            form.pop("code_verifier", None)
        body = {"grant_type": grant_type, "client_id": "client", "client_secret": "secret", **form}
        async with self.http.post(f"{self.revento}/oauth/token", data=body) as answer:
            got = await answer.json()
        if answer.status != 200:
            if not self.has("keeps_dead_tokens"):
                self.tokens = {}
            raise Refused(got["error"])
        if grant_type == "refresh_token" and self.has("drops_rotated_token"):
            got["refresh_token"] = form["refresh_token"]
        self.tokens = got

    # Reading

    async def read(self, _: web.Request) -> web.Response:
        try:
            status = await self.ask()
        except (Refused, KeyError, aiohttp.ClientError) as error:
            return web.Response(status=200 if self.has("hides_the_end") else 409, text=str(error))
        return web.Response(status=status)

    async def ask(self) -> int:
        for _ in range(30 if self.has("never_stops") else 4):
            token = self.tokens["access_token"]
            answer, error = await self.get(token)
            if answer.status == 200:
                return 204
            if (error == "token_expired" and not self.has("never_refreshes")) or (
                error == "token_revoked" and self.has("refreshes_revoked")
            ):
                await self.refresh(token)
            elif answer.status == 429:
                wait = float(answer.headers.get("Retry-After", "0.5"))
                await asyncio.sleep(0.01 if self.has("hammers") else wait)
            elif not self.has("never_stops"):
                raise Refused(error)
        return 503

    async def get(self, token: str) -> tuple[aiohttp.ClientResponse, str]:
        headers = {"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE, "X-Revento-Request-Id": "x" * 36}
        if self.has("no_version"):
            del headers["Accept"]
        query = {"access_token": token} if self.has("token_in_query") else None
        event = self.tokens["event_id"]
        async with self.http.get(f"{self.revento}/api/v1/events/{event}", headers=headers, params=query) as answer:
            return answer, (await answer.json()).get("error", "")

    async def refresh(self, refused: str) -> None:
        if self.has("racy_refresh"):
            await self.grant("refresh_token", {"refresh_token": self.tokens["refresh_token"]})
            return
        async with self.lock:
            if self.tokens["access_token"] == refused:
                await self.lasting_grant()

    async def lasting_grant(self) -> None:
        spent = self.tokens["refresh_token"]
        if self.has("forgets_before_refresh"):
            self.tokens["refresh_token"] = ""
        await self.grant("refresh_token", {"refresh_token": spent})

    # The page

    async def page(self, request: web.Request) -> web.Response:
        if not self.has("believes_any_token") and not await self.is_launched(request.query["launch_token"]):
            return web.Response(status=401)
        policy = {"frames_for_all": "frame-ancestors *", "frames_for_none": "frame-ancestors 'none'"}
        named = next((value for fault, value in policy.items() if self.has(fault)), f"frame-ancestors {self.revento}")
        answer = web.Response(text="A page", headers={"Content-Security-Policy": named})
        if self.has("frames_unsaid"):
            del answer.headers["Content-Security-Policy"]
        answer.set_cookie("person", "somebody")
        return answer

    async def is_launched(self, token: str) -> bool:
        async with self.http.get(f"{self.revento}/.well-known/jwks.json") as answer:
            keys = KeySet.import_key_set(await answer.json())
        try:
            jwt.JWTClaimsRegistry().validate(jwt.decode(token, keys, algorithms=["ES256"]).claims)
        except (JoseError, ValueError):
            return False
        return True
