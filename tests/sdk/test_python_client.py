"""The Python SDK's reading side, blocking and asyncio, against a provider on loopback."""

import asyncio
import multiprocessing
import threading
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from revento_sdk import (
    AsyncRevento,
    AuthorizationFailed,
    ConsentRequired,
    Forbidden,
    MemoryTokenStore,
    NotConnected,
    NotFound,
    RateLimited,
    Revento,
    SqliteTokenStore,
    TokenRevoked,
    Unreachable,
    pkce,
)
from revento_sdk.tokens import from_answer

from .conftest import EVENT, Said, document_of

HOME = "https://app.example/callback"


@pytest.fixture
def store():
    return MemoryTokenStore()


@pytest.fixture
def revento(provider, store):
    with client(provider, store) as made:
        yield made


def client(provider, store, **options):
    http = httpx.Client(trust_env=False, timeout=5)
    return Revento("client", "secret", base_url=provider.url, tokens=store, http=http, **options)


def connected(provider, store, *, expires_in=3600):
    provider.generation = 1
    pair = provider.pair(expires_in=expires_in)
    store.put(EVENT, from_answer(pair, datetime.now(UTC).timestamp()))


def test_authorize_asks_for_exactly_what_is_needed(revento, provider):
    asked = revento.authorize(redirect_uri=HOME, scopes=["event.read"], event_id=EVENT)
    url = urlsplit(asked.url)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{provider.url}/oauth/authorize"
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": HOME,
        "scope": "event.read",
        "state": asked.state,
        "code_challenge_method": "S256",
        "event_id": EVENT,
    }


def test_finish_proves_itself_and_stores_before_it_returns(revento, provider, store):
    asked = revento.authorize(redirect_uri=HOME, event_id=EVENT)
    challenge = parse_qs(urlsplit(asked.url).query)["code_challenge"][0]
    came_back = f"{HOME}?code=c0de&state={asked.state}&iss={provider.url}"
    tokens = revento.finish(came_back, session_state=asked.state)
    form = provider.asked[0].form
    assert pkce.challenge(form.pop("code_verifier")) == challenge
    assert form == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "redirect_uri": HOME,
        "client_id": "client",
        "client_secret": "secret",
    }
    assert store.get(EVENT) == tokens
    assert "rev_" not in repr(tokens)


@pytest.mark.parametrize(
    ("change", "session", "code"),
    [
        ({"state": "another"}, True, "state_mismatch"),
        ({}, False, "state_mismatch"),
        ({"iss": "https://elsewhere.example"}, True, "issuer_mismatch"),
        ({"code": None, "error": "access_denied"}, True, "access_denied"),
    ],
)
def test_finish_refuses_what_this_browser_did_not_start(revento, provider, change, session, code):
    asked = revento.authorize(redirect_uri=HOME)
    query = {"code": "c0de", "state": asked.state, "iss": provider.url} | change
    query = {name: value for name, value in query.items() if value is not None}
    with pytest.raises(AuthorizationFailed) as refused:
        revento.finish(query, session_state=asked.state if session else None)
    assert refused.value.code == code
    assert provider.asked == []


def test_a_state_counts_once(revento):
    asked = revento.authorize(redirect_uri=HOME)
    revento.finish({"code": "c", "state": asked.state}, session_state=asked.state)
    with pytest.raises(AuthorizationFailed):
        revento.finish({"code": "c", "state": asked.state}, session_state=asked.state)


def test_a_code_is_never_shown_twice(revento, provider):
    provider.script["/oauth/token"] = [Said(lost=True)]
    asked = revento.authorize(redirect_uri=HOME)
    with pytest.raises(Unreachable):
        revento.finish({"code": "c", "state": asked.state}, session_state=asked.state)
    assert len(provider.asked) == 1


