"""What somebody looks for in the token audit."""

import contextlib
import ipaddress
from typing import Final
from uuid import UUID

from revento.kernel import ids
from revento.oauth.audit.models import About

_PREFIXES: Final = {"cli": About.CLIENT, "evt": About.EVENT, "ins": About.INSTALLATION}


def what_is(word: str) -> tuple[About, str]:
    """What a word may be, and how rows write it: `127.0.0.1` is an address, a UUID a request id in lower case."""
    for prefix, about in _PREFIXES.items():
        if ids.has_prefix(word, prefix):
            return about, word
    with contextlib.suppress(ValueError):
        return About.REQUEST, str(UUID(word))
    with contextlib.suppress(ValueError):
        return About.ADDRESS, str(ipaddress.ip_address(word))
    return About.ANYTHING, word
