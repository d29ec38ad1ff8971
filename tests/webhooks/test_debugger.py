"""The signature debugger names the usual mistakes."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from revento.webhooks import debugger, signing
from revento.webhooks.debugger import Case, Known, Verdict

NOW = datetime(2026, 7, 10, 14, tzinfo=UTC)
T = int(NOW.timestamp())
BODY = '{"id":"evt_delivery_1","type":"event.updated","data":{"title":"Früh","b":1,"a":[1,2]}}'.encode()
SECRET, PREVIOUS, ENDED, OTHER = (signing.new_secret() for _ in range(4))
KNOWN = Known(current=SECRET, previous=PREVIOUS, ended=(ENDED,), others=(OTHER,))


def mac(message: bytes, key: str | bytes = SECRET) -> bytes:
    return hmac.digest(key.encode() if isinstance(key, str) else key, message, hashlib.sha256)


def of(message: bytes, key: str | bytes = SECRET) -> str:
    return "sha256=" + mac(message, key).hex()


RIGHT = b"%d.%b" % (T, BODY)
PARSED = json.loads(BODY)
MISTAKES = [
    (of(RIGHT), Verdict.VALID),
    (of(RIGHT, PREVIOUS), Verdict.PREVIOUS_SECRET),
    (of(RIGHT, ENDED), Verdict.OLD_SECRET),
    (of(RIGHT, OTHER), Verdict.OTHER_SECRET),
    (of(RIGHT, SECRET.removeprefix("whsec_")), Verdict.SECRET_WITHOUT_PREFIX),
    (of(RIGHT, base64.b64decode(SECRET.removeprefix("whsec_"))), Verdict.SECRET_DECODED),
    (base64.b64encode(mac(RIGHT)).decode(), Verdict.BASE64),
    ("sha256=" + base64.urlsafe_b64encode(mac(RIGHT)).decode(), Verdict.BASE64),
    (mac(RIGHT).hex(), Verdict.PREFIX_MISSING),
    ("sha256=" + mac(RIGHT).hex().upper(), Verdict.UPPERCASE),
    (of(b"%d.%b" % (T, json.dumps(PARSED).encode())), Verdict.REPARSED),
    (of(b"%d.%b" % (T, json.dumps(PARSED, indent=2).encode())), Verdict.REPARSED),
    (of(b"%d.%b" % (T, json.dumps(PARSED, sort_keys=True, separators=(",", ":")).encode())), Verdict.REPARSED),
    (of(RIGHT + b"\n"), Verdict.NEWLINE),
    (of(b"%d.\xef\xbb\xbf%b" % (T, BODY)), Verdict.BOM),
    (of(BODY), Verdict.NO_TIMESTAMP),
    (of(b"%d.%b" % (T + 3, BODY)), Verdict.WRONG_TIMESTAMP),
    (of(b"%d000.%b" % (T, BODY)), Verdict.MILLISECONDS),
    (of(b"%d%b" % (T, BODY)), Verdict.OTHER_SEPARATOR),
    (of(b"%d:%b" % (T, BODY)), Verdict.OTHER_SEPARATOR),
    (signing.sign_standard(SECRET, "d1", T, BODY), Verdict.STANDARD_RECIPE),
    (of(b"d1." + RIGHT, signing.standard_key(SECRET)), Verdict.STANDARD_RECIPE),
    (of(RIGHT, SECRET + "\n"), Verdict.SECRET_WRAPPED),
    (of(RIGHT, f'"{SECRET}"'), Verdict.SECRET_WRAPPED),
    ("sha1=" + hmac.digest(SECRET.encode(), RIGHT, "sha1").hex(), Verdict.OTHER_HASH),
    (hashlib.sha256(RIGHT).hexdigest(), Verdict.OTHER_HASH),
    (of(SECRET.encode(), RIGHT), Verdict.OTHER_HASH),
    (of(b"%d." % T), Verdict.EMPTY),
    (of(RIGHT, "something else"), Verdict.UNKNOWN),
    ("", Verdict.MISSING),
]


@pytest.mark.parametrize(("signature", "verdict"), MISTAKES, ids=lambda one: getattr(one, "value", ""))
def test_the_mistake_is_named(signature, verdict) -> None:
    finding = debugger.diagnose(
        Case(body=BODY, timestamp=str(T), signature=signature, delivery_id="d1"), KNOWN, now=NOW
    )
    assert finding.verdict is verdict
    assert finding.say == debugger.SAY[verdict]


def test_every_verdict_has_words() -> None:
    assert set(debugger.SAY) == set(Verdict)


@pytest.mark.parametrize("timestamp", ["", "soon", "1783692000.5", "-5"])
def test_a_timestamp_that_is_none_is_told(timestamp) -> None:
    finding = debugger.diagnose(Case(body=BODY, timestamp=timestamp, signature=of(RIGHT)), KNOWN, now=NOW)
    assert finding.verdict is (Verdict.BAD_TIMESTAMP if timestamp else Verdict.MISSING)


def test_a_stale_request_is_told_though_its_signature_is_right() -> None:
    old = T - 301
    case = Case(body=BODY, timestamp=str(old), signature=signing.sign(SECRET, old, BODY))
    assert debugger.diagnose(case, KNOWN, now=NOW).verdict is Verdict.STALE


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (json.dumps(PARSED, sort_keys=True).encode(), Verdict.REPARSED),
        (BODY.replace(b"evt_delivery_1", b"evt_delivery_2"), Verdict.CHANGED),
        (BODY + b"\n", Verdict.NEWLINE),
    ],
)
def test_what_was_received_is_compared_with_what_was_sent(seen, verdict) -> None:
    case = Case(body=seen, timestamp=str(T), signature=of(RIGHT), original=BODY)
    assert debugger.diagnose(case, KNOWN, now=NOW).verdict is verdict


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (json.dumps(PARSED).encode(), Verdict.REPARSED),
        (BODY + b"\n", Verdict.NEWLINE),
        (b"\xef\xbb\xbf" + BODY, Verdict.BOM),
        (b"", Verdict.EMPTY),
        (BODY.replace(b"evt_delivery_1", b"evt_delivery_2"), Verdict.CHANGED),
    ],
)
def test_a_signature_of_a_changed_body_is_not_right_though_it_fits_that_body(seen, verdict) -> None:
    case = Case(body=seen, timestamp=str(T), signature=of(b"%d.%b" % (T, seen)), original=BODY)
    finding = debugger.diagnose(case, KNOWN, now=NOW)
    assert (finding.verdict, finding.expected, finding.signed) == (verdict, of(RIGHT), RIGHT)


def test_a_wrong_key_is_found_though_the_pasted_body_gained_a_newline() -> None:
    key = SECRET.removeprefix("whsec_")
    case = Case(body=BODY + b"\n", timestamp=str(T), signature=of(RIGHT, key), original=BODY)
    assert debugger.diagnose(case, KNOWN, now=NOW).verdict is Verdict.SECRET_WITHOUT_PREFIX


@pytest.mark.parametrize(
    ("timestamp", "verdict"),
    [(T + 5000, Verdict.WRONG_TIMESTAMP), (T * 1000, Verdict.MILLISECONDS), (T, Verdict.VALID)],
)
def test_a_timestamp_is_compared_with_those_that_were_sent(timestamp, verdict) -> None:
    signature = of(b"%d.%b" % (timestamp, BODY))
    case = Case(body=BODY, timestamp=str(timestamp), signature=signature, original=BODY, tries=[T - 60, T])
    finding = debugger.diagnose(case, KNOWN, now=NOW)
    assert (finding.verdict, finding.expected) == (verdict, of(RIGHT))


def test_headers_are_found_whatever_their_case() -> None:
    seen = {"x-revento-timestamp": str(T), "X-REVENTO-SIGNATURE": of(RIGHT), "X-Revento-Delivery-Id": "d1"}
    assert debugger.diagnose(debugger.from_headers(seen, BODY), KNOWN, now=NOW).verdict is Verdict.VALID


def test_where_a_body_parts_from_the_one_that_was_sent_is_shown_from_both_sides() -> None:
    seen = json.dumps(PARSED, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    case = Case(body=seen, timestamp=str(T), signature=of(b"%d.%b" % (T, seen)), original=BODY)
    differs = debugger.diagnose(case, KNOWN, now=NOW).differs
    assert differs is not None
    assert (differs.at, differs.theirs.removeprefix(differs.ours)) == (len(BODY), "\\n")
    same = Case(body=BODY, timestamp=str(T), signature=of(RIGHT), original=BODY)
    assert debugger.diagnose(same, KNOWN, now=NOW).differs is None
    assert debugger.first_difference(b"abc", b"abd") == debugger.Difference(2, "abc", "abd")