def test_a_list_is_read_to_its_end_page_by_page(revento, provider, store):
    connected(provider, store)
    path = f"/api/v1/events/{EVENT}/participants"
    provider.documents[path] = [{"id": f"ptp_{number}"} for number in range(120)]
    since = datetime(2026, 7, 10, 14, tzinfo=UTC)
    people = revento.event(EVENT).participants(role="host", updated_since=since)
    assert [one["id"] for one in people] == [f"ptp_{number}" for number in range(120)]
    filters = {"role": "host", "updated_since": "2026-07-10T14:00:00Z", "limit": "50"}
    assert [one.query for one in provider.asked] == [filters, filters | {"cursor": "50"}, filters | {"cursor": "100"}]
    first = provider.asked[0].headers
    assert first["accept"] == "application/vnd.revento.v1+json"
    assert uuid.UUID(first["x-revento-request-id"])
    assert first["authorization"] == "Bearer rev_install_1"


def test_without_tokens_nothing_is_sent(revento, provider):
    with pytest.raises(NotConnected):
        revento.event(EVENT).get()
    assert provider.asked == []


def test_a_token_near_its_end_is_refreshed_before_use(revento, provider, store):
    connected(provider, store, expires_in=20)
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    assert revento.event(EVENT).get() == {"id": EVENT}
    assert [one.path for one in provider.asked] == ["/oauth/token", f"/api/v1/events/{EVENT}"]
    assert store.get(EVENT).refresh_token == "rev_refresh_2"


def test_an_expired_token_is_refreshed_once_and_the_request_repeated(revento, provider, store):
    connected(provider, store)
    provider.expired = {"rev_install_1"}
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    assert revento.event(EVENT).get() == {"id": EVENT}
    assert provider.rotations == 1
    provider.script[f"/api/v1/events/{EVENT}"] = [provider.error("token_expired", 401)] * 2
    with pytest.raises(Exception, match="token_expired"):
        revento.event(EVENT).get()


