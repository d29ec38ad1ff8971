"""Pure rules: who gets what, when it is tried again, when a receiver is left in peace."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revento.contract import topics
from revento.kernel.config import LADDER
from revento.webhooks import retries
from revento.webhooks.endpoints import health as healths
from revento.webhooks.endpoints.health import Health
from revento.webhooks.fanout import rules
from revento.webhooks.fanout.models import Target, Unrouted
from revento.webhooks.fanout.rules import WhyNot
from revento.webhooks.retries import Answer, Outcome

NOW = datetime(2026, 7, 10, 14, tzinfo=UTC)
EVERYTHING = [topic.name for topic in topics.ALL]
TARGET = Target(
    client_id="cli_1",
    environment="production",
    integration_id="int_1",
    integration_state="published",
    installation_id="ins_1",
    installation_state="active",
    is_paused=False,
    event_id="evt_1",
    organization_id="org_1",
    granted_scopes=["event.read", "participants.read", "program.read"],
    declared=EVERYTHING,
    url="https://example.org/hook",
    endpoint_no=1,
)
DATA = {"application.approved": "participants.read", "activity.updated": "program.read", "event.updated": "event.read"}
NOTICES = ["data.deletion_required", "integration.suspended", "integration.resumed", "webhook.test"]
# Facts that differ from an active, published connection with everything granted -> who is told (None) or why not.
TABLE = [
    ({}, [*DATA, *NOTICES], None),
    ({"declared": []}, [*DATA, *NOTICES[:3]], WhyNot.NOT_DECLARED),
    ({"declared": []}, ["webhook.test"], None),
    ({"declared": ["event.updated"]}, ["event.updated"], None),
    ({"declared": ["event.updated"]}, ["activity.updated"], WhyNot.NOT_DECLARED),
    ({"granted_scopes": []}, [*DATA], WhyNot.NO_SCOPE),
    ({"granted_scopes": []}, NOTICES, None),
    ({"granted_scopes": ["program.read"]}, ["activity.updated"], None),
    ({"granted_scopes": ["program.read"]}, ["application.approved", "event.updated"], WhyNot.NO_SCOPE),
    ({"installation_state": "ended"}, [*DATA, *NOTICES[1:]], WhyNot.ENDED),
    ({"installation_state": "ended"}, ["data.deletion_required"], None),
    ({"integration_state": "suspended"}, [*DATA], WhyNot.SUSPENDED),
    ({"integration_state": "suspended"}, NOTICES, None),
    ({"is_paused": True}, [*DATA], WhyNot.PAUSED),
    ({"is_paused": True}, NOTICES, None),
    ({"url": None}, [*DATA, *NOTICES], WhyNot.NO_ADDRESS),
    ({"url": None, "integration_state": "suspended"}, [*DATA], WhyNot.SUSPENDED),
    ({"url": None, "is_paused": True}, [*DATA], WhyNot.PAUSED),
]


@pytest.mark.parametrize(("facts", "names", "why"), TABLE)
def test_who_is_told_of_what(facts, names, why) -> None:
    target = msgspec.structs.replace(TARGET, **facts)
    assert {name: rules.why_not(topics.BY_NAME[name], target) for name in names} == dict.fromkeys(names, why)


def test_every_topic_stands_in_the_table_of_the_contract() -> None:
    scopes = {topic.name: topic.scope.name if topic.scope else None for topic in topics.ALL}
    assert scopes == {
        **dict.fromkeys(
            (
                "application.submitted",
                "application.approved",
                "application.rejected",
                "application.revision_requested",
                "participant.registered",
                "participant.profile_updated",
            ),
            "participants.read",
        ),
        **dict.fromkeys(("activity.updated", "activity.capacity_state_changed"), "program.read"),
        "event.updated": "event.read",
        **dict.fromkeys(NOTICES),
    }


def test_a_message_reaches_those_it_is_addressed_to() -> None:
    def message(**narrow: str) -> Unrouted:
        facts = {"event_id": None, "installation_id": None, "client_id": None, "integration_id": None} | narrow
        return Unrouted(id="m", created_at=NOW, topic="x", resource_key="r", no=1, **facts)

    other_event = msgspec.structs.replace(TARGET, installation_id="ins_2", event_id="evt_2")
    ended = msgspec.structs.replace(TARGET, installation_id="ins_3", installation_state="ended")
    sandbox = msgspec.structs.replace(
        TARGET, installation_id=None, event_id=None, client_id="cli_s", environment="sandbox"
    )
    production = msgspec.structs.replace(sandbox, client_id="cli_p", environment="production")
    everybody = [TARGET, other_event, ended, sandbox, production]
    assert rules.addressed(message(event_id="evt_1"), everybody) == [TARGET]
    assert rules.addressed(message(event_id="evt_1", installation_id="ins_3"), everybody) == [ended]
    assert rules.addressed(message(client_id="cli_s"), everybody) == [sandbox]
    assert rules.addressed(message(integration_id="int_1"), everybody) == [production]
    assert rules.addressed(message(integration_id="int_1"), [sandbox]) == [sandbox]


FAILURES = st.sampled_from([one for one in Outcome if one is not Outcome.OK])


@given(FAILURES, st.integers(1, 20), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 3600))
def test_promise_a_failure_waits_within_bounds_or_is_dead(outcome, tries, dice, retry_after) -> None:
    status = 429 if retry_after is not None else None
    answer = Answer(outcome, status, retry_after=retry_after)
    plan = retries.plan_next(answer, tries, ladder=LADDER, dice=dice)
    assert (plan.state == "dead") == (tries >= 10)
    if plan.state == "waiting":
        assert plan.wait_s is not None
        assert LADDER[tries] * 0.9 <= plan.wait_s <= max(LADDER[tries] * 1.1, 3600)
        assert retry_after is None or plan.wait_s >= retry_after


def test_the_ladder_is_that_of_the_contract() -> None:
    assert LADDER == (0, 5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("3601", 3600),
        ("999999999999999999999", 3600),
        ("²", None),
        ("Fri, 10 Jul 2026 14:02:00 GMT", 120),
        ("Fri, 10 Jul 2026 13:00:00 GMT", 0),
        ("Fri, 10 Jul 2027 14:02:00 GMT", 3600),
    ],
)
def test_retry_after_is_read_within_bounds(value, seconds) -> None:
    assert retries.parse_retry_after(value, now=NOW) == seconds


def after_many(answers: list[Answer], health: Health | None = None, *, every_s: float = 1) -> Health:
    health = health or Health(most_in_flight=4, in_flight_now=4)
    for n, answer in enumerate(answers):
        health = healths.after(health, answer, now=NOW + timedelta(seconds=n * every_s))
    return health


OK, REFUSES = Answer(Outcome.OK, 200), Answer(Outcome.STATUS, 500)
SILENT = Answer(Outcome.TIMEOUT)


def test_the_breaker_opens_at_five_straight_silences_and_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert after_many([SILENT] * 4).breaker_level == 0
    health = after_many([SILENT] * 5)
    waits = []
    for _ in range(8):
        assert health.breaker_until is not None
        since = health.last_failure_at or NOW
        waits.append((health.breaker_until - since).total_seconds())
        health = healths.after(health, SILENT, now=health.breaker_until)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_the_breaker_minds_who_answers_but_refuses_only_when_most_of_twenty_failed() -> None:
    assert after_many([OK] * 15 + [REFUSES] * 15).breaker_level == 0
    assert after_many([OK] * 15 + [REFUSES] * 16).breaker_level == 1


def test_an_open_breaker_lets_one_through_when_its_time_is_over_and_a_success_closes_it() -> None:
    health = after_many([SILENT] * 5)
    assert health.breaker_until is not None
    assert healths.most_at_once(health, NOW + timedelta(seconds=10)) == 0
    assert healths.most_at_once(health, health.breaker_until) == 1
    closed = healths.after(health, OK, now=health.breaker_until)
    assert (closed.breaker_level, closed.breaker_until, closed.fail_streak) == (0, None, 0)


def test_a_silent_receiver_gets_one_at_a_time_and_earns_its_places_back() -> None:
    health = after_many([SILENT])
    assert health.in_flight_now == 1
    assert [after_many([OK] * n, health).in_flight_now for n in (1, 2, 3)] == [2, 4, 4]
    assert after_many([REFUSES]).in_flight_now == 4


def test_busy_receivers_are_left_in_peace_for_as_long_as_they_ask() -> None:
    busy = Answer(Outcome.STATUS, 429, retry_after=90)
    health = after_many([busy])
    assert health.not_before == NOW + timedelta(seconds=90)
    assert not healths.may_send(health, NOW + timedelta(seconds=89))
    assert healths.may_send(health, NOW + timedelta(seconds=90))
    assert after_many([busy] * 30, every_s=100).breaker_level == 0
    assert after_many([Answer(Outcome.STATUS, 500, retry_after=90)]).not_before is None


def test_gone_pauses_and_only_failing_ones_are_resumed_by_a_success() -> None:
    gone = after_many([Answer(Outcome.GONE, 410)])
    assert (gone.state, gone.reason, gone.next_probe_at) == ("paused", "gone", None)
    assert healths.after(gone, OK, now=NOW).state == "paused"
    probing = msgspec.structs.replace(gone, state="probing", reason="failing")
    assert healths.after(probing, OK, now=NOW).state == "active"
    again = healths.after(probing, SILENT, now=NOW)
    assert (again.state, again.next_probe_at) == ("paused", NOW + timedelta(hours=1))
