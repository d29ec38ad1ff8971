"""Launch tokens of webview pages (contract §7), real ones and forged ones."""

import json
import time
import uuid
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from revento.cli.conformance import samples


class Launcher:
    """Signs launch tokens with a key of its own, as the JWKS shows it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.id = uuid.uuid4().hex[:8]

    def jwks(self) -> dict[str, Any]:
        """The public half."""
        numbers = self._key.public_key().public_numbers()
        x, y = (_text(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.id, "x": x, "y": y}]}

    def token(self, *, issuer: str, audience: str, event_id: str, age_s: int = 0) -> str:
        """One launch token; `age_s` seconds old, and 60 s long-lived."""
        now = int(time.time()) - age_s
        claims: dict[str, Any] = {"iss": issuer, "aud": audience, "sub": samples.USER, "event_id": event_id}
        claims |= {"page_id": "wvp_kit", "role": "participant", "jti": uuid.uuid4().hex, "iat": now, "exp": now + 60}
        head: dict[str, Any] = {"alg": "ES256", "typ": "JWT", "kid": self.id}
        signed = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
        r, s = utils.decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