def test_racing_threads_of_two_clients_rotate_once(provider, store, tmp_path):
    stores = [SqliteTokenStore(tmp_path / "tokens.db") for _ in range(2)]
    connected(provider, stores[0], expires_in=0)
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    clients, start, got = [client(provider, one) for one in stores], threading.Barrier(10), []

    def read(one):
        start.wait()
        got.append(one.event(EVENT).get()["id"])

    racers = [threading.Thread(target=read, args=(clients[number % 2],)) for number in range(10)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert (got, provider.rotations, len(provider.paths("/oauth/token"))) == ([EVENT] * 10, 1, 1)
    for one in clients:
        one.close()


def read_in_a_process(url, path, results):
    from revento_sdk import Revento, SqliteTokenStore

    http = httpx.Client(trust_env=False, timeout=5)
    with Revento("client", "secret", base_url=url, tokens=SqliteTokenStore(path), http=http) as one:
        results.put(one.event(EVENT).get()["id"])


def test_racing_processes_rotate_once(provider, tmp_path):
    connected(provider, SqliteTokenStore(tmp_path / "tokens.db"), expires_in=0)
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    spawn = multiprocessing.get_context("fork")
    results = spawn.Queue()
    racers = [
        spawn.Process(target=read_in_a_process, args=(provider.url, tmp_path / "tokens.db", results)) for _ in "123"
    ]
    for racer in racers:
        racer.start()
    assert [results.get(timeout=20) for _ in racers] == [EVENT] * 3
    for racer in racers:
        racer.join()
    assert (provider.rotations, len(provider.paths("/oauth/token"))) == (1, 1)


async def test_racing_tasks_rotate_once(provider, store):
    connected(provider, store, expires_in=0)
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    http = httpx.AsyncClient(trust_env=False)
    async with AsyncRevento("client", "secret", base_url=provider.url, tokens=store, http=http) as revento:
        got = await asyncio.gather(*(revento.event(EVENT).get() for _ in range(10)))
    assert [one["id"] for one in got] == [EVENT] * 10
    assert (provider.rotations, len(provider.paths("/oauth/token"))) == (1, 1)


def test_a_lost_refresh_answer_costs_nothing(revento, provider, store):
    connected(provider, store, expires_in=0)
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    provider.lost_refreshes = 1
    assert revento.event(EVENT).get() == {"id": EVENT}
    assert (provider.rotations, len(provider.paths("/oauth/token"))) == (1, 2)


def test_invalid_grant_is_permanent_and_forgotten(revento, provider, store):
    connected(provider, store, expires_in=0)
    provider.over = True
    for error in (ConsentRequired, NotConnected):
        with pytest.raises(error):
            revento.event(EVENT).get()
    assert (len(provider.asked), store.get(EVENT)) == (1, None)


def test_a_consent_given_meanwhile_survives_an_old_refusal(revento, provider, store):
    connected(provider, store, expires_in=0)
    fresh = from_answer(provider.pair(), datetime.now(UTC).timestamp())
    swap = store.swap
    store.swap = lambda key, old, new: store.put(EVENT, fresh) or False if new is None else swap(key, old, new)
    provider.script["/oauth/token"] = [provider.error("invalid_grant", 400)]
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    assert revento.event(EVENT).get() == {"id": EVENT}


def test_another_workers_refresh_is_waited_for(revento, provider, store):
    connected(provider, store, expires_in=0)
    mine = store.get(EVENT)
    leased = mine.changed(refreshing_until=datetime.now(UTC).timestamp() + 30)
    assert store.swap(EVENT, mine, leased)
    provider.documents[f"/api/v1/events/{EVENT}"] = {"id": EVENT}
    provider.generation = 2
    done = from_answer(provider.pair(), datetime.now(UTC).timestamp())
    timer = threading.Timer(0.3, store.swap, (EVENT, leased, done))
    timer.start()
    assert revento.event(EVENT).get() == {"id": EVENT}
    assert provider.paths("/oauth/token") == []
    timer.join()


def test_sqlite_store_seals_what_lies_in_the_file(provider, tmp_path):
    def turned(raw):
        return bytes(byte ^ 0x5A for byte in raw)

    sealed = SqliteTokenStore(tmp_path / "tokens.db", seal=turned, open=turned)
    connected(provider, sealed)
    assert sealed.get(EVENT).access_token == "rev_install_1"
    sealed.close()
    assert not any(b"rev_install" in file.read_bytes() for file in tmp_path.iterdir())
    assert (tmp_path / "tokens.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("token_revoked", 401, TokenRevoked),
        ("insufficient_scope", 403, Forbidden),
        ("event_not_authorized", 403, Forbidden),
        ("not_found", 404, NotFound),
    ],
)
def test_errors_are_typed_by_code_and_not_retried(revento, provider, store, code, status, error):
    connected(provider, store)
    provider.script[f"/api/v1/events/{EVENT}"] = [provider.error(code, status, reason="disconnected")]
    with pytest.raises(error) as raised:
        revento.event(EVENT).get()
    assert (raised.value.code, raised.value.status) == (code, status)
    assert raised.value.request_id == "0b0d6f0e-0000-4000-8000-000000000000"
    assert raised.value.extra == {"reason": "disconnected"}
    assert len(provider.asked) == 1


def test_what_passes_is_asked_again(revento, provider, store):
    connected(provider, store)
    path = f"/api/v1/events/{EVENT}"
    provider.documents[path] = {"id": EVENT}
    provider.script[path] = [
        provider.error("rate_limit_exceeded", 429, {"Retry-After": "0"}, window="minute"),
        Said(b"<h1>Bad gateway</h1>", 502),
        Said(lost=True),
    ]
    assert revento.event(EVENT).get() == {"id": EVENT}
    assert len(provider.asked) == 4
    assert len({one.headers["x-revento-request-id"] for one in provider.asked}) == 4


