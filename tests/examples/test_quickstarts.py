"""Both quickstarts, as processes, against an OAuth provider on loopback: every promise of their READMEs."""

import asyncio
import stat
import uuid
from pathlib import Path

import pytest
from aiohttp import web

EXAMPLES = Path(__file__).parents[2] / "examples"
APPROVED = {"id": "app_1", "participant_id": "ptp_1", "status": "approved", "approver_id": "usr_2"}


@pytest.mark.parametrize("name", ["quickstart-python/app.py", "quickstart-node/app.mjs"])
def test_a_quickstart_is_one_file_of_at_most_120_lines(name):
    lines = (EXAMPLES / name).read_text().splitlines()
    assert len(lines) <= 120
    assert max(map(len, lines)) <= 120


async def test_connecting_reads_the_event_and_every_page_of_participants(quickstart, provider):
    back = await quickstart.connect(provider)
    assert (back.status_code, back.headers["Location"]) == (303, "/")
    (event,) = (await quickstart.status())["events"]
    assert (event["title"], event["participants"]) == ("Larks & Lanterns", 120)
    page = {"limit": "50"}
    assert provider.reads == [{}, page, page | {"cursor": "p50/="}, page | {"cursor": "p100/="}]


async def test_callback_from_another_browser_is_refused(quickstart, provider):
    away = await quickstart.browser.get("/connect")
    query = provider.approve(away.headers["Location"])
    quickstart.browser.cookies.clear()
    assert (await quickstart.browser.get("/callback", params=query)).status_code == 400
    assert provider.generation == 0


async def test_callback_with_a_changed_or_used_state_is_refused(quickstart, provider):
    away = await quickstart.browser.get("/connect")
    query = provider.approve(away.headers["Location"])
    changed = await quickstart.browser.get("/callback", params=query | {"state": query["state"][::-1]})
    assert changed.status_code == 400
    assert provider.generation == 0
    away = await quickstart.browser.get("/connect")
    query = provider.approve(away.headers["Location"])
    assert (await quickstart.browser.get("/callback", params=query)).status_code == 303
    assert (await quickstart.browser.get("/callback", params=query)).status_code == 400
    assert provider.generation == 1


async def test_a_refused_consent_is_told(quickstart, provider):
    state = provider.approve((await quickstart.browser.get("/connect")).headers["Location"])["state"]
    answer = await quickstart.browser.get("/callback", params={"error": "access_denied", "state": state})
    assert (answer.status_code, answer.json()["error"]) == (400, "access_denied")


async def test_an_expired_token_is_refreshed_once_and_the_rotated_one_kept(quickstart, provider):
    await quickstart.connect(provider)
    for generation in (1, 2):
        provider.live_access = "another"
        assert (await quickstart.browser.post("/read")).status_code == 303
        assert provider.spent == [f"rev_refresh_{n}" for n in range(1, generation + 1)]


async def test_racing_reads_spend_a_refresh_token_once(quickstart, provider):
    await quickstart.connect(provider)
    provider.live_access = "another"
    answers = await asyncio.gather(*(quickstart.browser.post("/read") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [303] * 5
    assert provider.spent == ["rev_refresh_1"]


async def test_a_permanent_refusal_asks_to_connect_again(quickstart, provider):
    await quickstart.connect(provider)
    provider.refusals = [web.json_response({"error": "token_revoked", "message": "", "request_id": ""}, status=401)]
    answer = await quickstart.browser.post("/read")
    assert (answer.status_code, answer.json()) == (409, {"error": "token_revoked", "connect": "/connect"})
    provider.live_access, provider.generation = "another", 7
    for error in ("invalid_grant", "not connected"):
        answer = await quickstart.browser.post("/read")
        assert (answer.status_code, answer.json()["error"]) == (409, error)
    assert provider.spent == ["rev_refresh_1"]


async def test_retry_after_is_waited_for(quickstart, provider):
    await quickstart.connect(provider)
    busy = {"error": "rate_limit_exceeded", "message": "", "request_id": "", "window": "minute"}
    provider.refusals = [web.json_response(busy, status=429, headers={"Retry-After": "1"})]
    started = asyncio.get_running_loop().time()
    assert (await quickstart.browser.post("/read")).status_code == 303
    assert asyncio.get_running_loop().time() - started >= 1


async def test_a_signed_delivery_is_kept_once(quickstart):
    id = str(uuid.uuid4())
    for _ in range(2):
        assert (await quickstart.deliver("application.approved", APPROVED, id=id)).status_code == 204
    assert [one["data"] for one in (await quickstart.status())["received"]] == [APPROVED]


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"X-Revento-Signature": None}},
        {"headers": {"X-Revento-Timestamp": None}},
        {"headers": {"X-Revento-Delivery-Id": None}},
        {"headers": {"X-Revento-Timestamp": "soon"}},
        {"headers": {"X-Revento-Timestamp": "\u0661".encode()}},
        {"headers": {"X-Revento-Signature": "sha256="}},
        {"headers": {"X-Revento-Signature": "é".encode()}},
        {"secret": "whsec_another"},
        {"tail": b" "},
        {"age": 301},
        {"age": -302},
    ],
    ids=str,
)
async def test_what_revento_did_not_sign_just_now_is_refused(quickstart, change):
    assert (await quickstart.deliver("application.approved", APPROVED, **change)).status_code == 401
    assert (await quickstart.deliver("application.approved", APPROVED)).status_code == 204
    assert len((await quickstart.status())["received"]) == 1


