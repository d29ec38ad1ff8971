"""Signing launch tokens: ES256 (RFC 7515, RFC 7518 §3.4), with keys that follow from the server's own.

Every node derives the same pair from `REVENTO_SECRET_KEY`, so nothing is stored and nothing is lost; a rotated root
stays in the key set for as long as it is configured.
"""

import base64
import hashlib
import uuid
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from revento.contract import limits
from revento.integrations.launches.models import Launch
from revento.kernel.secrets import Keys, derive

_PURPOSE: Final = "launch"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-5)
_COORDINATE_BYTES: Final = 32


def sign(launch: Launch, *, issuer: str, keys: Keys, now: datetime) -> str:
    """A token of 60 s for one opening of a page: `iss aud sub event_id page_id role jti iat exp`."""
    private = _private(keys.current(_PURPOSE))
    issued_at = int(now.timestamp())
    head = {"alg": "ES256", "typ": "JWT", "kid": _jwk(private)["kid"]}
    claims = {
        "iss": issuer,
        "aud": launch.client_id,
        "sub": launch.user_id,
        "event_id": launch.event_id,
        "page_id": launch.page_id,
        "role": launch.role,
        "jti": str(uuid.uuid4()),
        "iat": issued_at,
        "exp": issued_at + limits.LAUNCH_TOKEN_S,
    }
    signed = f"{_encoded(msgspec.json.encode(head))}.{_encoded(msgspec.json.encode(claims))}"
    r, s = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")
    return f"{signed}.{_encoded(signature)}"


def key_set(keys: Keys) -> dict[str, Any]:
    """The public keys as a JWK Set (RFC 7517), current first: what `/.well-known/jwks.json` answers."""
    return {"keys": [_jwk(_private(key)) for key in keys.every(_PURPOSE)]}


def _private(key: bytes) -> ec.EllipticCurvePrivateKey:
    """The pair of one root: 512 derived bits modulo the curve's order, so that no value is likelier than another."""
    wide = int.from_bytes(derive(key, "es256", "1") + derive(key, "es256", "2"), "big")
    return ec.derive_private_key(wide % (_ORDER - 1) + 1, ec.SECP256R1())


def _jwk(private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    point = private.public_key().public_numbers()
    x, y = (_encoded(number.to_bytes(_COORDINATE_BYTES, "big")) for number in (point.x, point.y))
    # The thumbprint of RFC 7638: the required members in alphabetical order.
    print_of = msgspec.json.encode({"crv": "P-256", "kty": "EC", "x": x, "y": y})
    kid = _encoded(hashlib.sha256(print_of).digest())
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
