"""Hostile requests to everything under `/oauth` and its documents: no 5xx, no open redirect, no reflected script.

`python -m tests.oauth.fuzz 20000` runs as many by hand; a small set runs with the other tests. Three of four cases are
of our own making, one is schemathesis', by the schema in `oauth_schema.json`.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from revento.kernel import migrations
from revento.kernel.embedded import Embedded
from revento.web.oauth.wire import KNOWN
from tests import conftest, visits
from tests.oauth import given as world
from tests.visits import CSRF, ORIGIN, Site

PROBE = '"><svg/onload=pwn()>'
FORM = "application/x-www-form-urlencoded"
PROGRAMS = ("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/report-leak")
DOCUMENTS = ("oauth-authorization-server", "oauth-protected-resource", "oauth-protected-resource/api/v1", "jwks.json")
ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "event_id", "code_challenge")
ASKED += ("code_challenge_method", "prompt", "request_uri", "resource")
SCHEMA = json.loads((Path(__file__).parent / "oauth_schema.json").read_text())


class Sent(msgspec.Struct, frozen=True):
    """One request. `who` looks: nobody, Ada or Cyd."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    who: str = ""


class Target(msgspec.Struct):
    """The application, what is valid in it, and whose cookies there are."""

    transport_app: Any
    con: world.Convention
    valid: dict[str, list[str]]
    cookies: dict[str, str]
    allowed: tuple[str, ...]
    loop: asyncio.AbstractEventLoop
    sent: int = 0
    statuses: Counter[str] = msgspec.field(default_factory=Counter)

    def ask(self, one: Sent) -> None:
        """Sends it and looks at the answer."""
        asyncio.run_coroutine_threadsafe(self._ask(one), self.loop).result(60)

    async def _ask(self, one: Sent) -> None:
        self.sent += 1
        host = f"10.{self.sent >> 16 & 255}.{self.sent >> 8 & 255}.{self.sent & 255}"  # each stranger anew
        transport = httpx.ASGITransport(self.transport_app, raise_app_exceptions=False, client=(host, 1))
        headers = [*one.headers, (b"host", b"127.0.0.1:8000"), (b"content-length", b"%d" % len(one.body))]
        if one.who:
            headers.append((b"cookie", f"revento_session={self.cookies[one.who]}".encode()))
        url = httpx.URL(ORIGIN, raw_path=one.path.encode() + (b"?" + one.query if one.query else b""))
        answer = await transport.handle_async_request(httpx.Request(one.method, url, headers=headers, content=one.body))
        text = (await answer.aread()).decode("utf-8", "replace")
        self.statuses[f"{one.method} {one.path} {answer.status_code}"] += 1
        self.check(one, answer, text)

    def check(self, one: Sent, answer: httpx.Response, text: str) -> None:
        """The three promises."""
        assert answer.status_code < 500, (one, answer.status_code, text[:500])
        where = answer.headers.get("location")
        if where is not None:
            at_home = where.startswith("/") and not where.startswith(("//", "/\\"))
            assert at_home or where.startswith(self.allowed), (one, where)
            assert not (set("\r\n\0") & set(where)), (one, where)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert PROBE not in text, one
            assert "pwn()>" not in text.replace("pwn()&gt;", ""), one
            assert "unsafe-inline" not in answer.headers["content-security-policy"], one
        else:
            assert "html" not in answer.headers.get("content-type", ""), (one, dict(answer.headers))


