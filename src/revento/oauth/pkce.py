"""Proof Key for Code Exchange: S256 and nothing else (RFC 7636, contract §3)."""

import base64
import hashlib
import re
from typing import Final

from revento.kernel import secrets

METHOD: Final = "S256"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_challenge(value: str) -> bool:
    """Whether `value` can be an S256 challenge: 43 base64url characters, unpadded."""
    return _CHALLENGE.fullmatch(value) is not None


def is_verifier(value: str) -> bool:
    """Whether `value` has the shape of a verifier (RFC 7636 §4.1)."""
    return _VERIFIER.fullmatch(value) is not None


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def proves(verifier: str, challenge: str) -> bool:
    """Whether the verifier is the one that the challenge was made of."""
    return secrets.equal(challenge_of(verifier).encode(), challenge.encode())