async def test_the_previous_signature_counts_during_rotation(quickstart):
    first = await quickstart.deliver("webhook.test", {"message": "hello"})
    old = first.request.headers
    again = {name: old[name] for name in ("X-Revento-Timestamp", "X-Revento-Delivery-Id")}
    rotated = again | {"X-Revento-Signature": "sha256=" + "0" * 64}
    assert (await quickstart.deliver("webhook.test", {"message": "hello"}, headers=rotated)).status_code == 401
    rotated["X-Revento-Signature-Previous"] = old["X-Revento-Signature"]
    assert (await quickstart.deliver("webhook.test", {"message": "hello"}, headers=rotated)).status_code == 204


async def test_a_deletion_erases_and_is_confirmed(quickstart, provider):
    await quickstart.deliver("application.approved", APPROVED)
    await quickstart.deliver("application.approved", APPROVED | {"participant_id": "ptp_2"})
    duty = {"deletion_id": "del_1", "subject": "participant", "participant_id": "ptp_1", "user_id": "usr_1"}
    assert (await quickstart.deliver("data.deletion_required", duty)).status_code == 204
    kept = [one["data"]["participant_id"] for one in (await quickstart.status())["received"] if "id" in one["data"]]
    assert (kept, provider.confirmed) == (["ptp_2"], ["del_1"])
    whole = {"deletion_id": "del_2", "subject": "event", "participant_id": None, "user_id": None}
    await quickstart.deliver("data.deletion_required", whole)
    assert provider.confirmed == ["del_1", "del_2"]
    assert all(one["type"] == "data.deletion_required" for one in (await quickstart.status())["received"])


async def test_a_person_without_an_application_here_is_erased_alone(quickstart, provider):
    await quickstart.deliver("application.approved", APPROVED | {"user_id": "usr_1"})
    await quickstart.deliver("application.approved", APPROVED | {"user_id": "usr_2", "participant_id": "ptp_2"})
    duty = {"deletion_id": "del_1", "subject": "participant", "participant_id": None, "user_id": "usr_1"}
    assert (await quickstart.deliver("data.deletion_required", duty)).status_code == 204
    received = (await quickstart.status())["received"]
    assert [one["data"]["participant_id"] for one in received if "id" in one["data"]] == ["ptp_2"]


async def test_a_duty_that_nobody_knows_any_more_is_done_and_a_failed_receipt_is_tried_again(quickstart, provider):
    await quickstart.connect(provider)
    await quickstart.deliver("application.approved", APPROVED)
    duty = {"deletion_id": "del_1", "subject": "event", "participant_id": None, "user_id": None}
    id, provider.confirming = str(uuid.uuid4()), [503, 401, 404]
    answers = [await quickstart.deliver("data.deletion_required", duty, id=id) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [500, 500, 204, 204]
    shown = await quickstart.status()
    assert all(one["type"] == "data.deletion_required" for one in shown["received"])
    assert [(one.get("title"), one.get("participants")) for one in shown["events"]] == [(None, None)]


async def test_tokens_are_readable_for_their_owner_only(quickstart, provider):
    await quickstart.connect(provider)
    assert stat.S_IMODE(quickstart.store.stat().st_mode) == 0o600
