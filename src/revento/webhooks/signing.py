"""Signing: `X-Revento-Signature` and the Standard Webhooks headers over the same bytes (contract §6.2, §6.3). Pure."""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Final

import msgspec

from revento.contract import headers, limits
from revento.kernel.secrets import Box

KEY_BYTES: Final = 32


# The lines of every attempt, written out once: it fills in what is its own (contract §6.2).
_LINES: Final = "".join(
    [
        f"{name}: {value}\r\n"
        for name, value in (
            ("Content-Type", "application/json"),
            ("User-Agent", headers.WEBHOOK_USER_AGENT),
            (headers.WEBHOOK_EVENT, "%s"),
            (headers.WEBHOOK_DELIVERY_ID, "%s"),
            (headers.WEBHOOK_TIMESTAMP, "%d"),
            (headers.WEBHOOK_ATTEMPT, "%d"),
            (headers.WEBHOOK_SEQUENCE, "%d"),
            (headers.WEBHOOK_SIGNATURE, "%s"),
            (headers.STANDARD_ID, "%s"),
            (headers.STANDARD_TIMESTAMP, "%d"),
            (headers.STANDARD_SIGNATURE, "%s"),
        )
    ]
)


class Signed(msgspec.Struct, frozen=True):
    """What goes on the wire before the body, as lines of HTTP/1.1, and the debugger's hash of what was signed."""

    lines: str
    sha256: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The same by name."""
        return dict(line.split(": ", 1) for line in self.lines.splitlines())


def lines(headers: dict[str, str]) -> str:
    """Headers as they stand in a request."""
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])


def new_secret() -> str:
    """A fresh signing secret: `whsec_` and the base64 of 32 random bytes (contract §2.1)."""
    return limits.SIGNING_PREFIX + base64.b64encode(os.urandom(KEY_BYTES)).decode()


def seal(box: Box, id: str, secret: str) -> bytes:
    """The secret encrypted at rest, bound to its row `signing_secrets.id`."""
    return box.seal(secret.encode(), context=id)


def unseal(box: Box, id: str, sealed: bytes) -> str:
    """The secret again. Raises `CannotOpen`."""
    return box.open(sealed, context=id).decode()


def signed_bytes(timestamp: int, body: bytes) -> bytes:
    """What the signature covers: timestamp header, a dot, the raw body."""
    return b"%d.%b" % (timestamp, body)


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-Revento-Signature`: the key is the whole secret string, `whsec_` included."""
    return _sign(secret, signed_bytes(timestamp, body))


def sign_standard(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """One entry of `webhook-signature`: the key is what the secret's base64 stands for."""
    return _sign_standard(secret, id, signed_bytes(timestamp, body))


def _sign(secret: str, signed: bytes) -> str:
    return "sha256=" + hmac.digest(secret.encode(), signed, "sha256").hex()


def _sign_standard(secret: str, id: str, signed: bytes) -> str:
    content = b"%b.%b" % (id.encode(), signed)
    return "v1," + binascii.b2a_base64(hmac.digest(standard_key(secret), content, "sha256"), newline=False).decode()


@lru_cache(1024)
def standard_key(secret: str) -> bytes:
    """The Standard Webhooks key of a secret. Raises `ValueError` when it is not one of ours."""
    try:
        return base64.b64decode(secret.removeprefix(limits.SIGNING_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a signing secret") from error


def headers_for(
    *,
    delivery_id: str,
    topic: str,
    attempt: int,
    sequence: int,
    is_replay: bool,
    secrets: list[str],
    timestamp: int,
    body: bytes,
) -> Signed:
    """Every header of one attempt. `secrets`: the current one, then the previous one while it still counts."""
    content = signed_bytes(timestamp, body)
    own, *previous = secrets[:2]
    standard = _sign_standard(own, delivery_id, content)
    if previous:
        standard += " " + _sign_standard(previous[0], delivery_id, content)
    signature = _sign(own, content)
    made = _LINES % (
        *(topic, delivery_id, timestamp, attempt, sequence, signature),
        *(delivery_id, timestamp, standard),
    )
    if previous:
        made += f"{headers.WEBHOOK_SIGNATURE_PREVIOUS}: {_sign(previous[0], content)}\r\n"
    if is_replay:
        made += f"{headers.WEBHOOK_REPLAY}: true\r\n"
    return Signed(made, hashlib.sha256(content).digest())
