"""The guide's samples run: against the vectors, against the conformance kit, and each pattern against a provider."""

import asyncio
import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from revento_sdk import MemoryTokenStore, Receiver, Revento
from revento_sdk.testing import SECRET, signed_delivery
from revento_sdk.tokens import from_answer

from tests.ports import free_port
from tests.sdk.conftest import EVENT, Provider, Server, handler_of

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "guide" / "samples"
MODULES = ROOT / "tests" / "sdk" / "typescript" / "node_modules"
DECIDED_NOW = [
    case
    for case in json.loads((ROOT / "contract" / "vectors" / "webhook_signatures.json").read_text())["cases"]
    if case["result"] in ("missing_header", "malformed_timestamp", "signature_mismatch", "accepted")
]


def loaded(name: str):
    """A sample as a module."""
    spec = importlib.util.spec_from_file_location(f"sample_{name}", SAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def resigned(case: dict) -> dict:
    """The vector moved to now: samples read the real clock. Only the time and the right signatures change."""
    old, now = case["headers"].get("X-Revento-Timestamp", ""), int(time.time())
    if not old.isdecimal() or len(old) > 11:
        return case
    age = max(-298, min(298, case["now"] - int(old)))  # time goes on while the test runs
    stamp, raw = str(now - age), base64.b64decode(case["body_base64"])
    headers = dict(case["headers"]) | {"X-Revento-Timestamp": stamp}
    from revento_sdk.webhooks import signature_of

    known = {signature_of(one, old, raw): signature_of(one, stamp, raw) for one in case["secrets"]}
    return case | {"headers": {name: known.get(value, value) for name, value in headers.items()}}


def expected(case: dict) -> bool:
    return case["result"] == "accepted"


def one_secret(cases):
    return [resigned(case) for case in cases if len(case["secrets"]) == 1]


def test_the_python_signature_sample_agrees_with_the_vectors():
    verify = loaded("verify")
    told = {
        case["name"]: verify.is_genuine(case["headers"], base64.b64decode(case["body_base64"]), case["secrets"][0])
        for case in one_secret(DECIDED_NOW)
    }
    assert told == {case["name"]: expected(case) for case in one_secret(DECIDED_NOW)}
    assert len(told) > 20


def test_the_node_signature_sample_agrees_with_the_vectors(tmp_path):
    cases = [
        {**case, "headers": {name.lower(): value for name, value in case["headers"].items()}}
        for case in one_secret(DECIDED_NOW)
    ]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    verify = SAMPLES / "verify.mjs"
    program = f"""
import {{ readFileSync }} from "node:fs";
import {{ isGenuine }} from "{verify}";
const cases = JSON.parse(readFileSync("cases.json"));
const check = (one) => isGenuine(one.headers, Buffer.from(one.body_base64, "base64"), one.secrets[0]);
const told = cases.map((one) => [one.name, check(one)]);
console.log(JSON.stringify(Object.fromEntries(told)));
"""
    (tmp_path / "run.mjs").write_text(program)
    ran = subprocess.run(["node", "run.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ran.stdout) == {case["name"]: expected(case) for case in cases}


def test_both_sdk_samples_pass_the_whole_conformance_kit(tmp_path):
    """Side by side, since much of a run is waiting on purpose."""
    assert MODULES.exists(), "run scripts/bootstrap node"
    (tmp_path / "node_modules").symlink_to(MODULES)
    running = {name: checked(f"{program} {name}", tmp_path) for program, name in PROGRAMS}
    for name, child in running.items():
        out, err = child.communicate(timeout=150)
        wrong = [one for one in json.loads(out)["checks"] if one["status"] != "pass"] if out else err
        assert (child.returncode, wrong) == (0, []), name


PROGRAMS = ((sys.executable, "app.py"), ("node", "app.mjs"))
PATHS = "--probe / --login /login --webview /page --provider-port 0 --strict --json"


def checked(start: str, folder: Path) -> subprocess.Popen[str]:
    """`revento check` on a sample that it starts."""
    shutil.copy(SAMPLES / start.rpartition(" ")[2], folder)
    revento = Path(sys.executable).with_name("revento")
    words = [revento, "check", f"http://127.0.0.1:{free_port()}", "--start", start, "--read", "POST /read"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "sdk" / "python" / "src")}
    return subprocess.Popen(
        [*words, *PATHS.split()], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


# Receiving, framework by framework


def statuses(post):
    """What a route says to a delivery, to the same again, and to one that was altered on its way."""
    headers, raw = signed_delivery("webhook.test", {"message": "hello"})
    return [post(headers, raw).status_code, post(headers, raw).status_code, post(headers, raw + b" ").status_code]


async def posted(transport, headers, raw):
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        return await client.post(ROUTE, headers=headers, content=raw)


def test_each_python_framework_receives_as_the_guide_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REVENTO_WEBHOOK_SECRET", SECRET)
    receiving = loaded("receiving")
    site = receiving.with_flask()
    with httpx.Client(transport=httpx.WSGITransport(site), base_url="http://site") as client:
        assert statuses(lambda headers, raw: client.post(ROUTE, headers=headers, content=raw)) == [200, 200, 401]
    other = httpx.ASGITransport(receiving.with_starlette())
    assert statuses(lambda headers, raw: asyncio.run(posted(other, headers, raw))) == [200, 200, 401]
    assert [str(one.pattern) for one in receiving.with_django()] == [ROUTE.lstrip("/")]
    assert capsys.readouterr().out == "webhook.test {'message': 'hello'}\n" * 2


ROUTE = "/webhooks/revento"
IN_NODE = """
import { createServer } from "node:http";
import { SECRET, signedDelivery } from "revento-sdk/testing";
process.env.REVENTO_WEBHOOK_SECRET = SECRET;
const url = (port) => `http://127.0.0.1:${port}/webhooks/revento`;
const served = async (app) => url(await new Promise((go) => void app.listen(0, () => go(app.address().port))));
const express = await served(createServer((await import("./with-express.mjs")).default));
const fastify = `${await (await import("./with-fastify.mjs")).default.listen({ port: 0 })}/webhooks/revento`;
const hono = (await import("./with-hono.mjs")).default;
const { POST } = await import("./with-next.mjs");
const ways = {
  express: (init) => fetch(express, init),
  fastify: (init) => fetch(fastify, init),
  hono: (init) => hono.request("/webhooks/revento", init),
  next: (init) => POST(new Request(url(1), init)),
};
for (const [name, post] of Object.entries(ways)) {
  const { headers, raw } = await signedDelivery("webhook.test", { message: name });
  const told = [];
  for (const body of [raw, raw, Buffer.concat([raw, Buffer.from(" ")])])
    told.push((await post({ method: "POST", headers, body })).status);
  console.log(name, told.join());
}
process.exit();
"""


def test_each_javascript_framework_receives_as_the_guide_says(tmp_path):
    for sample in SAMPLES.glob("*.mjs"):
        shutil.copy(sample, tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "run.mjs").write_text(IN_NODE)
    ran = subprocess.run(["node", "run.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    wanted = [
        line
        for name in ("express", "fastify", "hono", "next")
        for line in (f"webhook.test {{ message: '{name}' }}", f"{name} 200,200,401")
    ]
    assert ran.stdout.splitlines() == wanted, ran.stderr


# Tokens in a database


async def test_tokens_in_a_database_of_ones_own_are_refreshed_once(provider, database_url):
    provider.generation = 1
    store = loaded("token_store").PostgresTokenStore(database_url)
    store.put(EVENT, from_answer(provider.pair(), datetime.now(UTC).timestamp() - 4000))
    found = []

    def work():
        with Revento("client", "secret", base_url=provider.url, tokens=store) as revento:
            found.append(revento.access_token(EVENT))

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (set(found), provider.rotations) == ({"rev_install_2"}, 1)
    now = store.get(EVENT)
    assert not store.swap(EVENT, now.changed(), None)
    assert store.swap(EVENT, now, None)
    assert store.get(EVENT) is None
    store._db.close()


# Patterns


@pytest.fixture
def provider():
    made = Provider()
    server = Server(("127.0.0.1", 0), handler_of(made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.generation = 1
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def revento(provider):
    tokens = MemoryTokenStore()
    tokens.put(EVENT, from_answer(provider.pair(), datetime.now(UTC).timestamp()))
    with Revento("client", "secret", base_url=provider.url, tokens=tokens) as made:
        yield made


patterns = loaded("patterns")
BASE = f"/api/v1/events/{EVENT}"
ADA = {
    "id": "ptp_1",
    "display_name": "Ada",
    "role": "host",
    "application_status": "approved",
    "submitted_at": "2026-07-01T08:00:00Z",
}


def delivered(type, data):
    return Receiver(SECRET).receive(*signed_delivery(type, data, event_id=EVENT))


def test_badges_and_check_in(revento, provider):
    provider.documents[f"{BASE}/participants"] = [ADA]
    provider.documents[f"{BASE}/participants/ptp_1"] = ADA
    provider.documents[f"{BASE}/participants/ptp_2"] = ADA | {"id": "ptp_2", "application_status": "rejected"}
    assert patterns.badges(revento, EVENT) == [{"name": "Ada", "role": "host", "code": "ptp_1"}]
    assert patterns.check_in(revento, EVENT, "ptp_1") == "welcome"
    assert patterns.check_in(revento, EVENT, "ptp_2") == "not today: rejected"
    assert provider.asked[0].query["application_status"] == "approved"


def test_chat_announces_what_moves_people_and_nothing_else():
    activity = {
        "title": "Opening",
        "status": "scheduled",
        "starts_at": "2026-07-10T18:00:00Z",
        "changed_fields": ["starts_at"],
    }
    said = [
        patterns.announcement(delivered("activity.updated", activity)),
        patterns.announcement(delivered("activity.updated", activity | {"status": "cancelled"})),
        patterns.announcement(delivered("activity.updated", activity | {"changed_fields": ["description"]})),
        patterns.announcement(delivered("activity.capacity_state_changed", activity | {"capacity_state": "open"})),
        patterns.announcement(delivered("webhook.test", {"message": "hello"})),
    ]
    assert said == [
        "Opening now starts at 2026-07-10T18:00:00Z",
        "Cancelled: Opening",
        None,
        "There are places again: Opening",
        None,
    ]


def test_tickets_follow_the_place(revento, provider):
    tickets: dict[str, str] = {}
    patterns.ticket(delivered("participant.registered", {"id": "ptp_1"}), tickets)
    patterns.ticket(delivered("participant.registered", {"id": "ptp_2"}), tickets)
    patterns.ticket(delivered("application.rejected", {"id": "app_2", "participant_id": "ptp_2"}), tickets)
    assert tickets == {"ptp_1": "valid", "ptp_2": "void"}
    provider.documents[f"{BASE}/participants"] = [ADA]
    patterns.void_withdrawn(revento, EVENT, tickets)
    assert tickets["ptp_1"] == "void"
    assert provider.asked[0].query["application_status"] == "withdrawn"


def test_signage_shows_what_is_on_and_next(revento, provider):
    at = {"status": "scheduled", "location_id": "loc_1"}
    activities = [
        at | {"title": "Over", "starts_at": "2026-07-10T08:00:00Z", "ends_at": "2026-07-10T09:00:00Z"},
        at | {"title": "Now", "starts_at": "2026-07-10T09:30:00Z", "ends_at": "2026-07-10T10:30:00Z"},
        at
        | {
            "title": "Off",
            "starts_at": "2026-07-10T11:00:00Z",
            "ends_at": "2026-07-10T12:00:00Z",
            "status": "cancelled",
        },
    ]
    document = {
        "time_zone": "Europe/Berlin",
        "locations": [{"id": "loc_1", "name": "Hall"}],
        "days": [{"date": "2026-07-10", "activities": activities}],
    }
    provider.documents[f"{BASE}/program"] = document
    lines = patterns.now_and_next(revento, EVENT, datetime(2026, 7, 10, 10, tzinfo=UTC))
    assert lines == ["11:30 Now (Hall)"]


def test_an_export_writes_one_table_and_ends_the_connection(revento, provider, tmp_path):
    provider.documents[f"{BASE}/participants"] = [ADA, ADA | {"id": "ptp_2", "display_name": "Żaneta; DROP"}]
    assert patterns.export(revento, EVENT, tmp_path / "people.csv") == 2
    assert (tmp_path / "people.csv").read_text().splitlines()[
        2
    ] == "ptp_2,Żaneta; DROP,host,approved,2026-07-01T08:00:00Z"
    assert provider.paths("/oauth/revoke")[0].form["token"] == "rev_refresh_1"


def test_a_copy_is_loaded_and_kept(revento, provider, tmp_path):
    provider.documents = {f"{BASE}/{name}": [] for name in ("activities", "threads", "locations", "registration-waves")}
    provider.documents[BASE] = {"id": EVENT, "updated_at": "2026-07-10T14:00:00Z"}
    provider.documents[f"{BASE}/participants"] = [ADA | {"updated_at": "2026-07-10T14:00:00Z"}]
    mirror = patterns.keep_in_sync(revento, EVENT, tmp_path)
    changed = ADA | {"display_name": "Ada L.", "updated_at": "2026-07-10T15:00:00Z", "changed_fields": ["display_name"]}
    mirror.apply(delivered("participant.profile_updated", changed))
    assert mirror._store.get("participant", "ptp_1")["display_name"] == "Ada L."


def test_the_sample_of_a_test_is_a_test():
    assert patterns.a_test_of_yours().message["data"]["role"] == "host"
