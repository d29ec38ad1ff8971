"""The copy stays right whatever order deliveries come in, and whatever gets lost."""

import base64
import random
from datetime import UTC, datetime

import httpx
import pytest
from revento_sdk import Forbidden, MemoryTokenStore, Receiver, Revento
from revento_sdk.mirror import Mirror, SqliteMirrorStore
from revento_sdk.testing import SECRET, signed_delivery
from revento_sdk.tokens import from_answer

from .conftest import EVENT

BASE = f"/api/v1/events/{EVENT}"


def at(minute):
    return f"2026-07-10T14:{minute:02}:00Z"


@pytest.fixture
def tokens(provider):
    provider.generation = 1
    made = MemoryTokenStore()
    made.put(EVENT, from_answer(provider.pair(), datetime.now(UTC).timestamp()))
    return made


@pytest.fixture
def store(tmp_path):
    return SqliteMirrorStore(tmp_path / "mirror.db")


@pytest.fixture
def mirror(provider, tokens, store):
    provider.documents = {f"{BASE}/{name}": [] for name in ("threads", "locations", "registration-waves")}
    provider.documents[BASE] = {"id": EVENT, "title": "Larks", "updated_at": at(0)}
    provider.documents[f"{BASE}/participants"] = [{"id": f"ptp_{n}", "updated_at": at(0)} for n in range(3)]
    provider.documents[f"{BASE}/activities"] = [{"id": f"act_{n}", "v": 0, "updated_at": at(0)} for n in range(70)]
    http = httpx.Client(trust_env=False)
    with Revento("client", "secret", base_url=provider.url, tokens=tokens, http=http) as revento:
        yield Mirror(revento, EVENT, store)


def delivered(type, data, sequence, **more):
    headers, raw = signed_delivery(type, data, event_id=EVENT, sequence=sequence, **more)
    return Receiver(SECRET).receive(headers, raw)


def activity(v, sequence, id="act_1"):
    return delivered("activity.updated", {"id": id, "v": v, "updated_at": at(v), "changed_fields": ["v"]}, sequence)


def test_a_load_takes_everything_and_drops_what_is_gone(mirror, provider, store):
    mirror.load()
    assert (len(store.ids("activity")), len(store.ids("participant"))) == (70, 3)
    provider.documents[f"{BASE}/participants"].pop()
    mirror.load()
    assert store.ids("participant") == ["ptp_0", "ptp_1"]


def test_what_the_token_has_no_scope_for_is_left_out(mirror, provider, store):
    provider.script[BASE] = [provider.error("insufficient_scope", 403, required_scope="event.read")]
    mirror.load()
    assert (store.get("event", EVENT), len(store.ids("participant"))) == (None, 3)
    provider.script[f"{BASE}/participants"] = [provider.error("event_not_authorized", 403)]
    with pytest.raises(Forbidden):
        mirror.load()


@pytest.mark.parametrize("seed", range(5))
def test_deliveries_in_any_order_with_repeats_end_in_the_newest_state(mirror, store, seed):
    mirror.load()
    deliveries = [activity(v, v) for v in range(1, 11)] * 2
    random.Random(seed).shuffle(deliveries)
    for one in deliveries:
        mirror.apply(one)
    assert store.get("activity", "act_1") == {"id": "act_1", "v": 10, "updated_at": at(10)}
    assert mirror.missing() == []


def test_a_gap_is_repaired_from_the_pull_feed(mirror, provider, store):
    mirror.apply(activity(1, 1))
    lost = [
        signed_delivery("activity.updated", activity(v, v, "act_2").message["data"], event_id=EVENT, sequence=v)
        for v in (2, 3)
    ]
    mirror.apply(activity(4, 4))
    assert mirror.missing() == [2, 3]
    pulled = [
        {"id": h["X-Revento-Delivery-Id"], "headers": h, "body": base64.b64encode(raw).decode()} for h, raw in lost
    ]
    provider.documents["/api/v1/integration/deliveries"] = {"data": pulled, "next_cursor": None, "has_more": False}
    assert mirror.repair() == 2
    assert (mirror.missing(), store.get("activity", "act_2")["v"]) == ([], 3)
    asked = len(provider.asked)
    assert (mirror.repair(), len(provider.asked)) == (0, asked + 1)


