"""The signature debugger: which of the usual mistakes was made (contract §6.3). Pure."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from revento.contract import headers, limits
from revento.webhooks import signing

# How far a clock may be off and still be found by trying every second.
_CLOCK_S: Final = 900


class Verdict(StrEnum):
    """What came out."""

    VALID = "valid"
    MISSING = "missing_header"
    BAD_TIMESTAMP = "bad_timestamp"
    STALE = "stale_timestamp"
    PREVIOUS_SECRET = "previous_secret"  # noqa: S105
    OLD_SECRET = "old_secret"  # noqa: S105
    OTHER_SECRET = "other_environments_secret"  # noqa: S105
    SECRET_DECODED = "secret_decoded"  # noqa: S105
    SECRET_WITHOUT_PREFIX = "secret_without_prefix"  # noqa: S105
    SECRET_WRAPPED = "secret_wrapped"  # noqa: S105
    BASE64 = "base64_instead_of_hex"
    PREFIX_MISSING = "sha256_prefix_missing"
    UPPERCASE = "uppercase_hex"
    OTHER_HASH = "not_hmac_sha256"
    EMPTY = "empty_body"
    REPARSED = "body_parsed_again"
    NEWLINE = "newline_at_the_end"
    BOM = "byte_order_mark"
    CHANGED = "body_changed"
    NO_TIMESTAMP = "timestamp_not_signed"
    WRONG_TIMESTAMP = "wrong_timestamp"
    MILLISECONDS = "timestamp_in_milliseconds"
    OTHER_SEPARATOR = "wrong_separator"
    STANDARD_RECIPE = "standard_webhooks_recipe"
    UNKNOWN = "unknown"


SAY: Final = {
    Verdict.VALID: "The signature is right. If your code refuses it, compare the bytes it hashes with these.",
    Verdict.MISSING: "A header is missing. Proxies and frameworks sometimes drop headers; refuse such requests.",
    Verdict.BAD_TIMESTAMP: "The timestamp is not a whole number of seconds. Use the header's text exactly as it came.",
    Verdict.STALE: "The signature is right, but the timestamp is over 300 seconds off: replayed, or a wrong clock.",
    Verdict.PREVIOUS_SECRET: "This was made with your previous secret. During a rotation check "
    "X-Revento-Signature-Previous too, or switch to the new secret.",
    Verdict.OLD_SECRET: "This was made with a secret that has ended. Use the current one.",
    Verdict.OTHER_SECRET: "This was made with the secret of your other environment (sandbox or production).",
    Verdict.SECRET_DECODED: "The key was the base64-decoded secret. For X-Revento-Signature the key is the whole "
    "secret as text, whsec_ included.",
    Verdict.SECRET_WITHOUT_PREFIX: "The key was the secret without whsec_. The key is the whole text, whsec_ included.",
    Verdict.SECRET_WRAPPED: "The key had a line break, a space or quotes around the secret, as a file or an .env line "
    "leaves them. Trim it.",
    Verdict.BASE64: "The digest is written in base64. X-Revento-Signature is lowercase hexadecimal.",
    Verdict.PREFIX_MISSING: "The digest is right, but sha256= is missing in front of it.",
    Verdict.UPPERCASE: "The digest is right, but written in capitals. Compare lowercase hexadecimal.",
    Verdict.OTHER_HASH: "The digest is no HMAC with SHA-256 under the secret: another hash, a hash without a key, or "
    "key and message the wrong way round.",
    Verdict.EMPTY: "An empty body was hashed: something had read the request's body before. Read it first, and once.",
    Verdict.REPARSED: "The body was parsed and written again before it was hashed. Hash the raw bytes of the request: "
    "in Express use express.raw(), in FastAPI await request.body(), in Flask request.get_data().",
    Verdict.NEWLINE: "The body gained or lost a newline at its end, often by going through a file or a shell.",
    Verdict.BOM: "The body was given a byte order mark at its beginning. Hash the raw bytes.",
    Verdict.CHANGED: "This body is not the one that we sent: something changed it before it was hashed.",
    Verdict.NO_TIMESTAMP: "Only the body was signed. What is signed is the timestamp, a dot, and the body.",
    Verdict.WRONG_TIMESTAMP: "Another timestamp was signed. Use X-Revento-Timestamp of the request, not your clock.",
    Verdict.MILLISECONDS: "The timestamp was signed in milliseconds. Use the header's text exactly as it came.",
    Verdict.OTHER_SEPARATOR: "Timestamp and body were not joined by a single dot.",
    Verdict.STANDARD_RECIPE: "This is the Standard Webhooks signature: it signs the delivery id too and its key is the "
    "decoded secret. It belongs to the header webhook-signature.",
    Verdict.UNKNOWN: "None of the usual mistakes explains it. Either the secret is another one, or the body's bytes "
    "were changed on the way.",
}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver saw. `signature`: the header's value, or what the receiver's own code computed.

    `original`: the body as we sent it, and `tries`: the timestamps that we sent, when the delivery is known.
    """

    body: bytes
    timestamp: str
    signature: str
    delivery_id: str = ""
    original: bytes | None = None
    tries: Sequence[int] = ()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Secrets of ours: the current one, the previous one while it counts, ended ones, the other environment's."""

    current: str
    previous: str | None = None
    ended: Sequence[str] = ()
    others: Sequence[str] = ()


