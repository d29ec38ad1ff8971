"""A sandbox convention with two integrations, and a client that speaks OAuth to the application over HTTP."""

import base64
import html
import re
import secrets as random
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import httpx
import msgspec

from revento.contract import scopes
from revento.contract.manifest import Manifest
from revento.events.applications import actions as applications
from revento.events.events import actions as events
from revento.events.waves import actions as waves
from revento.identity import permissions, proofs
from revento.identity.organizations import actions as organizations
from revento.identity.organizations import queries as organization_queries
from revento.identity.permissions import Role
from revento.identity.users import queries as users
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.catalogue.models import Registered
from revento.integrations.manifests import actions as manifests
from revento.kernel import ids
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from revento.kernel.ids import EventId, OrganizationId, UserId
from revento.kernel.secrets import Box
from revento.oauth import pkce

REDIRECT = "https://badges.example/callback"
LOCAL = "http://localhost:3000/callback"
WITH_QUERY = "https://badges.example/callback?tenant=7"
INSTALLATION = "event.read participants.read"
USER = "profile.read"
ISSUER = "http://127.0.0.1:8000"


def document(name: str, *redirects: str) -> dict[str, Any]:
    """A manifest that declares every scope."""
    site = f"https://{name.split()[0].lower()}.example"
    return {
        "name": name,
        "description": f"{name} does one thing well.",
        "kind": "public",
        "publisher": {
            "display_name": f"{name} Works",
            "website_url": site,
            "support_email": "help@badges.example",
            "privacy_url": f"{site}/privacy",
            "terms_url": f"{site}/terms",
        },
        "connect_url": f"{site}/connect",
        "login_url": f"{site}/login",
        "redirect_uris": list(redirects),
        "scopes": {
            "required": ["event.read", "participants.read", "profile.read"],
            "optional": ["program.read", "event.attendance"],
            "purposes": {scope.name: f"To make use of: {scope.title}" for scope in scopes.ALL},
        },
    }


class Convention(msgspec.Struct):
    """Ada organizes, Bo reviews, Cyd has applied, Mallory belongs nowhere; Eve has a convention of her own."""

    people: dict[str, UserId]
    organization_id: OrganizationId
    event_id: EventId
    other_event_id: EventId
    badges: Registered
    rival: Registered


async def convention(db: Database, clock: Clock, box: Box) -> Convention:
    """Builds it by the product's own actions."""
    now = clock.now()
    async with db.tx() as tx:
        people = {name: await _person(tx, name, clock) for name in ("Ada", "Bo", "Cyd", "Mallory", "Eve", "Ivo")}
        organization_id, event_id = await _event(tx, people["Ada"], "Lumen Days", clock)
        _, other = await _event(tx, people["Eve"], "Other Days", clock)
        await organization_queries.put_member(tx, organization_id, people["Bo"], Role.REVIEWER, now=now)
        organizer = await proofs.as_organizer(tx, people["Ada"], event_id)
        began, ends = now - timedelta(days=1), now + timedelta(days=30)
        await waves.put_wave(
            tx,
            organizer,
            id=None,
            title="Everybody",
            role="participant",
            opens_at=began,
            closes_at=ends,
            capacity=None,
            now=now,
        )
        request = applications.Request("participant", "Cyd Seaborn", {})
        await applications.apply(tx, people["Cyd"], event_id, request, now=now)
        badges = await register(tx, people["Ivo"], document("Badges", REDIRECT, LOCAL, WITH_QUERY), box, clock)
        rival = await register(tx, people["Ivo"], document("Rival", "https://rival.example/cb"), box, clock)
    return Convention(people, organization_id, event_id, other, badges, rival)


async def register(tx: Tx, owner: UserId, raw: dict[str, Any], box: Box, clock: Clock) -> Registered:
    """A sandbox client for that manifest."""
    read: Manifest = manifests.read(raw, environment="sandbox")
    return await catalogue.register(
        tx, owner, read, environment="sandbox", organization_id=None, box=box, now=clock.now()
    )


async def _person(tx: Tx, name: str, clock: Clock) -> UserId:
    id = UserId(ids.new("usr"))
    await users.insert(
        tx,
        id,
        email=f"{name.lower()}@example.test",
        name=f"{name} Example",
        password_hash=None,
        email_verified_at=clock.now(),
        locale="en",
        is_operator=False,
        is_sandbox=True,
        now=clock.now(),
    )
    return id


async def _event(tx: Tx, owner: UserId, title: str, clock: Clock) -> tuple[OrganizationId, EventId]:
    organization_id, now = OrganizationId(ids.new("org")), clock.now()
    await organizations.open_sandbox(tx, owner, organization_id, f"{title} Guild", now=now)
    member = await proofs.as_organization_member(tx, owner, organization_id, permissions.Permission.EVENT_EDIT)
    facts = events.EventFacts(
        title=title,
        description="",
        starts_at=now + timedelta(days=20),
        ends_at=now + timedelta(days=22),
        time_zone="Europe/Berlin",
    )
    event_id = await events.create(tx, member, facts, now=now)
    await events.publish(tx, await proofs.as_organizer(tx, owner, event_id), now=now)
    return organization_id, event_id