HOSTILE = (
    *(PROBE, "<script>pwn()</script>", "javascript:pwn()>", "%00", "\0", "\r\nSet-Cookie: a=b", "é" * 300),
    *("x" * 6000, "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "//evil.example", "https://evil.example/"),
    *("https://badges.example/callback/../x", "https://badges.example@evil.example/callback", "data:,x"),
    *("https://badges.example/callback#x", "https://BADGES.example/callback", "\ud800", "\u202e", "null"),
    *("S256", "plain", "code", "token", "code token", "event.read", "profile.read event.read", "none"),
)


def encoded(text: str, raw: bool) -> bytes:
    """A value as it goes into a query or form; sometimes with less quoting than it should have."""
    bare = text.encode("utf-8", "surrogatepass")
    kept = "".join(chr(one) for one in range(33, 127) if chr(one) not in "#&=+%") if raw else ""
    return quote_from_bytes(bare, safe=kept).encode()


def pairs(target: Target, names: tuple[str, ...], dice: Random, texts: list[str]) -> bytes:
    """A query or form: each name valid, missing, hostile or twice, in any order."""
    found: list[tuple[str, str, bool]] = []
    for name in names:
        valid = (name, dice.choice(target.valid.get(name, ["x"])), False)
        hostile = (name, dice.choice([*HOSTILE, *texts]), dice.random() < 0.5)
        found += dice.choices([[valid], [], [hostile], [valid, hostile]], [6, 1, 1, 1])[0]
    if dice.random() < 0.2:
        found.append((dice.choice(texts), dice.choice(texts), True))
    dice.shuffle(found)
    return b"&".join(encoded(name, raw) + b"=" + encoded(value, raw) for name, value, raw in found)


HEADERS = (
    *((b"authorization", b"Basic !!!"), (b"authorization", b"Bearer x"), (b"authorization", b"Basic " + b"A" * 9000)),
    *((b"origin", b"https://evil.example"), (b"x-forwarded-host", b"evil.example"), (b"accept", b"text/html")),
    *((b"hx-request", b"true"), (b"accept-language", b"\xff"), (b"cookie", b"revento_session=\xff\x00")),
    *((b"x-revento-request-id", PROBE.encode()), (b"range", b"bytes=0-1"), (b"expect", b"100-continue")),
)
FIELDS = ("consent", "csrf_token", "decision", "optional_scope", "scope", "redirect_uri")
KINDS = (FORM, FORM, FORM, FORM, "application/json", "multipart/form-data; boundary=x", "text/plain", "")
METHODS = (*["POST"] * 10, "GET", "PUT", "DELETE", "OPTIONS", "HEAD")


def made(target: Target, chance: int, texts: list[str], odd: bytes) -> Sent:
    """One request by a throw of the dice."""
    dice = Random(chance)
    headers = tuple(dice.sample(HEADERS, dice.choice((0, 0, 0, 1, 2))))
    who = dice.choice(("", "Ada", "Ada", "Cyd"))
    match dice.choices(("authorize", "decide", "program", "document"), [4, 2, 4, 1])[0]:
        case "authorize":
            return Sent("GET", "/oauth/authorize", pairs(target, ASKED, dice, texts), headers, who=who)
        case "decide":
            body, typed = pairs(target, FIELDS, dice, texts), ((b"content-type", FORM.encode()),)
            return Sent("POST", "/oauth/authorize", b"", (*typed, *headers), body, who)
        case "program":
            query = pairs(target, ("client_id", "token"), dice, texts) if dice.random() < 0.2 else b""
            body = odd if dice.random() < 0.1 else pairs(target, tuple(sorted(KNOWN)), dice, texts)
            typed = ((b"content-type", dice.choice(KINDS).encode()),)
            return Sent(dice.choice(METHODS), dice.choice(PROGRAMS), query, (*typed, *headers), body)
        case _:
            return Sent("GET", f"/.well-known/{dice.choice(DOCUMENTS)}", headers=headers)


def requests(target: Target) -> st.SearchStrategy[Sent]:
    """Any of them. Most is left to one throw of the dice: drawing each part by itself takes ten times as long."""
    texts = st.lists(st.text(max_size=40), min_size=2, max_size=2)
    return st.builds(made, st.just(target), st.integers(0, 2**63), texts, st.binary(max_size=60))


def by_schema() -> st.SearchStrategy[Sent]:
    """What schemathesis makes of the schema: right and wrong types, unknown fields, odd bytes."""
    schema = schemathesis.openapi.from_dict(SCHEMA)
    operations = [result.ok() for result in schema.get_all_operations()]

    def sent(case: Any) -> Sent:
        prepared = case.as_transport_kwargs(base_url=ORIGIN)
        made = httpx.Request(
            prepared["method"],
            f"{ORIGIN}{case.formatted_path}",
            params={name: str(value) for name, value in (prepared.get("params") or {}).items()},
        )
        body = prepared.get("data") or b""
        raw = httpx.Request("POST", ORIGIN, data=body).content if isinstance(body, dict) else str(body).encode()
        return Sent(made.method, made.url.path, made.url.query, ((b"content-type", FORM.encode()),), raw, "Ada")

    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    return st.one_of(*(operation.as_strategy(generation_mode=mode) for operation in operations for mode in modes)).map(
        sent
    )


async def target_of(site: Site) -> Target:
    """A convention with a live token, a live code, an open consent page and everybody's cookies."""
    con = await world.convention(site.db, site.clock, site.app.state["services"].box)
    http = (await site.anybody()).client
    ada, cyd = (await site.as_user(con.people["Ada"])).client, (await site.as_user(con.people["Cyd"])).client
    badges = world.Speaker(http, con.badges, con.event_id)
    tokens = await badges.tokens(ada)
    code, made = await badges.code(ada)
    page = await badges.authorize(ada)
    valid = {name: [str(value)] for name, value in badges.query(made.challenge).items()}
    valid["scope"] += ["profile.read", "event.read participants.read program.read"]
    valid |= {
        "grant_type": ["refresh_token", "authorization_code"],
        "code": [code],
        "code_verifier": [made.verifier],
        "client_secret": [con.badges.client_secret],
        "refresh_token": [tokens["refresh_token"]],
        "token": [tokens["access_token"], tokens["refresh_token"], "x"],
        "token_type_hint": ["access_token"],
        "consent": [world.fields_of(page)["consent"]],
        "csrf_token": CSRF.findall(page.text)[:1],
        "decision": ["approve", "deny"],
        "optional_scope": ["program.read"],
    }
    cookies = {"Ada": ada.cookies["revento_session"], "Cyd": cyd.cookies["revento_session"]}
    allowed = tuple(f"{uri}{mark}" for uri in (world.REDIRECT, world.LOCAL) for mark in "?&")
    allowed += (f"{world.WITH_QUERY}&",)
    return Target(site.app, con, valid, cookies, allowed, asyncio.get_running_loop())


def attack(target: Target, examples: int, chosen: int) -> None:
    """So many requests of both kinds; raises with the smallest one that breaks a promise."""
    for strategy, share in ((requests(target), 3), (by_schema(), 1)):
        seed(chosen)(
            settings(
                max_examples=max(examples * share // 4, 1),
                deadline=None,
                database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            )(given(strategy)(target.ask))
        )()


async def main(examples: int, chosen: int) -> None:
    """By hand."""
    with tempfile.TemporaryDirectory(prefix="revento-fuzz-") as folder:
        postgres = Embedded.start(Path(folder) / "pg", settings=conftest.NOT_DURABLE)
        try:
            migrations.upgrade(postgres.url)
            clock = conftest.MovableClock(datetime.now(UTC).replace(microsecond=0))
            async with visits.opened(postgres.url, clock, Path(folder)) as site:
                target = await target_of(site)
                await asyncio.to_thread(attack, target, examples, chosen)
        finally:
            postgres.stop()
    sys.stdout.write(f"{target.sent} requests, seed {chosen}: no 5xx, no open redirect, no reflected script\n")
    for name, count in sorted(target.statuses.items()):
        sys.stdout.write(f"{count:7} {name}\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