class Difference(msgspec.Struct, frozen=True):
    """Where two bodies part: the byte, and some of both around it."""

    at: int
    ours: str
    theirs: str


class Finding(msgspec.Struct, frozen=True):
    """The mistake and how to mend it; `expected` is the right header value, `signed` the bytes that it covers.

    Both are of what we sent, when that is known.
    `differs` is where the body parts from the one that we sent, when it does.
    """

    verdict: Verdict
    say: str
    expected: str
    signed: bytes
    differs: Difference | None = None


def diagnose(case: Case, known: Known, *, now: datetime) -> Finding:
    """Which of the usual mistakes explains this signature."""
    seconds = case.timestamp.strip()
    if not case.signature or not seconds:
        return _finding(Verdict.MISSING, case, known, 0)
    if not (seconds.isascii() and seconds.isdecimal()):
        return _finding(Verdict.BAD_TIMESTAMP, case, known, 0)
    timestamp = int(seconds[:20])
    verdict = next(_explain(case, known, timestamp), None)
    altered = _altered(case)
    if verdict is None and altered is not None and case.original is not None:
        verdict = next(_explain(msgspec.structs.replace(case, body=case.original), known, timestamp), None)
    if verdict is Verdict.VALID:
        verdict = altered or _of_time(case, timestamp, now)
    return _finding(verdict or Verdict.UNKNOWN, case, known, timestamp)


def _altered(case: Case) -> Verdict | None:
    """What became of the body since we sent it; `None` when nothing did, or nobody knows."""
    if case.original is None or case.body == case.original:
        return None
    for change, verdict in _BODIES[:-1]:
        if case.body in change(case.original) or case.original in change(case.body):
            return verdict
    return Verdict.REPARSED if _means_the_same(case.body, case.original) else Verdict.CHANGED


def _of_time(case: Case, timestamp: int, now: datetime) -> Verdict:
    """What a signature that fits is worth by its timestamp."""
    if case.tries and timestamp not in case.tries:
        return Verdict.MILLISECONDS if timestamp // 1000 in case.tries else Verdict.WRONG_TIMESTAMP
    return Verdict.STALE if abs(now.timestamp() - timestamp) > limits.WEBHOOK_TOLERANCE_S else Verdict.VALID


def from_headers(seen: Mapping[str, str], body: bytes) -> Case:
    """The case in a request's headers, whatever the case of their names."""
    plain = {name.lower(): value for name, value in seen.items()}
    return Case(
        body=body,
        timestamp=plain.get(headers.WEBHOOK_TIMESTAMP.lower(), ""),
        signature=plain.get(headers.WEBHOOK_SIGNATURE.lower(), ""),
        delivery_id=plain.get(headers.WEBHOOK_DELIVERY_ID.lower(), ""),
    )


def _finding(verdict: Verdict, case: Case, known: Known, timestamp: int) -> Finding:
    body = case.body if case.original is None else case.original
    at = timestamp if not case.tries or timestamp in case.tries else case.tries[-1]
    differs = None if case.original is None else first_difference(case.original, case.body)
    expected = signing.sign(known.current, at, body)
    return Finding(verdict, SAY[verdict], expected, signing.signed_bytes(at, body), differs)


def first_difference(ours: bytes, theirs: bytes) -> Difference | None:
    """Where the bytes part; `None` when they are the same. What is no text is written as escapes."""
    if ours == theirs:
        return None
    at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    around = slice(max(0, at - 20), at + 20)
    return Difference(at, repr(ours[around])[2:-1], repr(theirs[around])[2:-1])


def _explain(case: Case, known: Known, timestamp: int) -> Generator[Verdict]:
    given = case.signature.strip()
    right = signing.signed_bytes(timestamp, case.body)
    digest = _hmac(known.current.encode(), right)
    if _same(given, "sha256=" + digest.hex()):
        yield Verdict.VALID
    yield from _of_writing(given, digest)
    yield from _of_secret(given, known, right)
    yield from _of_bytes(given, case, known.current.encode(), timestamp)


def _of_writing(given: str, digest: bytes) -> Generator[Verdict]:
    bare = given.removeprefix("sha256=")
    if _same(given, digest.hex()):
        yield Verdict.PREFIX_MISSING
    if _same(bare.lower(), digest.hex()):
        yield Verdict.UPPERCASE
    if bare.rstrip("=") in (base64.b64encode(digest).decode().rstrip("="), _urlsafe(digest)):
        yield Verdict.BASE64


