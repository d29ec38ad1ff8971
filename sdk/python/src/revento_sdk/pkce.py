"""PKCE (RFC 7636): the proof that whoever trades a code is whoever asked for it."""

import base64
import hashlib
import re
import secrets

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def new_verifier() -> str:
    """64 random characters, to be kept until the browser comes back."""
    return secrets.token_urlsafe(48)


def is_verifier(value: str) -> bool:
    """Whether RFC 7636 §4.1 allows `value` as a verifier."""
    return _VERIFIER.fullmatch(value) is not None


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier: 43 characters without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