class Verifier(msgspec.Struct):
    """One PKCE pair."""

    verifier: str
    challenge: str


def proof() -> Verifier:
    """A fresh one."""
    verifier = random.token_urlsafe(48)
    return Verifier(verifier, pkce.challenge_of(verifier))


def basic(client_id: str, secret: str) -> dict[str, str]:
    """An Authorization header."""
    text = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters of an authorization response; each once."""
    assert response.status_code in (302, 303), (response.status_code, response.text[:500])
    found = parse_qs(urlsplit(response.headers["location"]).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values()), found
    return {name: values[0] for name, values in found.items()}


def is_shown(response: httpx.Response) -> bool:
    """Whether a page says no, and nobody is sent anywhere."""
    return (
        400 <= response.status_code < 500
        and "location" not in response.headers
        and response.headers["content-type"].startswith("text/html")
    )


def is_consent(response: httpx.Response) -> bool:
    """Whether this is the page that asks."""
    return response.status_code == 200 and 'name="consent"' in response.text


def fields_of(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    form = re.search(r'<form[^>]*action="/oauth/authorize".*?</form>', page.text, re.DOTALL)
    assert form is not None, page.text[:2000]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: html.unescape(value) for name, value in found}


class Speaker:
    """An integration, and the browsers that it sends to us. `http` speaks for the integration itself."""

    def __init__(self, http: httpx.AsyncClient, registered: Registered, event_id: EventId) -> None:
        self.http, self.registered, self.event_id = http, registered, event_id

    def query(self, challenge: str, **changed: Any) -> dict[str, Any]:
        """The parameters of an authorization request; `None` leaves one out."""
        asked: dict[str, Any] = {
            "response_type": "code",
            "client_id": self.registered.client_id,
            "redirect_uri": REDIRECT,
            "scope": INSTALLATION,
            "state": "s-1",
            "event_id": self.event_id,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | changed
        return {name: value for name, value in asked.items() if value is not None}

    async def authorize(self, browser: httpx.AsyncClient, challenge: str = "", **changed: Any) -> httpx.Response:
        """The browser is sent to `/oauth/authorize`."""
        asked = self.query(challenge or proof().challenge, **changed)
        return await browser.get("/oauth/authorize?" + urlencode(asked, doseq=True))

    async def decide(
        self, browser: httpx.AsyncClient, page: httpx.Response, decision: str = "approve", *ticked: str, **more: Any
    ) -> httpx.Response:
        """The person presses a button of the consent page."""
        fields: dict[str, Any] = {**fields_of(page), "optional_scope": list(ticked), "decision": decision, **more}
        return await browser.post("/oauth/authorize", data=fields)

    async def code(self, browser: httpx.AsyncClient, *ticked: str, **changed: Any) -> tuple[str, Verifier]:
        """A code, after a yes."""
        made = proof()
        page = await self.authorize(browser, made.challenge, **changed)
        assert is_consent(page), (page.status_code, page.headers.get("location"), page.text[:3000])
        return answer_of(await self.decide(browser, page, "approve", *ticked))["code"], made

    async def redeem(self, code: str, made: Verifier, **changed: Any) -> httpx.Response:
        """The code is traded."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": made.verifier,
        } | changed
        return await self.token(**fields)

    async def refresh(self, refresh_token: str, **changed: Any) -> httpx.Response:
        """The refresh token is traded."""
        return await self.token(**{"grant_type": "refresh_token", "refresh_token": refresh_token} | changed)

    async def token(self, *, path: str = "/oauth/token", **fields: Any) -> httpx.Response:
        """A call with the secret in the body; `None` leaves a field out."""
        own = {"client_id": self.registered.client_id, "client_secret": self.registered.client_secret}
        sent = {name: value for name, value in (own | fields).items() if value is not None}
        return await self.http.post(path, data=sent)

    async def tokens(self, browser: httpx.AsyncClient, *ticked: str, **changed: Any) -> dict[str, Any]:
        """A token pair, by the whole way."""
        code, made = await self.code(browser, *ticked, **changed)
        redirect = {"redirect_uri": changed["redirect_uri"]} if "redirect_uri" in changed else {}
        traded = await self.redeem(code, made, **redirect)
        assert traded.status_code == 200, traded.text
        return traded.json()

    async def is_live(self, token: str) -> bool:
        """What introspection says."""
        told = await self.token(path="/oauth/introspect", token=token)
        assert told.status_code == 200, told.text
        return told.json()["active"]