def test_a_wait_that_is_too_long_is_the_callers_decision(revento, provider, store):
    connected(provider, store)
    path = f"/api/v1/events/{EVENT}"
    provider.script[path] = [provider.error("rate_limit_exceeded", 429, {"Retry-After": "1800"}, window="hour")]
    with pytest.raises(RateLimited) as raised:
        revento.event(EVENT).get()
    assert (raised.value.retry_after, raised.value.window, len(provider.asked)) == (1800, "hour", 1)


def test_a_used_up_hour_is_not_asked_again(revento, provider, store):
    connected(provider, store)
    path, reset = f"/api/v1/events/{EVENT}", int(datetime.now(UTC).timestamp()) + 600
    told = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    provider.script[path] = [Said({"id": EVENT}, 200, told)]
    event = revento.event(EVENT)
    event.get()
    assert (event.budget.limit, event.budget.remaining, event.budget.reset_at) == (500, 0, reset)
    with pytest.raises(RateLimited) as raised:
        event.get()
    assert 590 < raised.value.retry_after <= 600
    assert len(provider.asked) == 1


def test_an_unreachable_server_is_told_after_the_last_try(provider, store):
    connected(provider, store)
    provider.script[f"/api/v1/events/{EVENT}"] = [Said(lost=True)] * 2
    with client(provider, store, retries=1) as revento, pytest.raises(Unreachable):
        revento.event(EVENT).get()
    assert len(provider.asked) == 2


def test_the_integrations_own_endpoints_use_its_credentials(revento, provider):
    provider.documents["/api/v1/integration/deliveries"] = {"data": [], "next_cursor": None, "has_more": False}
    assert revento.deliveries("here", wait=60) == {"data": [], "next_cursor": None, "has_more": False}
    revento.acknowledge(["a", "b"])
    revento.confirm_deletion("del_1")
    assert [(one.method, one.path) for one in provider.asked] == [
        ("GET", "/api/v1/integration/deliveries"),
        ("POST", "/api/v1/integration/deliveries/ack"),
        ("POST", "/api/v1/integration/deletions/del_1/confirm"),
    ]
    assert provider.asked[0].query == {"cursor": "here", "wait": "20", "limit": "100", "only": "all"}
    assert document_of(provider.asked[1]) == {"ids": ["a", "b"]}
    assert {one.headers["authorization"] for one in provider.asked} == {"Basic Y2xpZW50OnNlY3JldA=="}


def test_revoke_ends_the_family_and_forgets_it(revento, provider, store):
    connected(provider, store)
    revento.revoke(EVENT)
    assert provider.asked[0].form["token"] == "rev_refresh_1"
    assert store.get(EVENT) is None


async def test_the_asyncio_client_reads_every_list_alike(provider, store):
    connected(provider, store)
    for name in ("participants", "activities", "threads", "locations", "registration-waves"):
        provider.documents[f"/api/v1/events/{EVENT}/{name}"] = [{"id": f"{name}_{number}"} for number in range(60)]
    http = httpx.AsyncClient(trust_env=False)
    async with AsyncRevento("client", "secret", base_url=provider.url, tokens=store, http=http) as revento:
        event = revento.event(EVENT)
        lists = [event.participants(), event.activities(), event.threads(), event.locations()]
        for pages in (*lists, event.registration_waves()):
            assert len([one["id"] async for one in pages]) == 60
    assert len(provider.asked) == 10


async def test_a_cancelled_refresh_gives_its_lease_back(provider, store):
    connected(provider, store, expires_in=0)
    hold = asyncio.Event()

    class Held(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            hold.set()
            await asyncio.Event().wait()

    async with httpx.AsyncClient(transport=Held()) as http:
        revento = AsyncRevento("client", "secret", base_url=provider.url, tokens=store, http=http)
        reading = asyncio.create_task(revento.event(EVENT).get())
        await hold.wait()
        assert store.get(EVENT).refreshing_until > 0
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert store.get(EVENT).refreshing_until == 0
