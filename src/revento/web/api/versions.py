"""Versions of the API: which there are, which one `Accept` asks for, how another shape is made (contract §5.3)."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec

from revento.contract.endpoints import Endpoint

Amend = Callable[[Endpoint, Any], Any]


class Version(msgspec.Struct, frozen=True):
    """One version. `amend` makes its document out of v1's; without, the answer is v1's bytes as they are."""

    name: str
    amend: Amend | None = None

    @property
    def media_type(self) -> str:
        """What `Accept` calls it."""
        return f"application/vnd.revento.{self.name}+json"


class Negotiated(msgspec.Struct, frozen=True):
    """The version to answer in, and as what to label it."""

    version: Version
    content_type: str


V1: Final = Version("v1")
ALL: Final = (V1,)
JSON: Final = "application/json"


class Negotiator:
    """Chooses by `Accept` with its quality values (RFC 9110 §12.5.1). The first of `versions` is the default."""

    def __init__(self, versions: tuple[Version, ...]) -> None:
        self.supported = [version.media_type for version in versions]
        self._offers = [Negotiated(versions[0], JSON)]
        self._offers += [Negotiated(version, version.media_type) for version in versions]
        self.choose = lru_cache(maxsize=256)(self._choose)

    def _choose(self, accept: str) -> Negotiated | None:
        """The offer that the client likes best, `None` when it takes none of them. Without `Accept`: the default."""
        if not accept.strip():
            return self._offers[0]
        ranges = [found for part in accept[:2000].split(",") if (found := _range(part)) is not None]
        weighed = [(_quality(offer.content_type, ranges), -place, offer) for place, offer in enumerate(self._offers)]
        quality, _, best = max(weighed, key=lambda one: one[:2])
        return best if quality > 0 else None


def _range(part: str) -> tuple[str, float] | None:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
    return (name, quality) if "/" in name and 0 <= quality <= 1 else None


def _quality(content_type: str, ranges: list[tuple[str, float]]) -> float:
    """What the most specific range that fits says about this type."""
    for wanted in (content_type, content_type.partition("/")[0] + "/*", "*/*"):
        fitting = [quality for name, quality in ranges if name == wanted]
        if fitting:
            return max(fitting)
    return 0.0