def test_after_a_downtime_what_waits_is_fetched_although_nothing_newer_has_shown_a_gap(mirror, provider, store):
    mirror.load()
    mirror.apply(activity(1, 1))
    waiting = [
        signed_delivery("activity.updated", activity(v, v, "act_2").message["data"], event_id=EVENT, sequence=v)
        for v in (2, 3)
    ]
    pulled = [
        {"id": h["X-Revento-Delivery-Id"], "headers": h, "body": base64.b64encode(raw).decode()} for h, raw in waiting
    ]
    provider.documents["/api/v1/integration/deliveries"] = {"data": pulled, "next_cursor": None, "has_more": False}
    assert mirror.missing() == []
    assert (mirror.repair(), store.get("activity", "act_2")["v"]) == (2, 3)
    assert [one.query["only"] for one in provider.paths("/api/v1/integration/deliveries")] == ["open"]
    assert mirror.repair() == 0


def test_a_gap_that_the_feed_lost_too_is_repaired_by_a_load(mirror, provider, store):
    mirror.apply(activity(1, 1))
    mirror.apply(activity(4, 4))
    provider.documents["/api/v1/integration/deliveries"] = {"data": [], "next_cursor": None, "has_more": False}
    assert mirror.repair() == 0
    assert (mirror.missing(), len(store.ids("participant"))) == ([], 3)


def test_an_application_message_reads_the_participant_that_it_is_about(mirror, provider, store):
    provider.documents[f"{BASE}/participants/ptp_9"] = {"id": "ptp_9", "updated_at": at(1), "role": "host"}
    mirror.apply(delivered("application.approved", {"id": "app_1", "participant_id": "ptp_9"}, 1))
    assert store.get("participant", "ptp_9")["role"] == "host"


def test_a_deletion_erases_and_confirms(mirror, provider, store, tmp_path):
    mirror.load()
    duty = {"deletion_id": "del_1", "subject": "participant", "participant_id": "ptp_1", "user_id": "usr_1"}
    mirror.apply(delivered("data.deletion_required", duty, 1))
    assert store.ids("participant") == ["ptp_0", "ptp_2"]
    named = {"id": "ptp_3", "user_id": "usr_3", "updated_at": at(0)}
    store.put("participant", "ptp_3", named)
    by_account = {"deletion_id": "del_2", "participant_id": None, "user_id": "usr_3"}
    provider.script["/api/v1/integration/deletions/del_2/confirm"] = [provider.error("not_found", 404)]
    mirror.apply(delivered("data.deletion_required", duty | by_account, 2))
    assert store.ids("participant") == ["ptp_0", "ptp_2"]
    nobody = {"deletion_id": "del_3", "subject": "event", "participant_id": None, "user_id": None}
    mirror.apply(delivered("data.deletion_required", duty | nobody, 3))
    assert (store.ids("participant"), store.ids("activity"), store.get("event", EVENT)) == ([], [], None)
    confirmed = [one.path for one in provider.asked if one.path.endswith("/confirm")]
    assert confirmed == [f"/api/v1/integration/deletions/del_{number}/confirm" for number in (1, 2, 3)]


def test_another_events_delivery_is_left_alone(mirror, store):
    headers, raw = signed_delivery("activity.updated", {"id": "act_1", "v": 1, "updated_at": at(1)}, sequence=9)
    mirror.apply(Receiver(SECRET).receive(headers, raw))
    assert (store.get("activity", "act_1"), mirror.missing()) == (None, [])
