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


class Signed(msgspec.Struct, frozen=True):
    """What goes on the wire besides the body, and the hash of what was signed (for the debugger)."""

    headers: dict[str, str]
    sha256: bytes


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
    return "sha256=" + hmac.digest(secret.encode(), signed_bytes(timestamp, body), "sha256").hex()


def sign_standard(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """One entry of `webhook-signature`: the key is what the secret's base64 stands for."""
    content = b"%b.%b" % (id.encode(), signed_bytes(timestamp, body))
    return "v1," + base64.b64encode(hmac.digest(standard_key(secret), content, "sha256")).decode()


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
    stamp = str(timestamp)
    wire = {
        "Content-Type": "application/json",
        "User-Agent": headers.WEBHOOK_USER_AGENT,
        headers.WEBHOOK_EVENT: topic,
        headers.WEBHOOK_DELIVERY_ID: delivery_id,
        headers.WEBHOOK_TIMESTAMP: stamp,
        headers.WEBHOOK_ATTEMPT: str(attempt),
        headers.WEBHOOK_SEQUENCE: str(sequence),
        headers.WEBHOOK_SIGNATURE: sign(secrets[0], timestamp, body),
        headers.STANDARD_ID: delivery_id,
        headers.STANDARD_TIMESTAMP: stamp,
        headers.STANDARD_SIGNATURE: " ".join([sign_standard(one, delivery_id, timestamp, body) for one in secrets[:2]]),
    }
    if len(secrets) > 1:
        wire[headers.WEBHOOK_SIGNATURE_PREVIOUS] = sign(secrets[1], timestamp, body)
    if is_replay:
        wire[headers.WEBHOOK_REPLAY] = "true"
    return Signed(wire, hashlib.sha256(signed_bytes(timestamp, body)).digest())
