"""Webhooks: fail closed, in time, once, whatever comes (contract §6)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from revento.cli.conformance import deliveries, samples
from revento.cli.conformance.deliveries import Delivery
from revento.cli.conformance.kit import Kit
from revento.cli.conformance.models import Check, Outcome, advised, failed, passed, unseen, verdict
from revento.contract import headers
from revento.kernel import ids
from revento.webhooks import signing

SIGNATURES: Final = "/guide/webhooks-signatures"
WEBHOOKS: Final = "/guide/webhooks"
PRIVACY: Final = "/guide/privacy-and-deletion"
Bend = Callable[[Kit, Delivery], Delivery]


async def _accepts(kit: Kit) -> Outcome:
    answer = await kit.post(kit.delivery())
    return verdict(answer.is_success, f"POST {kit.target.webhook_path}, a genuine application.approved", str(answer))


def _refuses(sent: str, bend: Bend, **changes: Any) -> Callable[[Kit], Awaitable[Outcome]]:
    """A check that sends something bent and wants a 4xx; first that the straight one would have been let in."""

    async def run(kit: Kit) -> Outcome:
        straight = await kit.post(kit.delivery())
        if not straight.is_success:
            return unseen(f"a genuine delivery is not accepted either ({straight}): see webhook.genuine")
        answer = await kit.post(bend(kit, kit.delivery(**changes)))
        got = str(answer)
        if answer.status >= 500:
            got += ": it broke instead of refusing; Revento would try again for three days"
        return verdict(answer.is_refusal, sent, got)

    return run


def _same(_: Kit, delivery: Delivery) -> Delivery:
    return delivery


def _signed_by(secret: str) -> Bend:
    def bend(_: Kit, delivery: Delivery) -> Delivery:
        stamp = deliveries.stamp_of(delivery)
        return delivery.with_headers(X_Revento_Signature=signing.sign(secret, stamp, delivery.body))

    return bend


def _old_scheme(kit: Kit, delivery: Delivery) -> Delivery:
    bare = deliveries.bare_hash(kit.target.webhook_secret, delivery.body)
    return delivery.with_headers(X_Revento_Signature=f"sha256={bare}")


def _sha1(kit: Kit, delivery: Delivery) -> Delivery:
    content = signing.signed_bytes(deliveries.stamp_of(delivery), delivery.body)
    digest = deliveries.bare_hash(kit.target.webhook_secret, content, "sha1")
    return delivery.with_headers(X_Revento_Signature=f"sha1={digest}")


def _altered(_: Kit, delivery: Delivery) -> Delivery:
    body = delivery.body.replace(b'"approved"', b'"approvee"', 1)
    return delivery.with_body(body)


def _longer(_: Kit, delivery: Delivery) -> Delivery:
    return delivery.with_body(delivery.body + b" ")


def _cut(_: Kit, delivery: Delivery) -> Delivery:
    return delivery.with_headers(X_Revento_Signature=delivery.headers[headers.WEBHOOK_SIGNATURE][:-8])


def _only_previous(_: Kit, delivery: Delivery) -> Delivery:
    right = delivery.headers[headers.WEBHOOK_SIGNATURE]
    return delivery.with_headers(X_Revento_Signature=None, X_Revento_Signature_Previous=right)


async def _rotation(kit: Kit) -> Outcome:
    sent = "a delivery signed with a new secret, the known one in X-Revento-Signature-Previous"
    answer = await kit.post(kit.delivery(secrets=[signing.new_secret(), kit.target.webhook_secret]))
    if not answer.is_success:
        return failed(sent, f"{answer}: every delivery is lost while you rotate")
    strangers = kit.delivery(secrets=[signing.new_secret(), signing.new_secret()])
    answer = await kit.post(strangers)
    return verdict(answer.is_refusal, f"{sent}; then one where both signatures are a stranger's", f"200; then {answer}")


async def _in_time(kit: Kit) -> Outcome:
    answer = await kit.post(kit.delivery("participant.registered", data=samples.a_participant(kit.target.event_id, 7)))
    slowest = max(kit.slowest_s, answer.took_s)
    sent, got = "genuine deliveries, one after another", f"the slowest answer took {slowest:.2f} s"
    limit = kit.target.time_limit_s
    if slowest > limit:
        return failed(sent, f"{got}; after {limit:.0f} s it counts as failed and comes again")
    return advised(sent, f"{got}; answer first, work afterwards") if slowest > limit / 2 else passed(sent, got)


async def _duplicate(kit: Kit) -> Outcome:
    sent = "the same delivery twice (same X-Revento-Delivery-Id)"
    delivery = kit.delivery()
    answers = [await kit.post(delivery), await kit.post(delivery)]
    if not all(answer.is_success for answer in answers):
        return failed(sent, f"{answers[0]}, then {answers[1]}: a repeat must be acknowledged, or it comes again")
    return await _counted(kit, delivery, sent, "both acknowledged")


async def _at_once(kit: Kit) -> Outcome:
    sent = "the same delivery three times at the same moment"
    delivery = kit.delivery()
    answers = await asyncio.gather(*(kit.post(delivery) for _ in range(3)))
    got = ", ".join(str(answer) for answer in answers)
    broken = [one for one in answers if not one.is_success and one.status not in (409, 425, 429, 503)]
    if broken or not any(one.is_success for one in answers):
        return failed(sent, got)
    return await _counted(kit, delivery, sent, got)


async def _counted(kit: Kit, delivery: Delivery, sent: str, got: str) -> Outcome:
    """Whether the probe shows one effect of a delivery that came several times."""
    times = await kit.seen(delivery.message_id)
    if times is None or times == 0:
        return unseen(f"{got}; whether it was processed once can't be seen (--probe PATH shows what was received)")
    return verdict(times == 1, sent, f"{got}; the probe shows it {times} time(s)")


async def _out_of_order(kit: Kit) -> Outcome:
    sent = "two versions of one activity, the newer first"
    changed: dict[str, Any] = {"changed_fields": ["title"], "previous": {}}
    versions = [samples.an_activity(kit.target.event_id, version=n) | changed for n in (2, 1)]
    answers = [await kit.post(kit.delivery("activity.updated", data=one)) for one in versions]
    return verdict(all(one.is_success for one in answers), sent, ", then ".join(map(str, answers)))


async def _unknown_type(kit: Kit) -> Outcome:
    answer = await kit.post(kit.delivery("participant.teleported", data={"id": ids.new("ptp"), "to": "the moon"}))
    return verdict(answer.is_success, "a signed delivery of type participant.teleported", str(answer))


async def _unknown_fields(kit: Kit) -> Outcome:
    data = samples.an_approval(kit.target.event_id) | {"mood": "cheerful", "nested": {"deep": [1, None]}}
    answer = await kit.post(kit.delivery(data=data, surplus={"trace": {"hops": 3}}))
    return verdict(answer.is_success, "a genuine delivery with fields that the contract does not have yet", str(answer))


async def _no_event(kit: Kit) -> Outcome:
    answer = await kit.post(kit.delivery("integration.suspended", event_id=None, organization_id=None))
    sent = "integration.suspended, whose event_id and organization_id are null"
    return verdict(answer.is_success, sent, str(answer))


async def _deletion(kit: Kit) -> Outcome:
    mark, person = f"kit-mark-{ids.new('ptp')[-12:]}", ids.new("ptp")
    approval = samples.an_approval(kit.target.event_id, mark=mark, participant_id=person)
    await kit.post(kit.delivery(data=approval))
    before = await kit.seen(mark)
    duty = samples.a_deletion(person)
    answer = await kit.post(kit.delivery("data.deletion_required", data=duty))
    sent = "a person's data, then data.deletion_required for that person"
    if not answer.is_success:
        return failed(sent, str(answer))
    after = await kit.seen(mark)
    if before and after:
        return failed(sent, f"{answer}; the person's answers are still shown by the probe")
    return await _confirmed(kit, duty["deletion_id"], sent, f"{answer}; {_erased(before, after)}")


def _erased(before: int | None, after: int | None) -> str:
    return "the probe shows nothing of it any more" if before and after == 0 else "erasing can't be seen (--probe)"


async def _confirmed(kit: Kit, deletion_id: str, sent: str, got: str) -> Outcome:
    if why := await kit.why_unplayed():
        return unseen(f"{got}; the confirmation can't be seen: {why}")
    waited = kit.target.deletion_wait_s
    confirmed = await kit.has_confirmed(deletion_id)
    call = f"POST /api/v1/integration/deletions/{deletion_id}/confirm"
    if not confirmed:
        return failed(sent, f"{got}; no {call} within {waited:.0f} s (--deletion-wait allows more)")
    return passed(sent, f"{got}; confirmed with {call}")


_OPEN: Final = (
    "Whoever finds the address could write into your system: a signature is the only proof that it is Revento."
)
_AGE: Final = "A recorded delivery could be sent again for ever."
_LOSS: Final = "What you do not acknowledge comes again, for three days, then it lies in the dead-letter queue."


def _refusal(id: str, title: str, why: str, sent: str, bend: Bend, **changes: Any) -> Check:
    return Check(f"webhook.{id}", title, why, SIGNATURES, _refuses(sent, bend, **changes))


def _without(**names: None) -> Bend:
    return lambda _, delivery: delivery.with_headers(**names)


def _with(**values: str) -> Bend:
    return lambda _, delivery: delivery.with_headers(**values)


CHECKS: Final = (
    Check("webhook.genuine", "accepts a genuine delivery", _LOSS, WEBHOOKS, _accepts),
    _refusal(
        "missing_signature",
        "refuses without a signature",
        _OPEN,
        "no X-Revento-Signature",
        _without(X_Revento_Signature=None),
    ),
    _refusal(
        "empty_signature",
        "refuses an empty signature",
        _OPEN,
        "X-Revento-Signature: sha256=",
        _with(X_Revento_Signature="sha256="),
    ),
    _refusal(
        "missing_timestamp",
        "refuses without a timestamp",
        _AGE,
        "no X-Revento-Timestamp",
        _without(X_Revento_Timestamp=None),
    ),
    _refusal(
        "missing_delivery_id",
        "refuses without a delivery id",
        "Without it a repeat can't be told from a new delivery.",
        "no X-Revento-Delivery-Id",
        _without(X_Revento_Delivery_Id=None),
    ),
    _refusal(
        "wrong_signature",
        "refuses a stranger's signature",
        _OPEN,
        "signed with another secret",
        _signed_by(signing.new_secret()),
    ),
    _refusal("old_scheme", "refuses a signature without the timestamp", _AGE, "HMAC of the body alone", _old_scheme),
    _refusal("sha1", "refuses a weaker hash", _OPEN, "sha1= instead of sha256=", _sha1),
    _refusal(
        "truncated",
        "refuses a shortened signature",
        "Comparing only as much as was sent lets short guesses in.",
        "the signature without its last 8 characters",
        _cut,
    ),
    _refusal(
        "only_previous",
        "refuses the previous signature alone",
        "A missing header is a refusal.",
        "X-Revento-Signature-Previous only",
        _only_previous,
    ),
    _refusal("stale", "refuses what was signed long ago", _AGE, "a right signature, 310 s old", _same, age_s=310),
    _refusal(
        "from_the_future",
        "refuses what is signed ahead of time",
        _AGE,
        "a right signature, 310 s ahead",
        _same,
        age_s=-310,
    ),
    _refusal(
        "malformed_timestamp",
        "refuses a timestamp that is no number",
        _AGE,
        "X-Revento-Timestamp: soon",
        _with(X_Revento_Timestamp="soon"),
    ),
    _refusal(
        "altered_byte", "refuses a body that was altered by one byte", _OPEN, "one byte of the body changed", _altered
    ),
    _refusal(
        "appended_byte",
        "signs over the raw body",
        "Parsing before verifying hides what was really sent.",
        "one space appended to the body",
        _longer,
    ),
    Check(
        "webhook.rotation",
        "accepts both secrets while they are rotated",
        "Rotating a secret must lose nothing.",
        SIGNATURES,
        _rotation,
    ),
    Check("webhook.in_time", "answers within 10 s", "A slow answer counts as a failure.", WEBHOOKS, _in_time),
    Check(
        "webhook.duplicate",
        "acknowledges a repeat, processes once",
        "Deliveries come at least once.",
        WEBHOOKS,
        _duplicate,
    ),
    Check(
        "webhook.at_once",
        "processes once when repeats race",
        "A retry can overtake a slow first try.",
        WEBHOOKS,
        _at_once,
    ),
    Check(
        "webhook.out_of_order",
        "accepts deliveries out of order",
        "A retried delivery comes after newer ones.",
        WEBHOOKS,
        _out_of_order,
    ),
    Check(
        "webhook.unknown_type",
        "accepts types that it does not know",
        "New types are added without a new version.",
        WEBHOOKS,
        _unknown_type,
    ),
    Check(
        "webhook.unknown_fields",
        "accepts fields that it does not know",
        "New fields are added without a new version.",
        WEBHOOKS,
        _unknown_fields,
    ),
    Check(
        "webhook.no_event",
        "accepts messages that belong to no event",
        "They tell that you are suspended.",
        WEBHOOKS,
        _no_event,
    ),
    Check(
        "webhook.deletion",
        "erases on demand and confirms",
        "It is the law, and the organizer sees the deadline.",
        PRIVACY,
        _deletion,
    ),
)
