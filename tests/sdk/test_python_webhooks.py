"""The Python SDK's receiving side: vectors, dedupe, test helper, and the real frameworks."""

import base64
import json
import threading
from pathlib import Path

import flask
import httpx
import pytest
from revento_sdk import Busy, MemoryDeliveryLog, NotGenuine, Receiver, SqliteDeliveryLog, once
from revento_sdk import pkce as sdk_pkce
from revento_sdk.adapters import flask as for_flask
from revento_sdk.adapters import starlette as for_starlette
from revento_sdk.credentials import is_well_formed
from revento_sdk.testing import SECRET, signed_delivery
from starlette.applications import Starlette

VECTORS = Path(__file__).parents[2] / "contract" / "vectors"


def vectors(name):
    return json.loads((VECTORS / name).read_text())


def outcome(check, case):
    try:
        check(case["headers"], base64.b64decode(case["body_base64"]))
    except NotGenuine as error:
        return error.why
    return "accepted"


@pytest.mark.parametrize("case", vectors("webhook_signatures.json")["cases"], ids=lambda case: case["name"])
def test_signature_vectors(case):
    receiver = Receiver(case["secrets"], clock=lambda: case["now"])
    assert outcome(receiver.verify, case) == case["result"]


@pytest.mark.parametrize("case", vectors("standard_webhooks.json")["cases"], ids=lambda case: case["name"])
def test_standard_webhooks_vectors(case):
    receiver = Receiver(case["secrets"], clock=lambda: case["now"])
    assert outcome(receiver.verify_standard, case) == case["result"]


def test_pkce_vectors():
    file = vectors("pkce.json")
    assert [sdk_pkce.challenge(pair["verifier"]) for pair in file["pairs"]] == [p["challenge"] for p in file["pairs"]]
    assert all(sdk_pkce.is_verifier(pair["verifier"]) for pair in file["pairs"])
    assert not any(sdk_pkce.is_verifier(text) for text in file["not_verifiers"])
    assert sdk_pkce.is_verifier(sdk_pkce.new_verifier())


@pytest.mark.parametrize("case", vectors("tokens.json")["cases"], ids=lambda case: case["name"])
def test_token_vectors(case):
    assert is_well_formed(case["value"], case["prefix"]) is case["well_formed"]


def test_an_empty_secret_is_refused_at_once():
    for nothing in ("", [], ["whsec_x", ""]):
        with pytest.raises(ValueError, match="secret"):
            Receiver(nothing)


def test_a_delivery_says_all_that_its_headers_do():
    headers, raw = signed_delivery("webhook.test", {"message": "hello"}, sequence=7, attempt=3)
    got = Receiver(SECRET).receive(headers | {"X-Revento-Replay": "true"}, raw)
    assert (got.id, got.sequence, got.attempt, got.replay) == (headers["X-Revento-Delivery-Id"], 7, 3, True)
    assert got.message["type"] == "webhook.test"
    assert got.message["data"] == {"message": "hello"}
    Receiver(SECRET).verify_standard(headers, raw)


@pytest.fixture(params=["memory", "sqlite"])
def log(request, tmp_path):
    return MemoryDeliveryLog() if request.param == "memory" else SqliteDeliveryLog(tmp_path / "log.db")


def test_once_lets_one_of_many_in(log):
    delivery = Receiver(SECRET).receive(*signed_delivery("webhook.test", {"message": "hello"}))
    start, claims = threading.Barrier(8), []

    def race():
        start.wait()
        claims.append(log.begin(delivery.id))

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(claims) == ["busy"] * 7 + ["first"]
    with pytest.raises(Busy), once(log, delivery):
        pass
    log.finish(delivery.id)
    with once(log, delivery) as first:
        assert first is False


def test_a_failure_lets_the_next_attempt_in(log):
    delivery = Receiver(SECRET).receive(*signed_delivery("webhook.test", {"message": "hello"}))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), once(log, delivery) as first:
            assert first
            raise ZeroDivisionError
    with once(log, delivery) as first:
        assert first