def _of_secret(given: str, known: Known, right: bytes) -> Generator[Verdict]:
    def fits(key: bytes) -> bool:
        return _fits(given, key, right)

    if known.previous is not None and fits(known.previous.encode()):
        yield Verdict.PREVIOUS_SECRET
    if any(fits(one.encode()) for one in known.ended):
        yield Verdict.OLD_SECRET
    if any(fits(one.encode()) for one in known.others):
        yield Verdict.OTHER_SECRET
    if fits(known.current.removeprefix(limits.SIGNING_PREFIX).encode()):
        yield Verdict.SECRET_WITHOUT_PREFIX
    if fits(signing.standard_key(known.current)):
        yield Verdict.SECRET_DECODED
    if any(fits((before + known.current + after).encode()) for before, after in _WRAPPINGS):
        yield Verdict.SECRET_WRAPPED
    if given.rpartition("=")[2].lower() in _other_hashes(known.current.encode(), right):
        yield Verdict.OTHER_HASH


def _other_hashes(key: bytes, signed: bytes) -> set[str]:
    hashes = ("sha1", "sha384", "sha512", "md5")
    bare = {hashlib.sha256(one).hexdigest() for one in (signed, key + signed, signed + key)}
    return {hmac.digest(key, signed, name).hex() for name in hashes} | bare | {_hmac(signed, key).hex()}


def _of_bytes(given: str, case: Case, key: bytes, timestamp: int) -> Generator[Verdict]:
    def fits(signed: bytes, with_key: bytes = key) -> bool:
        return _fits(given, with_key, signed)

    text = str(timestamp).encode()
    for change, verdict in _BODIES:
        if any(fits(text + b"." + body) for body in change(case.body)):
            yield verdict
    if fits(case.body):
        yield Verdict.NO_TIMESTAMP
    if any(fits(text + joint + case.body) for joint in (b"", b":", b"\n", b" ", b"|")) or fits(case.body + text):
        yield Verdict.OTHER_SEPARATOR
    if fits(b"%d000.%b" % (timestamp, case.body)) or (
        timestamp > 10**11 and fits(b"%d.%b" % (timestamp // 1000, case.body))
    ):
        yield Verdict.MILLISECONDS
    if _is_standard(given, case, key, timestamp):
        yield Verdict.STANDARD_RECIPE
    if any(fits(signing.signed_bytes(timestamp + off, case.body)) for off in range(-_CLOCK_S, _CLOCK_S + 1) if off):
        yield Verdict.WRONG_TIMESTAMP


def _is_standard(given: str, case: Case, key: bytes, timestamp: int) -> bool:
    secret = key.decode()
    one = signing.sign_standard(secret, case.delivery_id, timestamp, case.body)
    return one in given.split() or _fits(
        given, signing.standard_key(secret), b"%b.%d.%b" % (case.delivery_id.encode(), timestamp, case.body)
    )


def _reparsed(body: bytes) -> list[bytes]:
    """The body as the usual JSON writers would write it again."""
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return []
    writings: list[dict[str, Any]] = [
        {},
        {"separators": (",", ":")},
        {"ensure_ascii": False},
        {"ensure_ascii": False, "separators": (",", ":")},
        {"indent": 2},
        {"indent": 2, "ensure_ascii": False},
        {"indent": 4},
        {"sort_keys": True},
        {"sort_keys": True, "separators": (",", ":")},
        {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")},
    ]
    return [json.dumps(parsed, **how).encode() for how in writings]


def _means_the_same(left: bytes, right: bytes) -> bool:
    try:
        return bool(json.loads(left) == json.loads(right))
    except ValueError:
        return False


def _ends(body: bytes) -> list[bytes]:
    return [body + b"\n", body + b"\r\n", body.rstrip(b"\r\n"), body.strip()]


def _marked(body: bytes) -> list[bytes]:
    return [b"\xef\xbb\xbf" + body, body.removeprefix(b"\xef\xbb\xbf")]


# What files, shells and .env lines leave around a secret.
_WRAPPINGS: Final = (("", "\n"), ("", "\r\n"), ("", "\r"), ("", " "), (" ", ""), ('"', '"'), ("'", "'"))
_BODIES: Final[tuple[tuple[Callable[[bytes], list[bytes]], Verdict], ...]] = (
    (lambda body: [b""] if body else [], Verdict.EMPTY),
    (_ends, Verdict.NEWLINE),
    (_marked, Verdict.BOM),
    (_reparsed, Verdict.REPARSED),
)


def _fits(given: str, key: bytes, signed: bytes) -> bool:
    digest = _hmac(key, signed)
    return _same(given.removeprefix("sha256=").lower(), digest.hex())


def _hmac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _urlsafe(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
