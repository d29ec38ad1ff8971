"""Where tokens come from: HMAC-SHA256 of a server key, the family and the generation (contract §2.3).

The same three give the same pair again, so that a refresh can be answered twice while at rest there are only hashes.
"""

from typing import Final

import msgspec

from revento.contract import limits
from revento.contract.scopes import TokenKind
from revento.kernel import secrets
from revento.kernel.ids import FamilyId
from revento.kernel.secrets import Keys

PREFIXES: Final = {TokenKind.INSTALLATION: limits.INSTALLATION_PREFIX, TokenKind.USER: limits.USER_PREFIX}
_PURPOSE: Final = "tokens"


class Pair(msgspec.Struct, frozen=True):
    """An access and a refresh token in clear, for one answer."""

    access: str
    refresh: str


def pair(keys: Keys, kind: TokenKind, family_id: FamilyId, generation: int) -> Pair:
    """The pair of a generation, by the current key."""
    return _derived(keys.current(_PURPOSE), kind, family_id, generation)


def pair_again(keys: Keys, kind: TokenKind, family_id: FamilyId, generation: int, *, kept: bytes) -> Pair | None:
    """The pair whose refresh token has the hash `kept`; `None` when its key is gone."""
    for key in keys.every(_PURPOSE):
        made = _derived(key, kind, family_id, generation)
        if secrets.equal(secrets.sha256(made.refresh), kept):
            return made
    return None


def _derived(key: bytes, kind: TokenKind, family_id: FamilyId, generation: int) -> Pair:
    number = str(generation)
    access = secrets.derive(key, "access", family_id, number)
    refresh = secrets.derive(key, "refresh", family_id, number)
    return Pair(secrets.secret_from(PREFIXES[kind], access), secrets.secret_from(limits.REFRESH_PREFIX, refresh))