def test_a_claim_of_a_process_that_died_ends_after_a_minute(tmp_path):
    now = [1000.0]
    log = SqliteDeliveryLog(tmp_path / "log.db", clock=lambda: now[0])
    assert log.begin("a") == "first"
    now[0] += 59
    assert log.begin("a") == "busy"
    now[0] += 2
    assert log.begin("a") == "first"
    log.finish("a")
    now[0] += 3600
    assert log.begin("a") == "done"


class FlaskSite:
    def __init__(self, receiver, log, seen):
        app = flask.Flask("site")
        app.post("/webhooks/revento")(for_flask.webhook_view(receiver, log, seen))
        self.transport = httpx.WSGITransport(app, raise_app_exceptions=False)

    async def post(self, headers, raw):
        with httpx.Client(transport=self.transport, base_url="http://site") as client:
            return client.post("/webhooks/revento", headers=headers, content=raw)


class DjangoSite:
    def __init__(self, receiver, log, seen):
        import types

        import django
        from django.conf import settings

        if not settings.configured:
            settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], SECRET_KEY="test", LOGGING_CONFIG=None)
            django.setup()
        from django.core.wsgi import get_wsgi_application
        from django.test.utils import override_settings
        from django.urls import path
        from revento_sdk.adapters import django as for_django

        urls = types.ModuleType("urls")
        urls.urlpatterns = [path("webhooks/revento", for_django.webhook_view(receiver, log, seen))]
        self.urls, self.override = urls, override_settings
        middleware = ["django.middleware.csrf.CsrfViewMiddleware"]
        with override_settings(ROOT_URLCONF=urls, MIDDLEWARE=middleware):
            self.transport = httpx.WSGITransport(get_wsgi_application(), raise_app_exceptions=False)

    async def post(self, headers, raw):
        with (
            self.override(ROOT_URLCONF=self.urls),
            httpx.Client(transport=self.transport, base_url="http://site") as client,
        ):
            return client.post("/webhooks/revento", headers=headers, content=raw)


class StarletteSite:
    def __init__(self, receiver, log, seen):
        app = Starlette()
        app.add_route("/webhooks/revento", for_starlette.webhook_route(receiver, log, seen), methods=["POST"])
        self.transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def post(self, headers, raw):
        async with httpx.AsyncClient(transport=self.transport, base_url="http://site") as client:
            return await client.post("/webhooks/revento", headers=headers, content=raw)


class AwaitingSite(StarletteSite):
    def __init__(self, receiver, log, seen):
        async def handler(delivery):
            seen(delivery)

        super().__init__(receiver, log, handler)


@pytest.mark.parametrize("site", [FlaskSite, DjangoSite, StarletteSite, AwaitingSite])
async def test_every_framework_verifies_the_raw_body_and_processes_once(site):
    seen, fails = [], [True]

    def handler(delivery):
        if fails:
            raise RuntimeError(fails.pop())
        seen.append(delivery)

    running = site(Receiver(SECRET), MemoryDeliveryLog(), handler)
    headers, raw = signed_delivery("participant.registered", {"display_name": "Żaneta"})
    answers = [await running.post(headers, raw) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 200, 200]
    assert [one.raw for one in seen] == [raw]
    assert (await running.post(headers, raw + b" ")).status_code == 401
    assert (await running.post({}, b"{}")).status_code == 401
    headers, raw = signed_delivery("webhook.test", {"message": "x" * (1 << 20)})
    assert (await running.post(headers, raw)).status_code == 413
    assert len(seen) == 1


def test_a_handler_that_would_never_be_awaited_is_refused_when_the_site_starts():
    async def handler(delivery): ...

    for site in (FlaskSite, DjangoSite):
        with pytest.raises(TypeError, match="plain function"):
            site(Receiver(SECRET), MemoryDeliveryLog(), handler)
